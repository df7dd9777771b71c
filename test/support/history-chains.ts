/**
 * What a history says apart from the interleaving of its branches: each event with the chain of events that caused it,
 * without ids, as a sorted list. Two histories with the same chains tell the same story.
 */
import { createHash } from 'node:crypto';
import type { HistoryEvent } from '../../lib/engine/history.ts';

/** Events that follow whichever branch ended last, or made room: their own cause is a matter of the interleaving. */
const JOINS: ReadonlySet<string> = new Set([
  'ParallelStateSucceeded',
  'ParallelStateExited',
  'MapStateSucceeded',
  'MapStateExited',
  'MapIterationStarted',
]);

/** Milliseconds since the epoch as they stand in outputs of `states:startExecution`. */
const TIMES = /\b1[78]\d{11}\b/g;

export interface ChainOptions {
  /**
   * False after crashes: then things are done later, and the callback of a first submission may overtake the second
   * one, whose taking is then not recorded.
   */
  readonly times: boolean;
}

export function chainsOf(
  history: readonly HistoryEvent[],
  { times }: ChainOptions = { times: true },
): readonly string[] {
  const chains = new Map<number, string>();
  const all: string[] = [];
  for (const { id, previousEventId, timestamp, type, details } of history) {
    const cause = chains.get(previousEventId) ?? '';
    if (!times && type === 'TaskSubmitted') {
      chains.set(id, cause);
      continue;
    }
    const text = JSON.stringify(details) ?? '';
    const said = times ? `@${timestamp} ${text}` : ` ${text.replaceAll(TIMES, 'T')}`;
    const chain = `${type}${said} after ${JOINS.has(type) ? 'a join' : digest(cause)}`;
    chains.set(id, chain);
    all.push(chain);
  }
  return all.toSorted();
}

function digest(text: string): string {
  return text === '' ? 'nothing' : createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** States that were entered and not left, where nothing was broken off. */
export function openStates(history: readonly HistoryEvent[]): readonly string[] {
  const open: string[] = [];
  for (const { type, details } of history) {
    const name = details !== undefined && 'name' in details ? details.name : '';
    if (type.endsWith('StateEntered')) open.push(name);
    else if (type.endsWith('StateExited')) open.splice(open.lastIndexOf(name), 1);
  }
  // Iterations that ended early leave states behind only where the Map was tried again.
  return history.some(({ type }) => /Aborted|Failed|TimedOut/.test(type)) ? [] : open;
}
