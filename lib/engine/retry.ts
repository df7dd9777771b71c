/**
 * Retry: which retrier takes a failure, and how long it waits. The first one that matches decides: when its attempts are
 * used up no later one is asked. Counts are per retrier and visit of the state, and live in the frame.
 */
import { ErrorName, type Retrier } from '../model/asl.ts';
import { RETRY_BACKOFF_RATE, RETRY_INTERVAL_SECONDS, RETRY_MAX_ATTEMPTS, SECONDS } from './quotas.ts';
import type { RandomSource } from './random-source.ts';
import type { StateFailure } from './state-failure.ts';

export interface RetryDecision {
  readonly delayMs: number;
  /** The counts to keep. */
  readonly retries: readonly number[];
}

export function decideRetry(
  retriers: readonly Retrier[],
  failure: StateFailure,
  counts: readonly number[] | undefined,
  random: () => RandomSource,
): RetryDecision | null {
  if (failure.fatal !== undefined) return null;
  const index = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, failure));
  const retrier = retriers[index];
  if (retrier === undefined) return null;
  const made = counts?.[index] ?? 0;
  if (made >= (retrier.MaxAttempts ?? RETRY_MAX_ATTEMPTS)) return null;
  const retries = retriers.map((_, other) => (counts?.[other] ?? 0) + (other === index ? 1 : 0));
  return { delayMs: Math.round(delaySeconds(retrier, made, random) * 1000), retries };
}

/** Seconds before retry number `made + 1`: the cap comes before the jitter. */
export function delaySeconds(retrier: Retrier, made: number, random: () => RandomSource): number {
  const interval = retrier.IntervalSeconds ?? RETRY_INTERVAL_SECONDS;
  const growing = interval * (retrier.BackoffRate ?? RETRY_BACKOFF_RATE) ** made;
  const capped = Math.min(growing, retrier.MaxDelaySeconds ?? SECONDS);
  return retrier.JitterStrategy === 'FULL' ? random().next() * capped : capped;
}

/** Whether ErrorEquals takes a failure. `States.TaskFailed` stands for every error but a timeout. */
export function matches(errorEquals: readonly string[], { error, alias }: StateFailure): boolean {
  return errorEquals.some((name) => {
    if (name === error || (name === alias && alias !== undefined)) return true;
    if (error === ErrorName.Runtime) return false;
    return name === ErrorName.All || (name === ErrorName.TaskFailed && error !== ErrorName.Timeout);
  });
}
