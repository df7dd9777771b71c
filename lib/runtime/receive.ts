/**
 * A step that waits for a message. Its slot is opened for one generation of one visit in one epoch, and its mailbox is told
 * that it waits; what came before is given at once. Woken or timed out, the step's handler looks what was given: a message
 * that came in time counts, whoever looks first (run-contract, interleaving 20). What was received once is not waited for
 * again when the run is tried again, unless it waits for another message then: nobody sends one twice.
 */
import { assert } from '../model/assert.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { Plan, PlanReceive, PlanStep } from '../model/plan.ts';
import type { At } from '../model/task.ts';
import { evaluate } from '../expressions/evaluate.ts';
import type { Attempts } from './attempts.ts';
import { judgedAnswer, notSent, type Sending } from './attempt.ts';
import { correlationText, mailboxKey } from './correlation.ts';
import type { Evaluation } from './evaluation.ts';
import { keepInput, resolveKept } from './keep.ts';
import { expected, withdrawn } from './mailbox.ts';
import type { CallPorts, Passage } from './passage.ts';
import type { Answer, Slot, Waiter } from './ports/callbacks.ts';
import type { HttpResponse } from './ports/http.ts';
import type { Given } from './ports/mailboxes.ts';
import type { PreparedRequest } from './request/build.ts';
import { TaskFailure } from './task-failure.ts';
import { TaskError } from '../model/task.ts';
import { changeBox } from './unclaimed.ts';
import { visitOf } from './visit.ts';

export interface Receiving {
  readonly run: string;
  readonly epoch: number;
  readonly step: string;
  readonly at?: At | null;
}

/** Both who waits and whoever looks computes it. A retry of the step waits for another message. */
export function receiveSlot({ run, epoch, step, at }: Receiving): string {
  const { visit, gen } = visitOf(step, at);
  return JSON.stringify([run, epoch, step, visit, gen]);
}

export type Correlated =
  | { readonly ok: true; readonly correlation?: string }
  /** What it waits for has no value: nothing could be told apart by it. */
  | { readonly ok: false; readonly why: string };

export function correlationOf(step: PlanStep, receive: PlanReceive, evaluation: Evaluation): Correlated {
  if (!receive.correlation) return { ok: true };
  const found = evaluate(receive.correlation, evaluation.scope(step.scope));
  if (!found.found) return { ok: false, why: `the correlation id of ${step.path} has no value: ${found.why}` };
  const correlation = correlationText(found.value);
  if (correlation !== undefined) return { ok: true, correlation };
  return { ok: false, why: `the correlation id of ${step.path} is empty, or too long to be one` };
}

/** In which box its message comes. */
export function boxOf(plan: Plan, step: PlanStep, correlation: string | undefined): string {
  const operation = own(plan.operations, step.operation);
  assert(operation?.message, 'a step that receives does so over a channel');
  const { integration } = plan;
  return mailboxKey({ integration, source: operation.system, channel: operation.message.channel }, correlation);
}

type Ports = Pick<CallPorts, 'callbacks' | 'mailboxes' | 'blobs' | 'clock' | 'senders' | 'telemetry'>;

export interface ExpectedMessage {
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly correlation?: string;
}

/** The box is told that the slot waits; what is there already is laid into the slot. */
export async function expectMessage(
  { plan, step, correlation }: ExpectedMessage,
  { slot, waiter }: { readonly slot: string; readonly waiter: Waiter },
  ports: Ports,
): Promise<void> {
  const { run, visit, since, until } = waiter;
  const to = { slot, run, step: step.path, visit, since, until };
  const key = boxOf(plan, step, correlation);
  const { senders } = ports;
  const { system: source = '', message } = plan.operations[step.operation] ?? {};
  const { channel = '' } = message ?? {};
  const told = { run, plan, step, source, channel, until, ...(correlation !== undefined && { correlation }) };
  await senders?.about?.(told);
  const answer = await changeBox({ key, at: since }, (box) => expected(box, to), ports);
  if (answer.kind === 'waiting') senders?.awaited(told);
  if (answer.kind === 'given') await ports.callbacks.answer(slot, await answerFrom(answer.given, ports));
  if (answer.kind === 'full') {
    throw new TaskFailure(TaskError.RunInvalid, `too many steps wait for the same message as ${step.path}`);
  }
}

/** Kept with the run from now on. */
export async function answerFrom(
  { at, actor, data, owner, to }: Given,
  { blobs }: Pick<Ports, 'blobs'>,
): Promise<Answer> {
  const message = await resolveKept(data, owner, blobs);
  return { at, actor, kind: 'message', data: await keepInput(message, { run: to.run, sensitive: [] }, blobs) };
}

/** A message has no request; what it waited for stands in its place, so that another one is told from it. */
export function receivingRequest({
  plan,
  step,
  evaluation,
}: Pick<Passage, 'plan' | 'step' | 'evaluation'>): PreparedRequest {
  const { receive, operation } = step;
  assert(receive, 'only a step that receives is asked');
  const correlated = correlationOf(step, receive, evaluation);
  const waitedFor: Json = [operation, correlated.ok ? (correlated.correlation ?? null) : null];
  const seen = { url: plan.operations[operation]?.path ?? '', method: 'RECEIVE', request: { body: waitedFor } };
  return { method: 'RECEIVE', url: seen.url, query: [], headers: [], cookies: [], seen };
}

/** What came, judged as an answer is; that nothing came in time is an answer, too. */
export async function receive(sending: Sending & { readonly passage: Passage }, ports: CallPorts): Promise<Attempts> {
  const { passage, request } = sending;
  const found = await messageFor(passage, ports);
  if (found.kind === 'nothing') {
    const attempt = notSent(found.since, found.why, true);
    const record = { ...attempt.record, ms: ports.clock.now() - found.since, outcome: 'refused' } as const;
    return { records: [record], outcome: 'refused', last: { ...attempt, record, outcome: 'refused' }, request };
  }
  const { answer, since, response } = found;
  const timing = { startedAt: since, ms: Math.max(0, answer.at - since), timeoutMs: 0 };
  const last = await judgedAnswer(sending, response, timing, ports);
  return { records: [last.record], outcome: last.outcome, last, request };
}

type Found =
  | { readonly kind: 'message'; readonly answer: Answer; readonly since: number; readonly response: HttpResponse }
  | { readonly kind: 'nothing'; readonly since: number; readonly why: string };

async function messageFor({ task, plan, step, evaluation }: Passage, ports: CallPorts): Promise<Found> {
  assert(step.receive, 'only a step that receives is asked');
  const slot = receiveSlot({ ...task, step: step.path });
  const known = await ports.callbacks.slot(slot);
  const since = known?.waiter?.since ?? ports.clock.now();
  if (known?.answer) return await messageIn(known.answer, since, task.run, ports);
  const until = known?.waiter?.until;
  if (!known?.closed && (until === undefined || ports.clock.now() < until)) {
    throw new TaskFailure(TaskError.Fenced, `no message has come for ${step.path} yet`);
  }
  const correlated = correlationOf(step, step.receive, evaluation);
  const key = correlated.ok ? boxOf(plan, step, correlated.correlation) : undefined;
  const answer = await lastWord(key, slot, ports);
  if (answer) return await messageIn(answer, since, task.run, ports);
  return { kind: 'nothing', since, why: `no message came for ${step.path} in time` };
}

/** First nothing is given to it any more, then its slot is closed: what was given in between is in the slot by then. */
async function lastWord(key: string | undefined, slot: string, ports: Ports): Promise<Answer | undefined> {
  const at = ports.clock.now();
  const left = key === undefined ? undefined : await ports.mailboxes.change(key, at, (box) => withdrawn(box, slot));
  const end: NonNullable<Slot['closed']> = { at, why: 'expired' };
  if (left?.kind === 'given') {
    const given = await answerFrom(left.given, ports);
    const answered = await ports.callbacks.answer(slot, given);
    if (answered.kind === 'answered') return answered.answer;
    // It was given before the time was up, whatever the slot says that was closed after it.
    return given;
  }
  const closed = await ports.callbacks.close(slot, end);
  return closed.kind === 'answered' ? closed.answer : undefined;
}

async function messageIn(answer: Answer, since: number, run: string, { blobs }: Ports): Promise<Found> {
  const kept = answer.data === undefined ? {} : await resolveKept(answer.data, run, blobs);
  const { header = {}, body = '' } = isObject(kept) ? kept : {};
  const headers = Object.entries(isObject(header) ? header : {}).map(([name, value]) => [name, String(value)] as const);
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return { kind: 'message', answer, since, response: { kind: 'response', status: 200, headers, body: bytes, url: '' } };
}
