/**
 * Last pass: which inputs and outputs of a plan are sensitive (contracts: sensitive values). Found are those that the
 * author names, that a schema marks, that go where credentials and passwords go, with all that they are made from; those
 * that an answer's schema marks; and whatever is made from any of these. Told too much rather than too little: a value
 * with a secret in it is a secret.
 */
import { references } from '../expressions/references.ts';
import { assert } from '../model/assert.ts';
import type { JsonObject } from '../model/json.ts';
import type { PlanCall, PlanOperation, PlanScope, PlanStep, PlanSystem } from '../model/plan.ts';
import { hideDescription } from './interactions.ts';
import { hideNames } from './items.ts';
import type { Value } from '../model/value.ts';
import { type Callee, isTold, schemesOf, sent, shownOfRequest } from './sensitive-calls.ts';
import { sensitiveMembers } from './sensitive-schema.ts';
import {
  ANY,
  type Definition,
  type Group,
  handedOnBy,
  type Node,
  outputsOf,
  type PlanParts,
  resultsOf,
  ValueFlow,
} from './value-flow.ts';

export interface SensitiveSources extends PlanParts {
  readonly operations: { readonly [key: string]: PlanOperation };
  readonly systems: { readonly [name: string]: PlanSystem };
  readonly schemas: { readonly [system: string]: JsonObject };
  /** What the author names of a workflow's inputs and outputs, by scope. */
  readonly declared: { readonly [scope: string]: readonly string[] };
  /** And of the outputs of the step that calls it. */
  readonly declaredByCaller: { readonly [scope: string]: readonly string[] };
}

export function markSensitive(sources: SensitiveSources): PlanParts {
  const flow = new ValueFlow(sources);
  const marks = new Marks(flow);
  for (const node of seeds(sources, flow)) marks.back(node);
  marks.spread((definition) => isToldBy(definition, sources, marks, flow));
  const markedCall = <C extends PlanCall>(call: C): C => ({ ...call, sensitive: namesOf(call, marks, flow) });
  return {
    scopes: Object.fromEntries(
      Object.entries(sources.scopes).map(([path, one]) => [path, markedScope(one, marks, flow)]),
    ),
    steps: sources.steps.map((step) =>
      hidden(markedCall(step), (value) => flow.readsOf(value, flow.viewOf(step)).some((node) => marks.has(node))),
    ),
    calls: sources.calls.map(markedCall),
  };
}

function hidden(step: PlanStep, isSensitive: (value: Value) => boolean): PlanStep {
  return hideDescription(hideNames(step, isSensitive), isSensitive);
}

/** Grows until nothing is added: every node is added once. */
class Marks {
  private readonly flow: ValueFlow;
  private readonly marked = new Map<Group, Set<string>>();

  constructor(flow: ValueFlow) {
    this.flow = flow;
  }

  has({ group, name }: Node): boolean {
    const names = this.marked.get(group);
    if (names === undefined) return false;
    return name === ANY || names.has(ANY) || names.has(name);
  }

  namesIn(group: Group): readonly string[] {
    const names = this.marked.get(group) ?? new Set();
    return names.has(ANY) ? [ANY] : [...names].sort();
  }

  /** The node, and all that it is made from. */
  back(first: Node): void {
    const pending = [first];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (!this.add(node)) continue;
      const { group, name } = node;
      const made = this.flow.definitions.filter((one) => one.node.group === group);
      pending.push(...made.filter((one) => name === ANY || one.node.name === name).flatMap(({ reads }) => reads));
    }
  }

  /** Whatever is made from what is marked, or is told by a call itself. */
  spread(isTold: (definition: Definition) => boolean): void {
    for (let more = true; more; ) {
      const found = this.flow.definitions.filter(
        (one) => !this.has(one.node) && (one.reads.some((node) => this.has(node)) || isTold(one)),
      );
      more = found.map(({ node }) => this.add(node)).some(Boolean);
    }
  }

  private add({ group, name }: Node): boolean {
    const names = this.marked.get(group) ?? new Set();
    this.marked.set(group, names);
    const isNew = !names.has(name);
    names.add(name);
    return isNew;
  }
}

function seeds(sources: SensitiveSources, flow: ValueFlow): readonly Node[] {
  const { scopes, steps, calls } = sources;
  return [
    ...Object.values(scopes).flatMap((scope) => ofScope(scope, sources, flow)),
    ...[...steps, ...calls].flatMap((call) => ofCall(call, sources, flow)),
  ];
}

function ofScope(
  { path, inputSchema: schema }: PlanScope,
  { declared, declaredByCaller }: SensitiveSources,
  flow: ValueFlow,
): readonly Node[] {
  const inputs = flow.inputsOf(path);
  const members = schema === undefined ? [] : sensitiveMembers({ schema, root: schema });
  const named = declared[path] ?? [];
  return [
    ...[...members, ...named].map((name) => ({ group: inputs, name })),
    ...named.map((name) => ({ group: resultsOf(path), name })),
    ...(declaredByCaller[path] ?? []).map((name) => ({ group: handedOnBy(path), name })),
  ];
}

function ofCall(call: PlanCall, sources: SensitiveSources, flow: ValueFlow): readonly Node[] {
  const given = sent(call, calleeOf(call, sources)).flatMap((value) => flow.readsOf(value, flow.viewOf(call)));
  return [...given, ...call.sensitive.map((name) => ({ group: outputsOf(call.path), name }))];
}

function isToldBy({ value, call }: Definition, sources: SensitiveSources, marks: Marks, flow: ValueFlow): boolean {
  if (!call) return false;
  if (isTold(value, calleeOf(call, sources)) || isSaid(value, call)) return true;
  const shown = references(value).flatMap(({ expression }) => shownOfRequest(expression, call));
  return shown.some((one) => flow.readsOf(one, flow.viewOf(call)).some((node) => marks.has(node)));
}

/** What a person gives along and its schema marks. */
function isSaid(value: Value, call: PlanCall): boolean {
  const { interaction } = call as Partial<PlanStep>;
  if (!interaction || interaction.sensitive.length === 0) return false;
  return references(value).some(
    ({ expression }) => expression.source === 'interaction' && expression.part === 'payload',
  );
}

function calleeOf(call: PlanCall, { operations, systems, schemas }: SensitiveSources): Callee {
  const operation = operations[call.operation];
  const system = operation && systems[operation.system];
  assert(operation && system, 'a call names an operation of a system of the plan');
  const schemes = schemesOf(operation, system.securitySchemes);
  return { operation, schemas: schemas[operation.system] ?? {}, schemes };
}

function namesOf({ path, sensitive }: PlanCall, marks: Marks, flow: ValueFlow): readonly string[] {
  const group = outputsOf(path);
  const found = flow.namesOf(group).filter((name) => marks.has({ group, name }));
  return [...new Set([...sensitive, ...found])].sort();
}

/** Only where a run takes its input or ends. */
function markedScope(scope: PlanScope, marks: Marks, flow: ValueFlow): PlanScope {
  const { path, via } = scope;
  const inputs = via === 'root' ? marks.namesIn(flow.inputsOf(path)) : [];
  const outputs = via === 'root' || via === 'goto' ? marks.namesIn(resultsOf(path)) : [];
  return inputs.length + outputs.length === 0 ? scope : { ...scope, sensitive: { inputs, outputs } };
}
