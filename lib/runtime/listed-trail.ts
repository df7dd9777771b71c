/**
 * The audit trail of a run where a list has more items than are told one by one: those with which anything was wrong come
 * first, and what is left out is counted where its last entry would stand. The journal keeps all of it.
 */
import { itemOfPath, stepOfPath } from '../model/item-path.ts';
import type { TrailEntry } from '../model/run.ts';
import { MOST_NAMED } from './listed-steps.ts';

/** Entries in the order of time. */
export function namedTrail(entries: readonly TrailEntry[]): readonly TrailEntry[] {
  const ofItems = entries.filter(({ step }) => step !== undefined && itemOfPath(step) !== undefined);
  const lists = Map.groupBy(ofItems, ({ step = '', visit }) => `${stepOfPath(step)}.${visit}`);
  const leftOut = new Map<TrailEntry, TrailEntry | undefined>();
  for (const list of lists.values()) {
    const unnamed = unnamedOf(list);
    if (unnamed.size === 0) continue;
    const dropped = list.filter(({ step = '' }) => unnamed.has(step));
    for (const entry of dropped) leftOut.set(entry, undefined);
    for (const last of dropped.slice(-1)) leftOut.set(last, countOf(last, unnamed.size));
  }
  if (leftOut.size === 0) return entries;
  return entries.flatMap((entry) => (leftOut.has(entry) ? (leftOut.get(entry) ?? []) : [entry]));
}

function unnamedOf(list: readonly TrailEntry[]): ReadonlySet<string> {
  const items = [...Map.groupBy(list, ({ step = '' }) => step)];
  if (items.length <= MOST_NAMED) return new Set();
  const wrong = items.filter(([, entries]) => !entries.every(isWell));
  const well = items.filter(([, entries]) => entries.every(isWell));
  return new Set([...wrong, ...well].slice(MOST_NAMED).map(([step]) => step));
}

function isWell({ what, result, attempt }: TrailEntry): boolean {
  if (what === 'attempt') return attempt?.outcome === 'applied';
  return (what === 'outcome' && result === 'applied') || (what === 'undo' && result === 'done');
}

function countOf({ at, epoch, step = '', visit }: TrailEntry, items: number): TrailEntry {
  const where = {
    step: stepOfPath(step),
    ...(visit !== undefined && { visit }),
    ...(epoch !== undefined && { epoch }),
  };
  return { at, what: 'outcome', ...where, result: `${items} more items, which are not told one by one` };
}
