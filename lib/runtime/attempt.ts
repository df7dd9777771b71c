/**
 * One request of a passage: sent, read and judged. Immediately before the send a whole attempt timeout must be left of the
 * lease and the run's deadline must be ahead; otherwise nothing is sent (run-contract section 3).
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Outcome } from '../model/outcome.ts';
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Verdict } from '../expressions/verdict.ts';
import { whyAnswered, whyNotAnswered } from './answer-words.ts';
import type { Authorised } from './auth/authorise.ts';
import { digestOfBytes, traceparentOf } from './digest.ts';
import { judge } from './outcome.ts';
import type { CallPorts, Calling } from './passage.ts';
import type { HttpAnswer } from './ports/http.ts';
import type { AttemptRecord } from './ports/journal.ts';
import { type PreparedRequest, signed } from './request/build.ts';
import { type ReadResponse, readResponse } from './request/response.ts';

/** Until when a passage may act, and in whose trace. */
export interface Bounds {
  readonly leaseUntil: number;
  readonly deadline: number;
  readonly traceparent?: string;
}

export interface Sending {
  readonly passage: Calling;
  readonly request: PreparedRequest;
  readonly authorised: Authorised;
  readonly bounds: Bounds;
}

export interface Attempt {
  readonly record: AttemptRecord;
  readonly outcome: Outcome;
  /** For people; holds no value of the run. */
  readonly why: string;
  readonly response?: ReadResponse;
  /** Repeating cannot help, whatever the outcome. */
  readonly final: boolean;
}

export async function makeAttempt(sending: Sending, ports: CallPorts, number: number): Promise<Attempt> {
  const { passage, authorised, request, bounds } = sending;
  const startedAt = ports.clock.now();
  if (!authorised.ok) return notSent(startedAt, authorised.why, !authorised.again);
  if (!fits(sending, { number, begin: startedAt })) {
    return notSent(startedAt, 'the time of its lease or of the run is used up', true);
  }
  const timeoutMs = timeoutOf(passage, number);
  const traceparent = traceparentOf(passage.task.run, bounds.traceparent, { ...passage.key, attempt: number });
  const answer = await ports.http.send(signed(request, authorised.credentials, traceparent), {
    timeoutMs,
    maxResponseBytes: DEFAULTS.responseLimitBytes,
  });
  return judged(sending, answer, { startedAt, ms: ports.clock.now() - startedAt, timeoutMs });
}

export function notSent(startedAt: number, why: string, final: boolean): Attempt {
  return { record: { startedAt, ms: 0, outcome: 'not-sent', message: why }, outcome: 'not-sent', why, final };
}

/** Is a whole attempt left of the lease, and the deadline still ahead? */
export function fits(
  { passage, bounds }: Pick<Sending, 'passage' | 'bounds'>,
  at: { readonly number: number; readonly begin: number },
): boolean {
  return at.begin + timeoutOf(passage, at.number) <= bounds.leaseUntil && at.begin < bounds.deadline;
}

export function timeoutOf({ step }: Calling, number: number): number {
  return step.timeoutsMs[Math.min(number, step.timeoutsMs.length) - 1] ?? DEFAULTS.attemptTimeoutMs;
}

/** What the step's scope sees besides, once there is an answer; without one there is no `$statusCode`. */
export function answerScope(
  scope: Scope,
  request: PreparedRequest | undefined,
  response: ReadResponse | undefined,
): Scope {
  const answered = response ? { statusCode: response.status, response: response.message } : {};
  return { ...scope, ...request?.seen, ...answered };
}

interface Timing {
  readonly startedAt: number;
  readonly ms: number;
  readonly timeoutMs: number;
}

function judged({ passage, request }: Sending, answer: HttpAnswer, { startedAt, ms, timeoutMs }: Timing): Attempt {
  const runId = passage.task.run;
  const requestDigest = digestOfBytes(runId, [`${request.method}\n${request.seen.url}\n`, request.body ?? '']);
  const base = { startedAt, ms, requestDigest };
  if (answer.kind !== 'response') {
    const outcome = judge(answer, {});
    const why = whyNotAnswered(passage.system.name, answer, timeoutMs);
    return { record: { ...base, outcome, message: why }, outcome, why, final: answer.why === 'invalid-request' };
  }
  const response = readResponse(answer);
  const verdict = criteriaVerdict(passage, request, response);
  const attempted = { kind: answer.kind, status: answer.status, parsed: response.unparseable === undefined };
  const outcome = judge(attempted, verdict ? { criteria: verdict.met } : {});
  const why = whyAnswered(passage.system.name, response, verdict);
  const answered = { ...base, outcome, status: answer.status, responseDigest: digestOfBytes(runId, [answer.body]) };
  return {
    record: outcome === 'applied' ? answered : { ...answered, message: why },
    outcome,
    why,
    response,
    final: false,
  };
}

function criteriaVerdict(
  { step, evaluation }: Calling,
  request: PreparedRequest,
  response: ReadResponse,
): Verdict | undefined {
  if (step.criteria.length === 0) return undefined;
  return evaluateCriteria(step.criteria, answerScope(evaluation.scope(step.scope), request, response));
}
