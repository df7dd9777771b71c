/**
 * The steps of a run's view where a list has more items than a view names one by one: those that something is wrong with
 * come first, all others are counted at the step of the list itself. So a view stays within what an answer may have, and
 * still tells of every item. What the view says of each it does not decide.
 */
import { itemOfPath, stepOfPath } from '../model/item-path.ts';
import type { ItemsView, StepStatus, StepView } from '../model/run.ts';

/** Of one list. */
export const MOST_NAMED = 200;

const WELL: ReadonlySet<StepStatus> = new Set(['applied', 'undone']);

/** As long as it is under way it says so; else what is gravest of its items. */
const GRAVITY: readonly StepStatus[] = [
  'running',
  'undo-failed',
  'in-doubt',
  'unresolved',
  'blocked',
  'refused',
  'applied',
  'undone',
  'skipped',
];

/** `goesOn`: items may still begin. Steps are in the order of their beginning, and stay in it. */
export function namedSteps(steps: readonly StepView[], goesOn: boolean): readonly StepView[] {
  const lists = Map.groupBy(
    steps.filter(({ path }) => itemOfPath(path) !== undefined),
    ({ path, visit }) => textOf({ path: stepOfPath(path), visit }),
  );
  const long = [...lists].filter(([, items]) => items.length > MOST_NAMED);
  if (long.length === 0) return steps;
  const unnamed = new Set(long.flatMap(([, items]) => unnamedOf(items)));
  const counts = new Map(long.map(([list, items]) => [list, countsOf(items)]));
  const own = new Set(steps.map(textOf));
  const firsts = new Map(long.map(([list, items]) => [items[0], own.has(list) ? [] : [listStep(items, goesOn)]]));
  return steps.flatMap((step) => {
    const items = counts.get(textOf(step));
    const named = unnamed.has(step) ? [] : [items ? { ...step, items } : step];
    return [...(firsts.get(step) ?? []), ...named];
  });
}

function textOf({ path, visit }: Pick<StepView, 'path' | 'visit'>): string {
  return `${path}.${visit}`;
}

function unnamedOf(items: readonly StepView[]): readonly StepView[] {
  const [well, wrong] = [true, false].map((is) => items.filter(({ status }) => WELL.has(status) === is));
  return [...(wrong ?? []), ...(well ?? [])].slice(MOST_NAMED);
}

function countsOf(items: readonly StepView[]): ItemsView {
  const counts: { [S in StepStatus]?: number } = {};
  for (const { status } of items) counts[status] = (counts[status] ?? 0) + 1;
  return { total: items.length, named: Math.min(items.length, MOST_NAMED), ...counts };
}

/** Of a list whose items have not been gathered: as its step will look, or would have. */
function listStep(items: readonly StepView[], goesOn: boolean): StepView {
  const found = new Set(items.map(({ status }) => status));
  const status = goesOn ? 'running' : (GRAVITY.find((one) => found.has(one)) ?? 'running');
  const begun = items.map(({ startedAt }) => startedAt).reduce((one, other) => (one < other ? one : other));
  const ended = items.map(({ endedAt }) => endedAt).reduce((one, other) => latest(one, other));
  const [{ stepId, path, visit } = { stepId: '', path: '', visit: 1 }] = items;
  return {
    stepId,
    path: stepOfPath(path),
    visit,
    status,
    attempts: 0,
    startedAt: begun,
    endedAt: status === 'running' ? null : ended,
    items: countsOf(items),
  };
}

/** ISO 8601 in UTC: the order of the text is that of time. Null as soon as one has not ended. */
function latest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one > other ? one : other;
}
