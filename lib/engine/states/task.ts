/**
 * Task: the arguments are evaluated anew for each attempt, the host is asked, and its answer comes back as an event. The
 * timeout counts from the scheduling of the attempt, the heartbeat from its latest sign of life.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import { taskTimers } from '../abandon.ts';
import { type TimerKind, timerId } from '../effect.ts';
import type { TaskFailedEvent, TaskSubmittedEvent, TaskSucceededEvent, WaitId } from '../event.ts';
import { fail, failEvaluation } from '../failing.ts';
import type { FailureDetails } from '../history.ts';
import { exceeds } from '../json-size.ts';
import type { CompiledTask } from '../machine.ts';
import { PAYLOAD_BYTES, SECONDS } from '../quotas.ts';
import { Problem } from '../query/language.ts';
import { evaluateAll, type Soon, whenKnown } from '../query/soon.ts';
import { subjectOf, waitsForToken } from '../resource.ts';
import type { TaskRequest, Tasking } from '../snapshot.ts';
import { dataLimitExceeded, type StateFailure } from '../state-failure.ts';
import { nextWaitId, randomOf, type Strand, type Turn, viewOf } from '../turn.ts';
import { taskToken } from '../task-token.ts';
import * as record from './task-events.ts';

export function attemptTask(turn: Turn, strand: Strand, state: CompiledTask): Soon<void> {
  const id = nextWaitId(strand);
  const taskToken = waitsForToken(state.resource) ? newTaskToken(turn, strand, id) : undefined;
  const view = viewOf(turn, strand, taskToken === undefined ? {} : { taskToken });
  const { timeout, heartbeat, credentials } = state;
  const request = evaluateAll([timeout, heartbeat, state.arguments, credentials], view, (values) =>
    requestOf(strand, state, taskToken, values),
  );
  return whenKnown(request, (known) => {
    if (known instanceof Problem) failEvaluation(turn, strand, known);
    else if (isTooLarge(known, strand)) fail(strand, { ...dataLimitExceeded(state.name), fatal: 'execution' });
    else schedule(turn, strand, state, id, known);
  });
}

/** The state's own input was measured when it came in. */
function isTooLarge({ arguments: given }: TaskRequest, { scope }: Strand): boolean {
  return given !== scope.frame.input && exceeds(given, PAYLOAD_BYTES);
}

function newTaskToken(turn: Turn, strand: Strand, task: WaitId): string {
  return taskToken({ executionId: turn.context.Execution.Id, task, nonce: randomOf(turn, strand).uuid() });
}

function requestOf(
  strand: Strand,
  state: CompiledTask,
  taskToken: string | undefined,
  [timeoutSeconds, heartbeatSeconds, given, credentials]: readonly (Json | undefined)[],
): TaskRequest | Problem {
  const { frame } = strand.scope;
  const request: Mutable<TaskRequest> = {
    resource: state.resource.arn,
    stateName: state.name,
    arguments: given ?? (state.arguments === null ? frame.input : null),
    attempt: frame.retryCount + 1,
  };
  if (timeoutSeconds !== undefined) {
    if (!isSeconds(timeoutSeconds)) return notSeconds('TimeoutSeconds', timeoutSeconds);
    request.timeoutSeconds = timeoutSeconds;
  }
  if (heartbeatSeconds !== undefined) {
    if (!isSeconds(heartbeatSeconds)) return notSeconds('HeartbeatSeconds', heartbeatSeconds);
    request.heartbeatSeconds = heartbeatSeconds;
  }
  if (taskToken !== undefined) request.taskToken = taskToken;
  if (credentials !== undefined) request.credentials = credentials as JsonObject;
  return request;
}

type Mutable<T> = { -readonly [field in keyof T]: T[field] };

function isSeconds(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= SECONDS;
}

function notSeconds(field: string, value: Json): Problem {
  return new Problem(`The ${field} field must be a positive integer but was: ${JSON.stringify(value)}`, field);
}

function schedule(turn: Turn, strand: Strand, state: CompiledTask, id: WaitId, request: TaskRequest): void {
  const { scope } = strand;
  const scheduled = record.scheduled(turn, scope.last, state.resource, request);
  scope.last = record.started(turn, scheduled, state.resource);
  scope.frame.base = scope.last;
  turn.effects.push({ kind: 'task', id, request });
  const phase: Mutable<Tasking> = { kind: 'task', id, request };
  if (request.timeoutSeconds !== undefined) phase.timeoutAt = setTimer(turn, 'timeout', id, request.timeoutSeconds);
  if (request.heartbeatSeconds !== undefined)
    phase.heartbeatAt = setTimer(turn, 'heartbeat', id, request.heartbeatSeconds);
  scope.frame.phase = phase;
}

function setTimer(turn: Turn, kind: TimerKind, id: WaitId, seconds: number): number {
  const at = turn.event.time + seconds * 1000;
  turn.effects.push({ kind: 'timer', id: timerId(kind, id), at });
  return at;
}

export function taskSubmitted(turn: Turn, strand: Strand, state: CompiledTask, event: TaskSubmittedEvent): void {
  const { scope } = strand;
  const phase = scope.frame.phase as Tasking;
  scope.last = record.submitted(turn, scope.last, state.resource, event.output);
  scope.frame.base = scope.last;
  scope.frame.phase = { ...phase, submitted: true };
}

export function taskSucceeded(turn: Turn, strand: Strand, state: CompiledTask, { output }: TaskSucceededEvent): void {
  if (exceeds(output, PAYLOAD_BYTES))
    return taskFailed(turn, strand, state, dataLimitExceeded(subjectOf(state.resource)));
  const { scope } = strand;
  settle(turn, strand);
  scope.last = record.succeeded(turn, scope.last, state.resource, output);
  scope.frame.base = scope.last;
  scope.frame.phase = { kind: 'done', exit: state.exit, result: output, fallback: output };
}

export function taskFailed(
  turn: Turn,
  strand: Strand,
  state: CompiledTask,
  failure: StateFailure | TaskFailedEvent,
): void {
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

export function taskHeartbeat(turn: Turn, strand: Strand): void {
  const { frame } = strand.scope;
  const phase = frame.phase as Tasking;
  const { heartbeatSeconds } = phase.request;
  if (heartbeatSeconds === undefined) return;
  frame.phase = { ...phase, heartbeatAt: setTimer(turn, 'heartbeat', phase.id, heartbeatSeconds) };
}

function settle(turn: Turn, strand: Strand): void {
  turn.effects.push(...taskTimers(strand.scope.frame.phase as Tasking));
}
