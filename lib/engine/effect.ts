/**
 * What a step asks its driver to perform: data, nothing done yet. All effects outstanding at a snapshot can be found
 * again from the snapshot alone (pendingEffects), which is how an execution goes on after a crash.
 */
import type { TimerId, WaitId } from './event.ts';
import type { MapRunRequest, TaskRequest } from './snapshot.ts';

export type Effect =
  | { readonly kind: 'task'; readonly id: WaitId; readonly request: TaskRequest }
  | { readonly kind: 'mapRun'; readonly id: WaitId; readonly request: MapRunRequest }
  /** Nobody waits for this task or Map run any more. */
  | { readonly kind: 'cancel'; readonly id: WaitId }
  /** Fires once, not before `at`; a second one with the same id replaces the first. */
  | { readonly kind: 'timer'; readonly id: TimerId; readonly at: number }
  | { readonly kind: 'cancelTimer'; readonly id: TimerId };

export type TimerKind = 'wait' | 'retry' | 'timeout' | 'heartbeat';

export function timerId(kind: TimerKind, id: WaitId): TimerId {
  return `${kind}:${id}`;
}

export const MACHINE_TIMER: TimerId = 'machine:';
