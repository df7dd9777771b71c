/** The end of an execution: its last event, and nothing left outstanding. */
import type { Json } from '../model/json.ts';
import { abandon } from './abandon.ts';
import { MACHINE_TIMER } from './effect.ts';
import type { FailureDetails } from './history.ts';
import { HISTORY_EVENTS } from './quotas.ts';
import { ErrorName } from '../model/asl.ts';
import { type StateFailure, timedOut } from './state-failure.ts';
import { emit, type Strand, type Turn } from './turn.ts';

export type End =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'ABORTED'; readonly failure: StateFailure }
  | { readonly status: 'TIMED_OUT' };

/** By the machine's own strand, or from outside. */
export function endExecution(turn: Turn, strand: Strand, end: End): void {
  const { last } = strand.scope;
  close(turn, end);
  switch (end.status) {
    case 'SUCCEEDED':
      emit(turn, last, 'ExecutionSucceeded', { output: end.output });
      return;
    case 'FAILED':
      emit(turn, last, 'ExecutionFailed', failureDetails(end.failure));
      return;
    // An end from outside follows no event of the machine.
    case 'ABORTED':
      emit(turn, 0, 'ExecutionAborted', failureDetails(end.failure));
      return;
    case 'TIMED_OUT':
      emit(turn, 0, 'ExecutionTimedOut', failureDetails(timedOut));
  }
}

/** The quota of events is reached: the last one says so. */
export function endForHistory(turn: Turn): void {
  const failure = {
    error: ErrorName.Runtime,
    cause: `The execution reached the maximum number of history events (${HISTORY_EVENTS}).`,
  };
  const previousEventId = turn.lastEventId;
  close(turn, { status: 'FAILED', failure });
  turn.lastEventId += 1;
  const base = { id: turn.lastEventId, previousEventId, timestamp: turn.event.time };
  turn.history.push({ ...base, type: 'ExecutionFailed', details: failure });
}

function close(turn: Turn, end: End): void {
  abandon(turn, { region: turn.machine, scope: turn.root });
  if (turn.deadline !== undefined) turn.effects.push({ kind: 'cancelTimer', id: MACHINE_TIMER });
  turn.deadline = undefined;
  turn.ready.length = 0;
  turn.status = end.status;
  turn.end = outcomeOf(end);
}

/** A machine that ran out of time names its error in the history only (measured). */
function outcomeOf(end: End): NonNullable<Turn['end']> {
  if (end.status === 'SUCCEEDED') return { output: end.output };
  return end.status === 'TIMED_OUT' ? {} : failureDetails(end.failure);
}

/** Fields that are absent stay absent. */
export function failureDetails({ error, cause }: StateFailure): FailureDetails {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
