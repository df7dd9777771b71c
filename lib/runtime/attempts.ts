/**
 * The requests of one passage: send, judge, and repeat what is safe to repeat, within the lease. Immediately before each
 * send a whole attempt timeout must be left of the lease and the deadline must be ahead; otherwise nothing is sent
 * (run-contract section 3). Every request is awaited to its end before this returns.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Outcome } from '../model/outcome.ts';
import type { SystemEnvironment } from '../model/environment.ts';
import type { Clock } from '../model/time.ts';
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Verdict } from '../expressions/verdict.ts';
import { type Authorised, authorise } from './auth/authorise.ts';
import { digestOfBytes, traceparentOf } from './digest.ts';
import { judge, worstOf } from './outcome.ts';
import type { CallPorts, Passage } from './passage.ts';
import type { HttpAnswer } from './ports/http.ts';
import type { AttemptRecord } from './ports/journal.ts';
import { type PreparedRequest, signed } from './request/build.ts';
import { type ReadResponse, readResponse } from './request/response.ts';
import { isWorthRepeating, mayRepeatInDoubt, retryAfterMs, waitBefore } from './retry.ts';

/** Until when the passage may act. */
export interface Bounds {
  readonly leaseUntil: number;
  readonly deadline: number;
  readonly traceparent?: string;
}

export interface Sending {
  readonly passage: Passage;
  readonly request: PreparedRequest;
  readonly environment: SystemEnvironment;
  /** Made before the intent, so that fetching a token does not use up the lease. */
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

export interface Attempts {
  readonly records: readonly AttemptRecord[];
  readonly outcome: Outcome;
  readonly last: Attempt;
  /** What the last answer looks like to expressions. */
  readonly scope: Scope;
  readonly quietAfter?: number;
}

export async function makeAttempts(sending: Sending, ports: CallPorts): Promise<Attempts> {
  const { passage } = sending;
  const made: Attempt[] = [];
  let authorised = sending.authorised;
  let repeated = 0;
  let renewed = false;
  for (;;) {
    const attempt = await makeAttempt({ ...sending, authorised }, ports, made.length + 1);
    made.push(attempt);
    report(passage, ports, attempt, made.length);
    const renewing = !renewed && attempt.response?.status === 401 && attempt.outcome === 'refused' && authorised.ok && authorised.forget();
    renewed ||= renewing;
    const pause = renewing ? 0 : pauseAfter(attempt, sending, ports, repeated + 2);
    if (pause === undefined || !fits(sending, ports, pause, made.length + 1)) return conclude(sending, made);
    if (!renewing) repeated += 1;
    if (pause > 0) await delay(ports.clock, pause);
    authorised = await authorise({ ...passage, environment: sending.environment, request: sending.request, timeoutMs: timeoutOf(passage, made.length + 1) }, ports);
  }
}

function report({ task, plan, step, key }: Passage, ports: CallPorts, { record, why }: Attempt, attempt: number): void {
  ports.events.emit({
    type: 'attempt-ended',
    runId: task.run,
    workflowId: plan.workflowId,
    at: new Date(ports.clock.now()).toISOString(),
    step: step.path,
    visit: key.visit,
    attempt,
    outcome: record.outcome,
    ...(record.status !== undefined && { status: record.status }),
    ms: record.ms,
    ...(record.outcome !== 'applied' && { message: why }),
  });
}

async function makeAttempt(sending: Sending, ports: CallPorts, number: number): Promise<Attempt> {
  const { passage, authorised, request, bounds } = sending;
  const startedAt = ports.clock.now();
  if (!authorised.ok) return notSent(startedAt, authorised.why, !authorised.again);
  const timeoutMs = timeoutOf(passage, number);
  if (!fits(sending, ports, 0, number)) return notSent(startedAt, 'the time of its lease or of the run is used up', true);
  const traceparent = traceparentOf(passage.task.run, bounds.traceparent, { ...passage.key, attempt: number });
  const answer = await ports.http.send(signed(request, authorised.credentials, traceparent), {
    timeoutMs,
    maxResponseBytes: DEFAULTS.responseLimitBytes,
  });
  return judged(sending, answer, { startedAt, ms: ports.clock.now() - startedAt, timeoutMs });
}

function notSent(startedAt: number, why: string, final: boolean): Attempt {
  return { record: { startedAt, ms: 0, outcome: 'not-sent', message: why }, outcome: 'not-sent', why, final };
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
    const why = whyWithout(passage, answer, timeoutMs);
    return { record: { ...base, outcome, message: why }, outcome, why, final: answer.why === 'invalid-request' };
  }
  const response = readResponse(answer);
  const verdict = criteriaVerdict(passage, request, response);
  const outcome = judge(
    { kind: 'response', status: answer.status, parsed: response.unparseable === undefined },
    verdict ? { criteria: verdict.met } : {},
  );
  const why = whyOf(passage, response, verdict);
  const responseDigest = digestOfBytes(runId, [answer.body]);
  const record = { ...base, outcome, status: answer.status, responseDigest, ...(outcome !== 'applied' && { message: why }) };
  return { record, outcome, why, response, final: false };
}

function criteriaVerdict({ step, evaluation }: Passage, request: PreparedRequest, response: ReadResponse): Verdict | undefined {
  if (step.criteria.length === 0) return undefined;
  return evaluateCriteria(step.criteria, answerScope(evaluation.scope(step.scope), request, response));
}

/** What the step's scope sees besides, once there is an answer; without one there is no `$statusCode`. */
export function answerScope(scope: Scope, request: PreparedRequest, response: ReadResponse | undefined): Scope {
  const answered = response ? { statusCode: response.status, response: response.message } : {};
  return { ...scope, ...request.seen, ...answered };
}

function whyOf({ system }: Passage, response: ReadResponse, verdict: Verdict | undefined): string {
  const answered = `${system.name} answered ${response.status}`;
  if (response.unparseable !== undefined) return `${answered}, but ${response.unparseable}`;
  return verdict?.why === undefined ? answered : `${answered}, and the step is no success: ${verdict.why}`;
}

function whyWithout({ system }: Passage, answer: Exclude<HttpAnswer, { kind: 'response' }>, timeoutMs: number): string {
  switch (answer.why) {
    case 'timeout':
      return `${system.name} gave no answer within ${timeoutMs} ms`;
    case 'too-large':
      return `${system.name} answered with more than ${DEFAULTS.responseLimitBytes} bytes`;
    case 'malformed':
      return `${system.name} answered what is no HTTP`;
    case 'reset':
      return `${system.name} broke the connection off`;
    case 'aborted':
      return `the request to ${system.name} was broken off`;
    case 'connection-refused':
      return `${system.name} refuses connections`;
    case 'unreachable':
      return `${system.name} cannot be reached`;
    case 'dns':
      return `the host of ${system.name} has no address`;
    case 'connect-timeout':
      return `${system.name} did not accept a connection in time`;
    case 'tls':
      return `there is no secure connection to ${system.name} (TLS)`;
    case 'invalid-request':
      return `the request to ${system.name} cannot be written as HTTP`;
  }
}

function pauseAfter(attempt: Attempt, { passage }: Sending, ports: CallPorts, next: number): number | undefined {
  if (attempt.final) return undefined;
  const now = ports.clock.now();
  const again = mayRepeatInDoubt(passage.step, passage.operation.method, { since: keySince(passage, attempt), now });
  if (!isWorthRepeating(attempt.outcome, again)) return undefined;
  const retryAfter = retryAfterMs(attempt.response?.retryAfter, now);
  return waitBefore(next, passage.step.retry, { retryAfter, random: ports.random });
}

/** When the idempotency key went out for the first time. */
export function keySince({ past, startedAt }: Passage, attempt?: Attempt): number {
  const first = past.underSameKey[0]?.startedAt ?? startedAt;
  return attempt ? Math.min(first, attempt.record.startedAt) : first;
}

/** A whole attempt must be left of the lease after the pause, and the deadline must still be ahead. */
function fits({ passage, bounds }: Sending, { clock }: CallPorts, pause: number, number: number): boolean {
  const begin = clock.now() + pause;
  return begin + timeoutOf(passage, number) <= bounds.leaseUntil && begin < bounds.deadline;
}

export function timeoutOf({ step }: Passage, number: number): number {
  return step.timeoutsMs[Math.min(number, step.timeoutsMs.length) - 1] ?? DEFAULTS.attemptTimeoutMs;
}

function conclude({ passage, request }: Sending, made: readonly [Attempt, ...Attempt[]] | readonly Attempt[]): Attempts {
  const last = made.at(-1) as Attempt;
  const { step, past, evaluation } = passage;
  const records = made.map(({ record }) => record);
  const outcome = worstOf([...past.underSameKey, ...records], step.idempotency !== undefined);
  const quietAfter = quietAfterOf(passage, records);
  return {
    records,
    outcome,
    last,
    scope: answerScope(evaluation.scope(step.scope), request, last.response),
    ...(quietAfter !== undefined && { quietAfter }),
  };
}

/** The last attempt in doubt, its deadline and the grace: until then its effect may still land. */
function quietAfterOf(passage: Passage, records: readonly AttemptRecord[]): number | undefined {
  if (passage.step.effect === 'safe') return undefined;
  const ends = records.flatMap(({ outcome, startedAt }, index) =>
    outcome === 'in-doubt' ? [startedAt + timeoutOf(passage, index + 1) + passage.step.graceMs] : [],
  );
  const before = passage.past.underSameKey.flatMap(({ quietAfter }) => quietAfter ?? []);
  const all = [...ends, ...before];
  return all.length === 0 ? undefined : Math.max(...all);
}

function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
