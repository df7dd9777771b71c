/**
 * Which named values of a plan are made from which: inputs and outputs of workflows, outputs of steps and of calls beside
 * the flow. A name is a node; the value that defines it has the nodes that it reads. Inputs of a sub-workflow are values of
 * its caller, and what a workflowId step hands on are values over its workflow's outputs, as in reads.ts; here every name
 * counts for itself.
 */
import type { Expression } from '../expressions/expression.ts';
import { references } from '../expressions/references.ts';
import { own } from '../model/json.ts';
import type { PlanCall, PlanScope, PlanStep } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import type { View } from './reads.ts';

export interface PlanParts {
  readonly scopes: { readonly [path: string]: PlanScope };
  readonly steps: readonly PlanStep[];
  readonly calls: readonly PlanCall[];
}

/** Values that are named together: a step's outputs, a workflow's inputs. */
export type Group = string;

export const ANY = '*';

export interface Node {
  readonly group: Group;
  /** `*`: the whole group is meant. */
  readonly name: string;
}

export interface Definition {
  readonly node: Node;
  readonly value: Value;
  readonly reads: readonly Node[];
  /** What `$request` and `$response` are, where the value belongs to a call. */
  readonly call?: PlanCall;
}

export const outputsOf = (path: string): Group => `out ${path}`;
export const resultsOf = (scope: string): Group => `res ${scope}`;
export const handedOnBy = (scope: string): Group => `cal ${scope}`;

export class ValueFlow {
  readonly definitions: readonly Definition[];
  private readonly scopes: { readonly [path: string]: PlanScope };
  private readonly names = new Map<Group, Set<string>>();
  /** By path of a step that is done for each of a list: the list. */
  private readonly lists: ReadonlyMap<string, Value>;

  constructor({ scopes, steps, calls }: PlanParts) {
    this.scopes = scopes;
    this.lists = new Map(steps.flatMap(({ path, forEach }) => (forEach ? [[path, forEach.items] as const] : [])));
    const byPath = new Map(calls.map((call) => [call.path, call]));
    const defined = [
      ...Object.values(scopes).flatMap((scope) => this.ofScope(scope)),
      ...steps.flatMap((step) => this.ofStep(step, byPath)),
      ...calls.flatMap((call) => this.ofCall(call.path, call)),
    ];
    for (const { node } of defined) this.known(node.group).add(node.name);
    this.definitions = defined.map(({ view, ...one }) => ({ ...one, reads: this.readsOf(one.value, view) }));
  }

  /** The nodes that a value reads, seen from there. */
  readsOf(value: Value, view: View): readonly Node[] {
    return references(value).flatMap(({ expression }) => this.nodesOf(expression, view));
  }

  /** What a call reads as `$item`, and what stands beside it (`<step>#undo`). */
  viewOf({ path, scope }: Pick<PlanCall, 'path' | 'scope'>): View {
    return { scope, ...this.itemsOf(path) };
  }

  private itemsOf(path: string): Pick<View, 'items'> {
    const items = this.lists.get(path.split('#')[0] ?? path);
    return items ? { items } : {};
  }

  /** The group that `$inputs` is in a scope: what passes no inputs sees its parent's. */
  inputsOf(scope: string): Group {
    const { parent, inputs } = this.scopes[scope] ?? {};
    return parent === undefined || inputs !== undefined ? `in ${scope}` : this.inputsOf(parent);
  }

  /** Every name of the group that is defined somewhere. */
  namesOf(group: Group): readonly string[] {
    return [...(this.names.get(group) ?? [])];
  }

  private nodesOf(expression: Expression, { scope, callee, items }: View): readonly Node[] {
    switch (expression.source) {
      case 'item':
        return items ? this.readsOf(items, { scope }) : [];
      case 'inputs':
        return this.named(this.inputsOf(scope), expression.name);
      case 'outputs':
        return callee === undefined ? [] : this.named(resultsOf(callee), expression.name);
      case 'steps':
        return this.ofMember(scope, expression.stepId, expression.name);
      case 'workflows': {
        const target = own(this.scopes[scope]?.workflows ?? {}, expression.workflowId);
        if (target === undefined) return [];
        if (expression.field === 'steps') return this.ofMember(target, expression.stepId, expression.name ?? '');
        const group = expression.field === 'inputs' ? this.inputsOf(target) : resultsOf(target);
        return this.named(group, expression.name);
      }
      default:
        return [];
    }
  }

  private ofMember(scope: string, stepId: string, name: string): readonly Node[] {
    const member = own(this.scopes[scope]?.members ?? {}, stepId);
    if (member === undefined) return [];
    if ('scope' in member) return this.named(handedOnBy(member.scope), name);
    const asked = member.asks === undefined ? [] : this.named(outputsOf(member.asks), name);
    return [...this.named(outputsOf(member.step), name), ...asked];
  }

  /** A name with dots may be one key or a way down: both are read. No name is the whole group. */
  private named(group: Group, name: string): readonly Node[] {
    if (name === '') return [{ group, name: ANY }];
    const [first = name] = name.split('.');
    return (first === name ? [name] : [name, first]).map((one) => ({ group, name: one }));
  }

  private known(group: Group): Set<string> {
    const names = this.names.get(group) ?? new Set();
    this.names.set(group, names);
    return names;
  }

  private ofScope(scope: PlanScope): readonly Defining[] {
    const { path, parent, inputs, outputs, caller } = scope;
    const results = defining(resultsOf(path), outputs, { scope: path });
    if (parent === undefined) return results;
    const given = defining(`in ${path}`, inputs ?? {}, { scope: parent, ...this.itemsOf(path) });
    const handed = defining(handedOnBy(path), caller?.outputs ?? {}, { scope: parent, callee: path });
    return [...results, ...given, ...handed];
  }

  /** What a probe finds, and what a fallback gives, stands in for the step's own outputs. */
  private ofStep(step: PlanStep, calls: ReadonlyMap<string, PlanCall>): readonly Defining[] {
    const { path, fallback, probe } = step;
    const fixed =
      fallback?.kind === 'outputs' ? defining(outputsOf(path), fallback.outputs, this.viewOf(step), step) : [];
    const instead = [fallback?.kind === 'call' ? fallback.call : undefined, probe?.call];
    const others = instead.flatMap((call) => calls.get(call ?? '') ?? []);
    return [...this.ofCall(path, step), ...fixed, ...others.flatMap((call) => this.ofCall(path, call))];
  }

  private ofCall(path: string, call: PlanCall): readonly Defining[] {
    return defining(outputsOf(path), call.outputs, this.viewOf(call), call);
  }
}

type Defining = Omit<Definition, 'reads'> & { readonly view: View };

function defining(
  group: Group,
  values: { readonly [name: string]: Value },
  view: View,
  call?: PlanCall,
): readonly Defining[] {
  return Object.entries(values).map(([name, value]) => ({
    node: { group, name },
    value,
    view,
    ...(call && { call }),
  }));
}
