/** What the headers of an answer say beside the answer: how far two clocks are apart, and how often one may ask. */
import type { RateLimitPolicy } from '../model/plan.ts';
import type { HttpResponse } from '../runtime/ports/http.ts';
import { type Check, failed, ok, warning } from './check.ts';

/** A `Date` header counts whole seconds, and the answer took its time. */
const ROUGHLY_MS = 2_000;
const WARN_SKEW_MS = 10_000;
/** Beyond it signatures and tokens are refused, though not by everybody. */
const FAIL_SKEW_MS = 120_000;

export interface Exchanged {
  readonly response: HttpResponse;
  readonly sentAt: number;
  readonly answeredAt: number;
}

function headerOf({ headers }: HttpResponse, ...names: readonly string[]): string | undefined {
  return names.flatMap((name) => headers.find(([known]) => known === name)?.[1] ?? [])[0];
}

export function clockCheck({ response, sentAt, answeredAt }: Exchanged): Check | undefined {
  const date = headerOf(response, 'date');
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  // Within the second that it names, and between question and answer.
  const ahead = theirs - answeredAt;
  const behind = sentAt - (theirs + 1_000);
  const skew = Math.max(0, ahead, behind);
  const says = `its clock is ${seconds(skew)} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`;
  const fix = 'Set both by NTP: tokens and signatures are valid by the clock.';
  if (skew > FAIL_SKEW_MS) return failed('clock', says, fix);
  if (skew > WARN_SKEW_MS) return warning('clock', says, fix);
  return ok('clock', skew <= ROUGHLY_MS ? "as this machine's" : says);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}

/** The headers of RFC drafts and of common use; nobody is asked for more than it says by itself. */
export function limitCheck(response: HttpResponse, declared: RateLimitPolicy | undefined): Check | undefined {
  const limit = numberIn(headerOf(response, 'ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit'));
  const remaining = numberIn(
    headerOf(response, 'ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining') ??
      /;\s*r=(\d+)/.exec(headerOf(response, 'ratelimit') ?? '')?.[1],
  );
  if (limit === undefined && remaining === undefined) return undefined;
  const left = remaining === undefined ? '' : `${remaining} requests left`;
  const says = [left, limit === undefined ? '' : `of ${limit}`].filter(Boolean).join(' ');
  if (remaining === 0)
    return warning('rate limit', `${says}: the next request is refused`, 'Wait, or have the limit raised.');
  if (!declared)
    return warning(
      'rate limit',
      `${says}; the description declares none`,
      'Declare `x-interlock.rateLimit` on the source.',
    );
  return ok('rate limit', `${says}; declared: ${declared.requests} in ${seconds(declared.perMs)}`);
}

function numberIn(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,12})/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
