/**
 * What the writes of a breaker's store do to its state, as pure functions: the adapter on one machine runs them inside a
 * transaction, the one over DynamoDB says the same in conditions (ports/breakers.ts has the promises).
 */
import type { BreakerChange, BreakerState, Bucket, Counts } from '../ports/breakers.ts';
import { isOver, NOTHING, sum } from './breaker.ts';

export const FIRST_STATE: BreakerState = {
  round: 0,
  phase: 'closed',
  until: 0,
  trials: 0,
  results: NOTHING,
  buckets: [],
};

export function counted(
  state: BreakerState,
  { round, at, buckets }: { readonly round: number; readonly at: number; readonly buckets: readonly Bucket[] },
): BreakerState {
  if (state.round !== round) return state;
  return { ...state, buckets: buckets.reduce((known, more) => withBucket(known, more, at), state.buckets) };
}

/** Added to its like; what is over at `at` is left out. */
export function withBucket(buckets: readonly Bucket[], more: Bucket, at: number): readonly Bucket[] {
  return added(buckets, more).filter((bucket) => !isOver(bucket, at));
}

function added(buckets: readonly Bucket[], more: Bucket): readonly Bucket[] {
  const isSame = (one: Bucket): boolean => one.widthMs === more.widthMs && one.index === more.index;
  if (!buckets.some(isSame)) return [...buckets, more];
  return buckets.map((one) => (isSame(one) ? { ...one, ...sum(one, more) } : one));
}

export function changed(
  state: BreakerState,
  round: number,
  change: BreakerChange,
): { readonly changed: boolean; readonly state: BreakerState } {
  if (state.round !== round) return { changed: false, state };
  return { changed: true, state: { ...FIRST_STATE, ...change, round: round + 1 } };
}

export function tried(
  state: BreakerState,
  { round, limit, until }: { readonly round: number; readonly limit: number; readonly until: number },
): { readonly granted: boolean; readonly state: BreakerState } {
  if (state.round !== round || state.phase !== 'half-open' || state.trials >= limit) return { granted: false, state };
  return { granted: true, state: { ...state, trials: state.trials + 1, until } };
}

export function trialEnded(state: BreakerState, round: number, result: Counts | 'unused'): BreakerState {
  if (state.round !== round || state.phase !== 'half-open') return state;
  if (result === 'unused') return { ...state, trials: state.trials - 1 };
  return { ...state, results: sum(state.results, result) };
}
