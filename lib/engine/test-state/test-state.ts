/**
 * TestState: one state, run by the engine's own core (step.ts) on a stage of its own, in no time. What the state calls
 * or contains is mocked, or called once through the runner; the answer is read off the history and the snapshot. There
 * is no second evaluator here: only the stage, the mocked event and the reading.
 */
import { ErrorName } from '../../model/asl.ts';
import type { Json } from '../../model/json.ts';
import type { Clock, Random } from '../../model/time.ts';
import type { ServiceError } from '../definition/service-answers.ts';
import { timerId } from '../effect.ts';
import type { InboundEvent } from '../event.ts';
import { compileMachine, type Machine } from '../machine.ts';
import type { TaskRunner } from '../ports.ts';
import { Problem } from '../query/language.ts';
import type { MapRunning, Snapshot, Tasking } from '../snapshot.ts';
import type { StateFailure } from '../state-failure.ts';
import { step } from '../step.ts';
import { requestFault } from './checks.ts';
import { selectItems } from './item-selection.ts';
import { iterationsOf, thresholdExceeded } from './map-iterations.ts';
import { openingOf } from './opening.ts';
import type { Awaited } from './performance.ts';
import type { TestStateAnswer, TestStateRequest } from './request.ts';
import { responseOf } from './response.ts';
import { stageOf } from './stage.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface TestStatePorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  /** Performs a Task that is not mocked. */
  readonly runner?: TaskRunner;
  /** As in the ARNs of the engine's executions. */
  readonly region?: string;
  readonly accountId?: string;
}

export async function testState(request: TestStateRequest, ports: TestStatePorts): Promise<TestStateAnswer> {
  const found = subjectOf(request.definition, request.stateName);
  if (!found.ok) return found;
  const fault = requestFault(request, found.value) ?? languageFault(found.value);
  return fault === undefined ? perform(request, found.value, ports) : { ok: false, error: fault };
}

/** Ours: the service runs JSONPath states. */
function languageFault({ name, language }: Subject): ServiceError | undefined {
  if (language === 'JSONata') return undefined;
  const message = `JSONPath is not supported yet: set the field 'QueryLanguage' of the state '${name}' to 'JSONata'`;
  return { code: 'NotSupportedYet', message };
}

/** Two turns of the core: into the state, and, where it waits for something, out of it with the answer. */
async function perform(request: TestStateRequest, subject: Subject, ports: TestStatePorts): Promise<TestStateAnswer> {
  const stage = stageOf(subject);
  const machine = compileMachine(stage.definition, 'test-state');
  const time = ports.clock.now();
  const { random, region = 'local', accountId = '000000000000' } = ports;
  const { snapshot, event } = openingOf(request, subject, machine, { time, random, region, accountId });
  const entered = await step(machine, snapshot, { time, ...event });
  const awaited = awaitedIn(entered.snapshot);
  const performance = { request, subject, stage, ...entered, awaited, selected: undefined };
  if (awaited === undefined) return { ok: true, response: responseOf(performance) };
  const scene: Scene = { request, subject, machine, ports, snapshot: entered.snapshot, time };
  const answer = awaited.kind === 'mapRun' ? await mapAnswer(awaited, scene) : await plainAnswer(awaited, scene);
  if ('code' in answer) return { ok: false, error: answer };
  const left = await step(machine, entered.snapshot, { time, ...answer.event });
  const history = [...entered.history, ...left.history];
  return { ok: true, response: responseOf({ ...performance, ...left, history, selected: answer.selected }) };
}

function awaitedIn({ root }: Snapshot): Awaited | undefined {
  const { phase } = root.frame;
  return phase.kind === 'task' || phase.kind === 'mapRun' || phase.kind === 'waiting' ? phase : undefined;
}

interface Scene {
  readonly request: TestStateRequest;
  readonly subject: Subject;
  readonly machine: Machine;
  readonly ports: TestStatePorts;
  readonly snapshot: Snapshot;
  readonly time: number;
}

/** The event with which the state goes on, with its time where it has one of its own. */
interface Answer {
  readonly event: Unstamped<InboundEvent>;
  readonly selected: readonly Json[] | undefined;
}

type Unstamped<E> = E extends InboundEvent ? Omit<E, 'time'> & { readonly time?: number } : never;

type Result = { readonly output: Json } | (StateFailure & { readonly output?: undefined });

async function plainAnswer(awaited: Exclude<Awaited, MapRunning>, scene: Scene): Promise<Answer> {
  const event: Answer['event'] =
    awaited.kind === 'waiting'
      ? { type: 'timerFired', timer: timerId('wait', awaited.id), time: awaited.until }
      : taskEvent(awaited.id, mockedResult(scene.request) ?? (await callResult(awaited, scene)));
  return { event, selected: undefined };
}

async function mapAnswer({ id, request: run }: MapRunning, scene: Scene): Promise<Answer | ServiceError> {
  const { request, subject, machine, time } = scene;
  const iterations = iterationsOf(request, subject, run);
  const failures = request.stateConfiguration?.mapIterationFailureCount ?? 0;
  if (iterations !== undefined && failures > iterations) return TOO_MANY_FAILURES;
  const selected = await selectItems(machine, run, time);
  if (selected instanceof Problem) {
    const failure = { error: ErrorName.QueryEvaluationError, cause: selected.message };
    return { event: taskEvent(id, failure), selected: undefined };
  }
  const isExceeded = request.mock?.errorOutput === undefined && thresholdExceeded(request, subject, run);
  return { event: taskEvent(id, isExceeded ? EXCEEDED : (mockedResult(request) ?? { output: [] })), selected };
}

const TOO_MANY_FAILURES: ServiceError = {
  code: 'ValidationException',
  message: 'Map iteration failure count must be less than or equal to the number of Map iterations',
};

const EXCEEDED: Result = {
  error: ErrorName.ExceedToleratedFailureThreshold,
  cause: 'The specified tolerated failure threshold was exceeded',
};

function taskEvent(task: string, result: Result): Answer['event'] {
  if (result.output !== undefined) return { type: 'taskSucceeded', task, output: result.output };
  const { error, cause } = result;
  return { type: 'taskFailed', task, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

function mockedResult({ mock }: TestStateRequest): Result | undefined {
  if (mock?.errorOutput !== undefined) return mock.errorOutput;
  return mock?.result === undefined ? undefined : { output: mock.result };
}

async function callResult({ id, request }: Tasking, { ports, snapshot, subject }: Scene): Promise<Result> {
  const { runner } = ports;
  if (runner === undefined)
    return { error: ErrorName.Runtime, cause: 'Nothing performs tasks here: the state needs a mock.' };
  const call = { ...request, taskId: id, executionId: snapshot.context.Execution.Id, machine: subject.name };
  try {
    return await runner.run(call, new AbortController().signal);
  } catch (error) {
    return { error: ErrorName.TaskFailed, cause: error instanceof Error ? error.message : String(error) };
  }
}
