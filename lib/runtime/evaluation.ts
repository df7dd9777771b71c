/**
 * What a value may read, wherever it is written (PlanScope): the scope's inputs, the outputs of its steps, and of the
 * workflows it names. Inputs of an inlined workflow are values of its caller and outputs of a workflowId step are values
 * of the workflow, so everything is looked up through the scopes when it is read and remembered; nothing is executed. A
 * value that reads itself around a corner finds nothing there. What is missing stays absent, so that nobody sends `null`
 * for it by accident.
 */
import { assert } from '../model/assert.ts';
import { type Json, type JsonObject, isObject, own } from '../model/json.ts';
import type { Plan, PlanMember, PlanScope } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { Message, Scope, WorkflowScope } from '../expressions/scope.ts';
import type { XPath } from '../expressions/xpath.ts';
import { withDefaults } from './input-defaults.ts';

export interface RunData {
  /** The run's own input; absent where nothing reads it. */
  readonly input?: Json;
  /** Outputs by step path, as the machine handed them over; null or absent where a step was not passed. */
  readonly refs: { readonly [path: string]: JsonObject | null };
  readonly xpath?: XPath;
  /** Of the list that a step is done for: the one that it is done for now. */
  readonly item?: Json;
  /** What a person said before the step. */
  readonly interaction?: Scope['interaction'];
  /** In an undo and a probe: the key that the step was called with, as a header of its request. */
  readonly request?: Message;
}

export class Evaluation {
  private readonly plan: Plan;
  private readonly data: RunData;
  private readonly remembered = new Map<string, JsonObject>();
  private readonly underWay = new Set<string>();
  /** Values that had to be left out, by name and reason; never a value itself. */
  readonly notes: Set<string> = new Set();

  constructor(plan: Plan, data: RunData) {
    this.plan = plan;
    this.data = data;
  }

  /** The same, for one item of a list. */
  withItem(item: Json): Evaluation {
    return new Evaluation(this.plan, { ...this.data, item });
  }

  /** The scope as expressions see it; every part is computed when it is read. */
  scope(path: string): Scope {
    const planned = this.scopeOf(path);
    const steps = new LazyMap((stepId) => this.memberOutputs(planned, stepId));
    const workflows = new LazyMap((workflowId) => this.workflow(own(planned.workflows, workflowId)));
    const { xpath, request, item, interaction } = this.data;
    const others = {
      steps,
      workflows,
      ...(xpath && { xpath }),
      ...(request && { request }),
      ...(item !== undefined && { item }),
      ...(interaction && { interaction }),
      ...(planned.self !== undefined && { self: planned.self }),
      ...(planned.sources && { sourceDescriptions: new Map(Object.entries(planned.sources)) }),
    };
    // Those of the workflow itself are there already; only where they are values of a caller are they computed.
    if (planned.parent === undefined) return { inputs: this.inputs(path), ...others };
    const inputsOf = (): JsonObject => this.inputs(path);
    return {
      get inputs(): JsonObject {
        return inputsOf();
      },
      ...others,
    };
  }

  /** The scope that a workflowId step's criteria and actions are read in: its parent's, with the workflow's outputs. */
  callerScope(path: string): Scope {
    const { parent } = this.scopeOf(path);
    assert(parent !== undefined, 'a scope with a caller has a parent');
    const outputsOf = (): JsonObject => this.workflowOutputs(path);
    return Object.defineProperties(this.scope(parent), { outputs: { enumerable: true, get: outputsOf } });
  }

  /** The workflow's own outputs. */
  workflowOutputs(path: string): JsonObject {
    return this.once(`outputs ${path}`, () => {
      const { outputs } = this.scopeOf(path);
      return this.values(outputs, () => this.scope(path), `the output of ${path || 'the workflow'}`);
    });
  }

  private inputs(path: string): JsonObject {
    return this.once(`inputs ${path}`, () => {
      const { parent, inputs, inputSchema } = this.scopeOf(path);
      if (parent === undefined) return isObject(this.data.input) ? this.data.input : {};
      if (inputs === undefined) return this.inputs(parent);
      const given = this.values(inputs, () => this.scope(parent), `the input of ${path}`);
      const complete = inputSchema === undefined ? given : withDefaults(inputSchema, given);
      return isObject(complete) ? complete : given;
    });
  }

  /** A step's outputs. Those of a workflowId step are values over the outputs of its workflow. */
  private memberOutputs(scope: PlanScope, stepId: string): JsonObject | undefined {
    const member = own(scope.members, stepId);
    if (member === undefined) return undefined;
    if ('step' in member) return this.stepOutputs(member);
    const { caller } = this.scopeOf(member.scope);
    return this.once(`caller ${member.scope}`, () =>
      this.values(caller?.outputs ?? {}, () => this.callerScope(member.scope), `the output of ${member.scope}`),
    );
  }

  /** With those of what was asked until it was done. */
  private stepOutputs({ step, asks }: Extract<PlanMember, { readonly step: string }>): JsonObject | undefined {
    const given = own(this.data.refs, step) ?? undefined;
    const more = asks === undefined ? undefined : own(this.data.refs, asks);
    return more ? { ...given, ...more } : given;
  }

  private workflow(path: string | undefined): WorkflowScope | undefined {
    if (path === undefined) return undefined;
    const { inputs, steps } = this.scope(path);
    return { outputs: this.workflowOutputs(path), ...(inputs && { inputs }), ...(steps && { steps }) };
  }

  private values(values: { readonly [name: string]: Value }, scope: () => Scope, what: string): JsonObject {
    const entries = Object.entries(values).flatMap(([name, value]) => {
      const evaluated = evaluate(value, scope());
      if (!evaluated.found) this.notes.add(`${what} \`${name}\` is missing: ${evaluated.why}`);
      return evaluated.found ? [[name, evaluated.value] as const] : [];
    });
    return Object.fromEntries(entries);
  }

  private once(what: string, compute: () => JsonObject): JsonObject {
    const known = this.remembered.get(what);
    if (known) return known;
    if (this.underWay.has(what)) return {};
    this.underWay.add(what);
    const value = compute();
    this.underWay.delete(what);
    this.remembered.set(what, value);
    return value;
  }

  private scopeOf(path: string): PlanScope {
    const scope = own(this.plan.scopes, path);
    assert(scope, `every scope that is named is in the plan (${path})`);
    return scope;
  }
}

/** A map whose values are computed when somebody asks; what is not there (a step that was not passed) is absent. */
class LazyMap<V> extends Map<string, V> {
  private readonly compute: (key: string) => V | undefined;

  constructor(compute: (key: string) => V | undefined) {
    super();
    this.compute = compute;
  }

  override get(key: string): V | undefined {
    return this.compute(key);
  }

  override has(key: string): boolean {
    return this.compute(key) !== undefined;
  }
}
