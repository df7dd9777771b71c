/**
 * Which steps may be passed more than once in a run. Only for these the machine keeps a visit count, so that a plain
 * workflow pays nothing for loops it does not have. Laid out in flow order, every loop comes down by jumps back whose
 * spans together cover it, so all that stands inside the span of a jump back may repeat.
 */
import { assert } from '../model/assert.ts';
import type { PlanAction, PlanScope, PlanStep } from '../model/plan.ts';
import type { Draft, Item } from './draft.ts';

const GOTO = 'goto ';

export function repeating(
  draft: Draft,
  scopes: { readonly [path: string]: PlanScope },
  steps: readonly PlanStep[],
): ReadonlySet<string> {
  const order = layOut(draft);
  const retries = retriesByLabel(scopes, steps);
  const found = new Set([...retries.values()].flatMap((action) => repairSteps(action, steps)));
  for (const step of steps) {
    for (const label of step.exits) {
      const target = label.startsWith(GOTO) ? label.slice(GOTO.length) : retries.get(label)?.retry?.again;
      if (target !== undefined) addSpan(order, { from: target, to: step.path }, found);
    }
  }
  return found;
}

interface Order {
  /** Steps in flow order, tails after the root. */
  readonly steps: readonly string[];
  /** By step or parallel name: the index of the first step that it begins with. */
  readonly index: ReadonlyMap<string, number>;
}

function layOut(draft: Draft): Order {
  const steps: string[] = [];
  const index = new Map<string, number>();
  const visit = (item: Item): void => {
    if (item.kind === 'scope') return item.scope.items.forEach(visit);
    index.set(item.kind === 'step' ? item.step.path : item.name, steps.length);
    if (item.kind === 'step') steps.push(item.step.path);
    else for (const branch of item.branches) branch.forEach(visit);
  };
  for (const region of [draft.root, ...draft.tails]) region.items.forEach(visit);
  return { steps, index };
}

function addSpan(order: Order, jump: { readonly from: string; readonly to: string }, found: Set<string>): void {
  const first = order.index.get(jump.from);
  const last = order.index.get(jump.to);
  assert(first !== undefined && last !== undefined, 'labels lead between steps of the plan');
  for (const path of order.steps.slice(first, last + 1)) found.add(path);
}

function retriesByLabel(
  scopes: { readonly [path: string]: PlanScope },
  steps: readonly PlanStep[],
): ReadonlyMap<string, PlanAction> {
  const callers = Object.values(scopes).flatMap(({ caller }) => caller?.onFailure ?? []);
  const actions = [...steps.flatMap(({ onFailure }) => onFailure), ...callers];
  return new Map(actions.flatMap((action) => (action.retry && action.label ? [[action.label, action] as const] : [])));
}

/** A repair runs once per attempt: its steps, or all those of its workflow, sub-workflows included. */
function repairSteps(action: PlanAction, steps: readonly PlanStep[]): readonly string[] {
  const repair = action.retry?.repair;
  if (repair === undefined) return [];
  if (repair.kind === 'step') return [repair.step];
  return steps.map(({ path }) => path).filter((path) => path.startsWith(`${repair.scope}/`));
}
