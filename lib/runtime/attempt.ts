/**
 * One request of a passage: let through, sent, read and judged. Immediately before the send a whole attempt timeout must be
 * left of the lease and the run's deadline must be ahead; otherwise nothing is sent (run-contract section 3). What breaker
 * and limits withhold is not sent either, and says when to ask again.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { SystemEnvironment } from '../model/environment.ts';
import { OUTCOMES, type Outcome } from '../model/outcome.ts';
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Verdict } from '../expressions/verdict.ts';
import { whyAnswered, whyNotAnswered } from './answer-words.ts';
import { type ThroughCache, throughCache, voidAfter } from './cache/through-cache.ts';
import { meaningOf, onWire } from './carriers/envelope.ts';
import { responseVerdict } from './contract/contract.ts';
import { correlationIn } from './correlation.ts';
import type { Authorised } from './auth/authorise.ts';
import { digestOfBytes, traceparentOf } from './digest.ts';
import { judge } from './outcome.ts';
import type { CallPorts, Calling } from './passage.ts';
import type { HttpAnswer, HttpRequest, HttpResponse } from './ports/http.ts';
import type { AttemptRecord } from './ports/journal.ts';
import type { Asking, CallReport, Refusal } from './ports/protection.ts';
import { whyNoProof } from './proof.ts';
import { calleeOf, reportOf, type Target } from './protect/target.ts';
import { type Credentials, type PreparedRequest, withCredentials } from './request/build.ts';
import { exchange } from './request/exchange.ts';
import { type ReadResponse, readResponse } from './request/response.ts';
import { retryAfterMs } from './retry.ts';

/** Until when a passage may act, and in whose trace. */
export interface Bounds {
  readonly leaseUntil: number;
  readonly deadline: number;
  readonly traceparent?: string;
}

export interface Sending {
  readonly passage: Calling;
  readonly request: PreparedRequest;
  readonly environment: SystemEnvironment;
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
  /** Asking sooner cannot help. */
  readonly againAt?: number;
  /** Kept back by the breaker of its system. */
  readonly open?: true;
}

export async function makeAttempt(sending: Sending & Target, ports: CallPorts, number: number): Promise<Attempt> {
  const { authorised, hindrance } = sending;
  const begin = ports.clock.now();
  if (hindrance !== undefined) return notSent(begin, hindrance, true);
  if (!authorised.ok) return notSent(begin, authorised.why, !authorised.again);
  if (!fits(sending, { number, begin })) return tooLate(begin);
  const { credentials } = authorised;
  const cache = await throughCache(sending.passage, sending.request, credentials, ports);
  if (cache?.known.fresh) return await answeredBefore(sending, ports, cache.known.fresh, 'fresh');
  const attempt = await ask({ ...sending, credentials, ...(cache && { cache }) }, ports, number);
  const standIn = FAILING.has(attempt.outcome) ? cache?.known.standIn : undefined;
  if (!standIn) return attempt;
  noteAt(sending.passage, ports, `an answer of before stands in: ${attempt.why}`);
  return await answeredBefore(sending, ports, standIn, 'stale');
}

/** What a system that is unwell, or kept from us, leaves a step with. */
const FAILING: ReadonlySet<Outcome> = new Set(['not-sent', 'in-doubt', 'throttled']);

async function answeredBefore(
  sending: Sending,
  ports: CallPorts,
  answer: HttpResponse,
  cached: 'fresh' | 'stale',
): Promise<Attempt> {
  const startedAt = ports.clock.now();
  const attempt = await judged(sending, answer, { startedAt, ms: 0, timeoutMs: 0 }, ports);
  return { ...attempt, record: { ...attempt.record, cached } };
}

type Sendable = Sending & Target & { readonly credentials: Credentials; readonly cache?: ThroughCache };

async function ask(sending: Sendable, ports: CallPorts, number: number): Promise<Attempt> {
  const begin = ports.clock.now();
  const admission = await ports.protection.admit(askingOf(sending, number));
  if (!admission.ok) return withheld(sending.passage, begin, admission);
  if (!fits(sending, { number, begin: ports.clock.now() })) {
    await admission.done({ kind: 'unused' });
    return tooLate(begin);
  }
  const { attempt, report } = await send(sending, ports, number);
  await admission.done(report);
  return attempt;
}

function askingOf(sending: Sending & Target, number: number): Asking {
  const { passage, bounds, environment } = sending;
  const timeoutMs = timeoutOf(passage, number);
  return {
    callee: calleeOf(passage, sending, environment),
    name: passage.system.name,
    latest: Math.min(bounds.leaseUntil - timeoutMs, bounds.deadline - 1),
    timeoutMs,
    run: passage.task.run,
    step: passage.step.path,
  };
}

/** Whoever has a fallback does not wait for a breaker or a limit. */
function withheld({ step }: Calling, begin: number, { why, againAt, open }: Refusal): Attempt {
  const attempt = notSent(begin, why, 'fallback' in step && step.fallback !== undefined);
  return { ...attempt, againAt, ...(open && { open }), record: { ...attempt.record, withheld: true } };
}

/** Another round, with a lease of its own, may well be in time: an undo is not given up for a wait that was too long. */
function tooLate(begin: number): Attempt {
  return notSent(begin, 'the time of its lease or of the run is used up', false);
}

/** How long the system, or what protects it, asks to be left alone. */
export function waitAskedFor({ response, againAt }: Attempt, now: number): number | undefined {
  return againAt === undefined ? retryAfterMs(response?.retryAfter, now) : Math.max(0, againAt - now);
}

async function send(
  sending: Sending & { readonly credentials: Credentials; readonly cache?: ThroughCache },
  ports: CallPorts,
  number: number,
): Promise<{ readonly attempt: Attempt; readonly report: CallReport }> {
  const { passage, request, bounds, credentials, cache } = sending;
  const startedAt = ports.clock.now();
  const timeoutMs = timeoutOf(passage, number);
  const traceparent = traceparentOf(passage.task.run, bounds.traceparent, { ...passage.key, attempt: number });
  const limits = { timeoutMs, maxResponseBytes: DEFAULTS.responseLimitBytes };
  const { signing } = credentials;
  const whole = await enveloped(passage, request, withCredentials(request, credentials, traceparent), ports);
  const said = await exchange(
    {
      request: { ...whole, headers: [...whole.headers, ...(cache?.known.conditions ?? [])] },
      ...(signing && { signing }),
      operation: passage.operation,
      isWanted: (redirect) =>
        criteriaVerdict(passage, request, readResponse(redirect, passage.operation.responses))?.met === true,
    },
    ports,
    limits,
  );
  const meant = passage.operation.message ? await meaningOf(request.url, said) : said;
  const answer = meant.kind === 'response' ? (cache?.known.meaning(meant) ?? meant) : meant;
  const now = ports.clock.now();
  const ms = now - startedAt;
  const attempt = await judged(sending, answer, { startedAt, ms, timeoutMs }, ports);
  if (attempt.outcome === 'applied' && answer.kind === 'response') await cache?.keep(answer);
  if (OUTCOMES[attempt.outcome].effect !== 'none') await voidAfter(passage, request, ports);
  return { attempt, report: reportOf(answer, { outcome: attempt.outcome, ms, now }) };
}

/** A message goes as its carrier takes it. */
async function enveloped(
  { operation, plan, idempotencyKey }: Calling,
  { seen }: PreparedRequest,
  whole: HttpRequest,
  { endpoints }: CallPorts,
): Promise<HttpRequest> {
  const { message } = operation;
  if (!message) return whole;
  const header = seen.message?.header ?? {};
  const payload = seen.message?.payload;
  const correlation = correlationIn({ header, ...(payload !== undefined && { payload }) }, message.correlations);
  const sender = `interlock.${plan.integration}`;
  return await onWire(whole, {
    group: correlation ?? idempotencyKey,
    id: idempotencyKey,
    sender,
    subject: message.channel,
    ...(endpoints && { endpoints }),
  });
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
  const { seen } = request ?? {};
  if (response?.received) return { ...scope, message: response.message };
  const answered = response ? { statusCode: response.status, response: response.message } : {};
  return { ...scope, ...seen, ...answered };
}

/** The same request would end the same way. */
const FINAL_REASONS: ReadonlySet<string> = new Set(['invalid-request', 'too-large']);

interface Timing {
  readonly startedAt: number;
  readonly ms: number;
  readonly timeoutMs: number;
}

/** A message that was received, as an answer that nobody asked for by a request. */
export async function judgedAnswer(
  sending: Sending,
  answer: HttpResponse,
  timing: Timing,
  ports: CallPorts,
): Promise<Attempt> {
  return await judged(sending, answer, timing, ports);
}

async function judged(
  { passage, request }: Sending,
  answer: HttpAnswer,
  { startedAt, ms, timeoutMs }: Timing,
  ports: CallPorts,
): Promise<Attempt> {
  const { digestKey } = passage;
  const requestDigest = digestOfBytes(digestKey, [`${request.method}\n${request.seen.url}\n`, request.body ?? '']);
  const base = { startedAt, ms, requestDigest };
  if (answer.kind !== 'response') {
    const outcome = judge(answer, {});
    const why = whyNotAnswered(answer, { system: passage.system.name, url: request.url, timeoutMs });
    return { record: { ...base, outcome, message: why }, outcome, why, final: FINAL_REASONS.has(answer.why) };
  }
  const read = readResponse(answer, passage.operation.responses);
  const response = passage.operation.message?.action === 'receive' ? asReceived(read) : read;
  const verdict = criteriaVerdict(passage, request, response);
  const attempted = { kind: answer.kind, status: answer.status, parsed: response.unparseable === undefined };
  const criteria = verdict ? { criteria: verdict.met } : {};
  const wanted = judge(attempted, criteria);
  const held = wanted === 'applied' ? await responseVerdict(passage, response) : undefined;
  if (held?.kind === 'reported') noteAt(passage, ports, held.why);
  const outcome = held?.kind === 'enforced' ? judge(attempted, { ...criteria, contract: false }) : wanted;
  const why = held?.kind === 'enforced' ? held.why : whyAnswered(passage.system.name, response, verdict);
  const answered = { ...base, outcome, status: answer.status, responseDigest: digestOfBytes(digestKey, [answer.body]) };
  return {
    record: outcome === 'applied' ? answered : { ...answered, message: why },
    outcome,
    why,
    response,
    final: false,
  };
}

function asReceived(read: ReadResponse): ReadResponse {
  const { body } = read.message;
  return { ...read, received: true, message: { ...read.message, ...(body !== undefined && { payload: body }) } };
}

function noteAt({ task, step, key }: Calling, { telemetry }: CallPorts, message: string): void {
  telemetry.log({ level: 'warn', message, run: task.run, step: step.path, visit: key.visit });
}

function criteriaVerdict(
  { step, evaluation }: Calling,
  request: PreparedRequest,
  response: ReadResponse,
): Verdict | undefined {
  if (step.criteria.length === 0) return undefined;
  const nothing = 'poll' in step && step.poll ? whyNoProof(step.criteria, response) : undefined;
  if (nothing !== undefined) return { met: false, why: nothing, notes: [] };
  return evaluateCriteria(step.criteria, answerScope(evaluation.scope(step.scope), request, response));
}
