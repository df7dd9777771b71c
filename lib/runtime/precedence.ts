/**
 * Which effects were built on which (run-contract section 6): X on Y if X's intent came after Y's outcome and the plan has
 * a path from Y to X. Steps that may come again have no order in the plan; for them time alone decides. Effects of
 * different epochs follow each other in time, and share no plan: there too time decides.
 */
import { own } from '../model/json.ts';
import { oncePer } from '../model/once-per.ts';
import type { Plan } from '../model/plan.ts';
import type { EffectOf } from './effects.ts';

export function precedence(effects: readonly EffectOf[]): (effect: EffectOf) => readonly EffectOf[] {
  return (effect) => effects.filter((other) => other !== effect && isBuiltOn(other, effect));
}

function isBuiltOn(later: EffectOf, earlier: EffectOf): boolean {
  if (later.intent.at < endOf(earlier)) return false;
  const order = orderOf(later, earlier);
  if (order !== 'by-time') return order === 'always';
  const atOnce = later.intent.at === earlier.intent.at;
  return !atOnce || later.key.visit > earlier.key.visit;
}

/** Of an effect that began after the other one had ended: is it built on it? The same of all effects of two classes. */
export type Order = 'always' | 'never' | 'by-time';

export function orderOf(later: EffectOf, earlier: EffectOf): Order {
  // What is done for one item was never built on what was done for another.
  if (isItemBeside(later, earlier)) return 'never';
  const ordered = later.planHash === earlier.planHash && !later.step.repeats && !earlier.step.repeats;
  if (!ordered || flowOf(later) !== flowOf(earlier)) return 'by-time';
  return pathsOf(later.plan)(earlier.step.path, later.step.path) ? 'always' : 'never';
}

/** Effects of one class have the same order to any other: one visit of a step, or all the items of it. */
export function classOf({ planHash, step, key }: EffectOf): string {
  return `${planHash} ${key.visit} ${step.path}`;
}

function isItemBeside(one: EffectOf, other: EffectOf): boolean {
  return one.step.forEach !== undefined && one.step.path === other.step.path && one.key.visit === other.key.visit;
}

/** The main flow, or one beside it: a workflow that a goto leads to has no edge to where it was left from. */
function flowOf({ plan, step }: EffectOf): string {
  let path = step.scope;
  for (let scope = own(plan.scopes, path); scope?.via === 'step'; scope = own(plan.scopes, path))
    path = scope.parent ?? '';
  return path;
}

/** When it had an outcome; one whose invocation was lost had none before its lease was over. */
export function endOf({ applied, failed, intent, verdict }: EffectOf): number {
  return applied?.endedAt ?? failed?.endedAt ?? (verdict ? Math.min(verdict.at, intent.leaseUntil) : intent.leaseUntil);
}

type Paths = (from: string, to: string) => boolean;

/**
 * Over what the author ordered; an edge of a workflowId step holds for every step inside it. An edge that only closes the
 * graph for the machine is no dependency: what follows along it was not built on what was before.
 */
export const pathsOf: (plan: Plan) => Paths = oncePer((plan: Plan): Paths => {
  const next = new Map<string, string[]>();
  for (const { from, to, why } of plan.edges) if (why !== 'added') next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map<string, ReadonlySet<string>>();
  const reachOf = (node: string): ReadonlySet<string> => {
    const found = reached.get(node) ?? closure(next, node);
    reached.set(node, found);
    return found;
  };
  return (from, to) => {
    const targets = nodesAround(to);
    return nodesAround(from).some((node) => targets.some((target) => node !== target && reachOf(node).has(target)));
  };
});

function closure(next: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...(next.get(start) ?? [])];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    pending.push(...(next.get(node) ?? []));
  }
  return found;
}

/** The step itself and the workflowId steps that it is inside of: edges join members of one workflow. */
function nodesAround(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
