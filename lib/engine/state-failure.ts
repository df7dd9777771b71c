/**
 * The failure of a running state: a value that Retry and Catch work on, never an exception. Its constructors name every
 * error that the engine itself raises, with the service's texts.
 */
import { ErrorName } from '../model/asl.ts';
import type { JsonObject } from '../model/json.ts';

export interface StateFailure {
  readonly error?: string;
  readonly cause?: string;
  /** Further names by which ErrorEquals may match it: a missed heartbeat is reported as a timeout. */
  readonly alias?: string;
  /**
   * How far it goes: `state`, it is not retried or caught by the state itself (a Catcher's own query); `execution`,
   * by nobody, and the execution ends where it stands.
   */
  readonly fatal?: 'state' | 'execution';
}

/** What a Catcher finds in `$states.errorOutput`, and its output by default. */
export function errorOutput(failure: StateFailure): JsonObject {
  const timedOut = failure.error === ErrorName.Timeout && failure.cause === undefined;
  return { Error: failure.error ?? null, Cause: timedOut ? '' : (failure.cause ?? null) };
}

/** The sentence with which the service opens every cause that concerns one state. */
export function whileExecuting(state: string, enteredEventId: number, message: string): string {
  return `An error occurred while executing the state '${state}' (entered at the event id #${enteredEventId}). ${message}`;
}

export function dataLimitExceeded(subject: string): { readonly error: string; readonly cause: string } {
  return {
    error: ErrorName.DataLimitExceeded,
    cause: `The state/task '${subject}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  };
}

/** An answer that did not come in time: without cause, as recorded. */
export const timedOut: StateFailure = { error: ErrorName.Timeout };

export const heartbeatMissed: StateFailure = { error: ErrorName.Timeout, alias: ErrorName.HeartbeatTimeout };
