/**
 * The time of an express run. Its execution ends after five minutes, whatever it is at; nothing of the run begins after its
 * deadline, but what has begun by then may use its whole lease, and then the run has to be closed or handed over.
 */
import { DEFAULTS } from './defaults.ts';

interface Leased {
  readonly leaseMs: number;
}

/** What an execution may need after its run's deadline. */
export function afterDeadlineMs(steps: readonly Leased[]): number {
  return longestLeaseMs(steps) + DEFAULTS.express.endingMs;
}

/** The latest deadline that leaves time for what follows it. */
export function latestDeadlineMs(steps: readonly Leased[]): number {
  return DEFAULTS.express.executionMs - afterDeadlineMs(steps);
}

/** Where nobody has said: as long as it can be, up to the default. */
export function defaultDeadlineMs(steps: readonly Leased[]): number {
  return Math.max(0, Math.min(DEFAULTS.deadlineMs.express, latestDeadlineMs(steps)));
}

export function longestLeaseMs(steps: readonly Leased[]): number {
  return Math.max(0, ...steps.map(({ leaseMs }) => leaseMs));
}
