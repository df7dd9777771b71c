/**
 * When a circuit breaker opens, tries and closes, as functions of its shared state, its policy and the time. Closed, it
 * counts calls over a sliding window made of buckets and opens when enough of them failed or were slow. Open, it refuses
 * until its time is over; then it is half-open and gives out a number of trial calls, whose results close it or open it
 * again. Trials that never end (their process died) are given up after a time, and a new round of trials begins.
 */
import type { BreakerPolicy } from '../../model/plan.ts';
import type { BreakerState, Bucket, Counts } from '../ports/breakers.ts';

/** Parts of a window: the oldest tenth leaves it at once. */
export const BUCKETS = 10;

/** How old the state may be that a call is let through by, and how often a process writes its counts. */
export const FRESH_MS = 1_000;

/** A trial is given up a little after its timeout. */
const TRIAL_MARGIN_MS = 1_000;

export const NOTHING: Counts = { calls: 0, failed: 0, slow: 0 };

export function sum(one: Counts, other: Counts): Counts {
  return { calls: one.calls + other.calls, failed: one.failed + other.failed, slow: one.slow + other.slow };
}

export function bucketOf(policy: BreakerPolicy, at: number, counts: Counts): Bucket {
  const widthMs = Math.max(1, Math.ceil(policy.windowMs / BUCKETS));
  return { ...counts, widthMs, index: Math.floor(at / widthMs) };
}

/** Too old for every window that is made of such buckets. */
export function isOver({ index, widthMs }: Bucket, at: number): boolean {
  return index <= Math.floor(at / widthMs) - BUCKETS;
}

/** The calls of the window. Buckets of another width belong to another policy under the same key. */
export function windowOf(buckets: readonly Bucket[], policy: BreakerPolicy, at: number): Counts {
  const { widthMs } = bucketOf(policy, at, NOTHING);
  return buckets.filter((bucket) => bucket.widthMs === widthMs && !isOver(bucket, at)).reduce(sum, NOTHING);
}

export function mustOpen({ calls, failed, slow }: Counts, policy: BreakerPolicy): boolean {
  if (calls < Math.max(1, policy.minimumCalls)) return false;
  return failed >= enough(policy.failureRate, calls) || slow >= enough(policy.slowRate, calls);
}

/** How many of so many reach the share. */
function enough(share: number | undefined, of: number): number {
  return share === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(share * of - 1e-9));
}

export function isSlow(policy: BreakerPolicy, ms: number): boolean {
  return policy.slowAfterMs !== undefined && ms > policy.slowAfterMs;
}

/** What the trials of a half-open round have shown; undefined while it may still turn out either way. */
export function verdictOf({ results }: BreakerState, policy: BreakerPolicy): 'open' | 'closed' | undefined {
  const { trialCalls } = policy;
  const bad =
    results.failed >= enough(policy.failureRate, trialCalls) || results.slow >= enough(policy.slowRate, trialCalls);
  if (bad) return 'open';
  return results.calls >= trialCalls ? 'closed' : undefined;
}

export type Entry =
  | { readonly kind: 'free' }
  | { readonly kind: 'refused'; readonly againAt: number }
  /** The trials are decided, and whoever decided them did not write it down. */
  | { readonly kind: 'decide'; readonly verdict: 'open' | 'closed' }
  /** The first trial of a new round. */
  | { readonly kind: 'begin-trials' }
  | { readonly kind: 'trial' };

export function entryOf(state: BreakerState, policy: BreakerPolicy, at: number): Entry {
  switch (state.phase) {
    case 'closed':
      return { kind: 'free' };
    case 'open':
      return at < state.until ? { kind: 'refused', againAt: state.until } : { kind: 'begin-trials' };
    case 'half-open': {
      const verdict = verdictOf(state, policy);
      if (verdict) return { kind: 'decide', verdict };
      if (at >= state.until) return { kind: 'begin-trials' };
      return state.trials < policy.trialCalls ? { kind: 'trial' } : { kind: 'refused', againAt: at + FRESH_MS };
    }
  }
}

/** Until when a trial that begins now is waited for. */
export function trialUntil(policy: BreakerPolicy, at: number, timeoutMs: number): number {
  return at + Math.max(policy.openForMs, timeoutMs + TRIAL_MARGIN_MS);
}
