/**
 * A bucket of tokens as one number: the time at which it would be full again (the generic cell rate algorithm). In any
 * span of time no more calls begin than `burst` and one for each interval of the span; whoever comes too early is given
 * the time of a token to come, so nobody asks twice.
 */
import type { RateLimitPolicy } from '../../model/plan.ts';
import type { Pace } from '../ports/limits.ts';

export function paceOf({ requests, perMs, burst }: RateLimitPolicy): Pace {
  return { intervalMs: perMs / requests, burst };
}

export interface Slot {
  /** When the call may begin; whole milliseconds, as clocks count. */
  readonly at: number;
  /** When the bucket is full again, once this token is taken. */
  readonly fullAt: number;
}

export function nextSlot(fullAt: number, at: number, { intervalMs, burst }: Pace): Slot {
  const after = Math.max(fullAt, at) + intervalMs;
  return { at: Math.max(at, Math.ceil(after - burst * intervalMs)), fullAt: after };
}

/** The latest time of being full at which a token is still to be had by `latest`. */
export function lastFullAt(latest: number, { intervalMs, burst }: Pace): number {
  return latest + (burst - 1) * intervalMs;
}

/** Full so late that the first token is there at `until`, and the others follow one by one. */
export function heldFullAt(fullAt: number, until: number, { intervalMs, burst }: Pace): number {
  return Math.max(fullAt, until + (burst - 1) * intervalMs);
}
