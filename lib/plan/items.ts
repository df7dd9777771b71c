/** A step that is done for each item of a list: the list, what names an item, and how many at once. */
import { DEFAULTS } from '../model/defaults.ts';
import type { PlanBatches, PlanForEach, PlanStep } from '../model/plan.ts';
import type { ForEachPolicy } from '../model/policy.ts';
import type { Value } from '../model/value.ts';
import { parseValue } from '../expressions/values.ts';
import type { StepDraft } from './draft.ts';
import { MAX_LEASE_MS } from './policies.ts';
import type { CallerActions, PlannedActions } from './routes.ts';

export function planForEach(
  { linked }: StepDraft,
  policy: ForEachPolicy | undefined,
  longestLeaseMs: number,
): PlanForEach | undefined {
  const { forEach } = linked.step;
  if (!forEach) return undefined;
  const concurrency = policy?.concurrency ?? DEFAULTS.forEach.concurrency;
  return {
    items: parseValue(forEach.items),
    ...(forEach.key !== undefined && { key: parseValue(forEach.key) }),
    concurrency,
    tolerate: policy?.tolerate ?? 0,
    batches: planBatches(concurrency, longestLeaseMs),
  };
}

/**
 * The last group that an invocation begins has its whole lease before the function's time is up; so has the last undo, or
 * probe, of a bundle.
 */
function planBatches(concurrency: number, longestLeaseMs: number): PlanBatches {
  const { over, batch: size, group: most, beginningMs } = DEFAULTS.forEach;
  const group = Math.min(most, concurrency);
  const atOnce = Math.floor(concurrency / group);
  return { over, size, group, atOnce, forMs: Math.max(0, Math.min(beginningMs, MAX_LEASE_MS - longestLeaseMs)) };
}

export interface ItemSubjects {
  /** That they are written in. */
  readonly scope: string;
  readonly values: readonly Value[];
}

/** What of a call finds its item again. */
export function itemSubjects({ linked, scope }: StepDraft): { readonly items?: ItemSubjects } {
  const { forEach } = linked.step;
  if (!forEach) return {};
  const key = forEach.key === undefined ? [] : [parseValue(forEach.key)];
  return { items: { scope: scope.path, values: [parseValue(forEach.items), ...key] } };
}

/** An item that fails is tolerated or fails the run: nobody is asked where to go then (docs/for-each.md). */
export function leavingWell(
  own: PlannedActions,
  callers: readonly CallerActions[],
): { readonly own: PlannedActions; readonly callers: readonly CallerActions[] } {
  const well = ({ onSuccess }: PlannedActions): PlannedActions => ({ onSuccess, onFailure: [] });
  return { own: well(own), callers: callers.map(({ scope, actions }) => ({ scope, actions: well(actions) })) };
}

/** Its key shows in paths and histories. */
export function hideNames<S extends PlanStep>(step: S, isSensitive: (value: Value) => boolean): S {
  const { forEach } = step;
  if (!forEach?.key || !isSensitive(forEach.key)) return step;
  return { ...step, forEach: { ...forEach, hidden: true } };
}
