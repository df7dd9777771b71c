/**
 * The judgement of an attempt and of a step (run-contract section 2), in one place for handlers, rehearsal and
 * documentation; lib/model/outcome.ts says the same in words. Pure: what was answered, and whether the criteria and the
 * contract hold, go in; what may stand at the system comes out. When unsure: in doubt.
 */
import { unreachable } from '../model/assert.ts';
import { OUTCOMES, type Outcome } from '../model/outcome.ts';
import type { NoAnswer, NotSent } from './ports/http.ts';

export type Attempted =
  | { readonly kind: 'response'; readonly status: number; readonly parsed: boolean }
  | Pick<NotSent, 'kind'>
  | Pick<NoAnswer, 'kind'>;

export interface Verdicts {
  /** Absent: the author gave no criteria. */
  readonly criteria?: boolean;
  /** Absent: nobody has looked. */
  readonly contract?: boolean;
}

export function judge(attempted: Attempted, verdicts: Verdicts): Outcome {
  switch (attempted.kind) {
    case 'not-sent':
      return 'not-sent';
    case 'no-answer':
      return 'in-doubt';
    case 'response':
      return judgeResponse(attempted, verdicts);
    default:
      return unreachable(attempted, 'answer');
  }
}

function judgeResponse(
  { status, parsed }: { readonly status: number; readonly parsed: boolean },
  verdicts: Verdicts,
): Outcome {
  const isSuccess = status >= 200 && status <= 299;
  if (verdicts.criteria ?? isSuccess) {
    if (!parsed) return 'in-doubt';
    return verdicts.contract === false ? 'unwanted' : 'applied';
  }
  if (isSuccess) return parsed ? 'unwanted' : 'in-doubt';
  if (status === 429) return 'throttled';
  return status >= 400 && status <= 499 && !UNSETTLED.has(status) ? 'refused' : 'in-doubt';
}

/** Request timeout, too early: the system may yet act on it. */
const UNSETTLED: ReadonlySet<number> = new Set([408, 425]);

export interface Answered {
  readonly outcome: Outcome;
  readonly status?: number;
}

/**
 * A step's outcome: the worst of its attempts, in the order they were made. Doubt is settled by a later answer that
 * tells of the effect (applied, unwanted), never by a refusal, unless the refusal answers a repetition under declared
 * idempotency and comes from who knows the keys.
 */
export function worstOf(attempts: readonly Answered[], declaredIdempotency: boolean): Outcome {
  let doubt = false;
  let last: Outcome = 'not-sent';
  for (const { outcome, status } of attempts) {
    last = outcome;
    if (outcome === 'in-doubt') doubt = true;
    else if (OUTCOMES[outcome].effect === 'stands') doubt = false;
    else if (outcome === 'refused' && declaredIdempotency && !UNKNOWING.has(status ?? 0)) doubt = false;
  }
  return doubt ? 'in-doubt' : last;
}

/**
 * Refusals that say nothing of the first request: credentials (401, 403, 407) are judged before any key is looked up, and
 * 409 is what servers say while the first request is still under way.
 */
const UNKNOWING: ReadonlySet<number> = new Set([401, 403, 407, 409]);
