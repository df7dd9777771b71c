/**
 * Task: the arguments are evaluated anew for each attempt, the host is asked, and its answer comes back as an event. The
 * timeout counts from the scheduling of the attempt, the heartbeat from its latest sign of life.
 */
import type { JsonObject } from '../../model/json.ts';
import { taskTimers } from '../abandon.ts';
import { timerId } from '../effect.ts';
import type { HeartbeatEvent, TaskFailedEvent, TaskSubmittedEvent, TaskSucceededEvent, WaitId } from '../event.ts';
import { fail, failEvaluation } from '../failing.ts';
import type { FailureDetails } from '../history.ts';
import { exceeds } from '../json-size.ts';
import type { CompiledTask } from '../machine.ts';
import { PAYLOAD_BYTES, SECONDS } from '../quotas.ts';
import { Problem, type Query, type View } from '../query/language.ts';
import { subjectOf, waitsForToken } from '../resource.ts';
import type { TaskRequest, Tasking } from '../snapshot.ts';
import { dataLimitExceeded, type StateFailure } from '../state-failure.ts';
import { nextWaitId, randomOf, type Strand, type Turn, viewOf } from '../turn.ts';
import { taskToken } from '../task-token.ts';
import * as record from './task-events.ts';

export async function attemptTask(turn: Turn, strand: Strand, state: CompiledTask): Promise<void> {
  const id = nextWaitId(strand);
  const token = waitsForToken(state.resource)
    ? taskToken({ executionId: turn.context.Execution.Id, task: id, nonce: randomOf(turn).uuid() })
    : undefined;
  const view = viewOf(turn, strand, token === undefined ? {} : { taskToken: token });
  const call = await evaluateCall(state, view);
  if (call instanceof Problem) return failEvaluation(turn, strand, call);
  const request: TaskRequest = { ...call, attempt: strand.scope.frame.retryCount + 1, ...(token !== undefined && { taskToken: token }) };
  schedule(turn, strand, state, id, request);
}

type Call = Omit<TaskRequest, 'attempt' | 'taskToken'>;

async function evaluateCall(state: CompiledTask, view: View): Promise<Call | Problem> {
  const timeoutSeconds = await secondsOf(state.timeout, view, 'TimeoutSeconds');
  if (timeoutSeconds instanceof Problem) return timeoutSeconds;
  const heartbeatSeconds = await secondsOf(state.heartbeat, view, 'HeartbeatSeconds');
  if (heartbeatSeconds instanceof Problem) return heartbeatSeconds;
  const given = state.arguments === null ? view.input : await state.arguments.evaluate(view);
  if (given instanceof Problem) return given;
  const credentials = await state.credentials?.evaluate(view);
  if (credentials instanceof Problem) return credentials;
  return {
    resource: state.resource.arn,
    stateName: state.name,
    arguments: given,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
    ...(credentials !== undefined && { credentials: credentials as JsonObject }),
  };
}

async function secondsOf(query: Query | null, view: View, field: string): Promise<number | Problem | undefined> {
  const value = await query?.evaluate(view);
  if (value === undefined || value instanceof Problem) return value;
  const seconds = value as number;
  const valid = Number.isInteger(seconds) && seconds > 0 && seconds <= SECONDS;
  return valid ? seconds : new Problem(`The ${field} field must be a positive integer but was: ${JSON.stringify(value)}`, field);
}

function schedule(turn: Turn, strand: Strand, state: CompiledTask, id: WaitId, request: TaskRequest): void {
  const { scope } = strand;
  const { timeoutSeconds, heartbeatSeconds } = request;
  const scheduled = record.scheduled(turn, scope.last, state.resource, request);
  scope.last = record.started(turn, scheduled, state.resource);
  scope.frame.base = scope.last;
  const at = (seconds: number): number => turn.event.time + seconds * 1000;
  scope.frame.phase = {
    kind: 'task',
    id,
    request,
    ...(timeoutSeconds !== undefined && { timeoutAt: at(timeoutSeconds) }),
    ...(heartbeatSeconds !== undefined && { heartbeatAt: at(heartbeatSeconds) }),
  };
  turn.effects.push({ kind: 'task', id, request });
  if (timeoutSeconds !== undefined) turn.effects.push({ kind: 'timer', id: timerId('timeout', id), at: at(timeoutSeconds) });
  if (heartbeatSeconds !== undefined) turn.effects.push({ kind: 'timer', id: timerId('heartbeat', id), at: at(heartbeatSeconds) });
}

export function taskSubmitted(turn: Turn, strand: Strand, state: CompiledTask, event: TaskSubmittedEvent): void {
  const { scope } = strand;
  const phase = scope.frame.phase as Tasking;
  scope.last = record.submitted(turn, scope.last, state.resource, event.output);
  scope.frame.base = scope.last;
  scope.frame.phase = { ...phase, submitted: true };
}

export function taskSucceeded(turn: Turn, strand: Strand, state: CompiledTask, { output }: TaskSucceededEvent): void {
  if (exceeds(output, PAYLOAD_BYTES)) return taskFailed(turn, strand, state, dataLimitExceeded(subjectOf(state.resource)));
  const { scope } = strand;
  settle(turn, strand);
  scope.last = record.succeeded(turn, scope.last, state.resource, output);
  scope.frame.base = scope.last;
  scope.frame.phase = { kind: 'done', exit: state.exit, result: output, fallback: output };
}

export function taskFailed(turn: Turn, strand: Strand, state: CompiledTask, failure: StateFailure | TaskFailedEvent): void {
  const { scope } = strand;
  const { error, cause } = failure;
  const details: FailureDetails = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  settle(turn, strand);
  scope.last = record.failed(turn, scope.last, state.resource, details);
  scope.frame.base = scope.last;
  fail(strand, details);
}

/** The attempt's time is over, or its heart has stopped. */
export function taskTimedOut(turn: Turn, strand: Strand, state: CompiledTask, failure: StateFailure): void {
  const { scope } = strand;
  turn.effects.push({ kind: 'cancel', id: (scope.frame.phase as Tasking).id });
  settle(turn, strand);
  scope.last = record.timedOut(turn, scope.last, state.resource, { error: failure.error as string });
  scope.frame.base = scope.last;
  fail(strand, failure);
}

export function taskHeartbeat(turn: Turn, strand: Strand, { time }: HeartbeatEvent): void {
  const { frame } = strand.scope;
  const phase = frame.phase as Tasking;
  const { heartbeatSeconds } = phase.request;
  if (heartbeatSeconds === undefined) return;
  const heartbeatAt = time + heartbeatSeconds * 1000;
  frame.phase = { ...phase, heartbeatAt };
  turn.effects.push({ kind: 'timer', id: timerId('heartbeat', phase.id), at: heartbeatAt });
}

function settle(turn: Turn, strand: Strand): void {
  turn.effects.push(...taskTimers(strand.scope.frame.phase as Tasking));
}

