/**
 * When an attempt may be repeated within the same invocation, and after how long: only what cannot double an effect
 * (run-contract section 2), as often as the step's policy says, with full jitter, and honouring what the system asked for.
 * Retry actions of the description are another matter (decide.ts).
 */
import { unreachable } from '../model/assert.ts';
import { isIdempotentMethod } from '../model/methods.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Method } from '../model/openapi.ts';
import type { PlanCall, RetryPolicy } from '../model/plan.ts';
import type { Clock, Random } from '../model/time.ts';

/** May a call in doubt be made again? `since` is when its key was first used: servers forget keys. */
export function mayRepeatInDoubt(
  step: Pick<PlanCall, 'effect' | 'idempotency'>,
  method: Method,
  age: { readonly since: number; readonly now: number },
): boolean {
  return age.now < knownUntil(step, method, age.since);
}

/** Until when the same call, made again, is known for the same: for ever, never, or as long as its key is kept. */
export function knownUntil(
  { effect, idempotency }: Pick<PlanCall, 'effect' | 'idempotency'>,
  method: Method,
  since: number,
): number {
  if (effect === 'unsafe') return Number.NEGATIVE_INFINITY;
  // By its method, or by its nature where no key is declared.
  const always = effect === 'safe' || isIdempotentMethod(method) || !idempotency;
  return always ? Number.POSITIVE_INFINITY : since + idempotency.retentionMs;
}

/** The pause before attempt `next` (from 2), without what the system asks for. */
export function pauseBefore(next: number, policy: RetryPolicy, random: Random): number {
  const longest = Math.min(policy.capMs, policy.intervalMs * policy.backoff ** (next - 2));
  return policy.jitter === 'full' ? random.next() * longest : longest;
}

/** Retry-After (RFC 9110 section 10.2.3), as seconds or as a date: how many milliseconds from now. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1000;
  const date = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A wait that the system asks for and the policy does not allow ends the repetition: asking sooner would be refused. */
export function waitBefore(
  next: number,
  policy: RetryPolicy,
  asked: { readonly retryAfter: number | undefined; readonly random: Random },
): number | undefined {
  if (next > policy.attempts) return undefined;
  const pause = pauseBefore(next, policy, asked.random);
  if (asked.retryAfter === undefined) return pause;
  return asked.retryAfter > policy.capMs ? undefined : Math.max(pause, asked.retryAfter);
}

/** Without an effect and with hope: what was refused will be refused again. */
export function isWorthRepeating(outcome: Outcome, repeatInDoubt: boolean): boolean {
  switch (outcome) {
    case 'throttled':
    case 'not-sent':
      return true;
    case 'in-doubt':
      return repeatInDoubt;
    case 'applied':
    case 'unwanted':
    case 'refused':
      return false;
    default:
      return unreachable(outcome, 'outcome');
  }
}

export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
