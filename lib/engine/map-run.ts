/**
 * A Distributed Map, local: each item or batch is an execution of its own, so many at once, with its own history and its
 * own place in the log. The children's names come from the parent's and their index: a run that is taken up after a
 * crash finds those that ended and goes on with the others. The parent gets one answer for all.
 */
import { ErrorName, type StateMachineDefinition } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Engine } from './driver.ts';
import type { Execution } from './execution.ts';
import { ItemReaderError } from './item-formats.ts';
import { exceeds } from './json-size.ts';
import type { Outcome } from './log.ts';
import type { CompiledMap, Machine, Place, Region } from './machine.ts';
import { mapResults } from './map-results.ts';
import { type ChildInput, childInputs, SelectorError } from './map-run-inputs.ts';
import type { ChildResult, ItemSource, ResultStore, TaskResult } from './ports.ts';
import { PAYLOAD_BYTES } from './quotas.ts';
import type { Registry } from './registry.ts';
import type { MapRunRequest } from './snapshot.ts';
import { dataLimitExceeded } from './state-failure.ts';

export interface MapRun {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly items: ItemSource | null;
  readonly results: ResultStore | null;
  readonly execution: Execution;
  readonly request: MapRunRequest;
  readonly signal: AbortSignal;
}

export async function runMap(run: MapRun): Promise<TaskResult> {
  const { execution, request, signal } = run;
  const state = stateAt(execution.machine, request.place);
  const tally: Tally = { children: [], running: new Map(), items: 0, failedItems: 0, wake: () => undefined };
  signal.addEventListener('abort', () => tally.wake(), { once: true });
  try {
    await startAll(run, tally, childInputs(request, state.itemSelector, run.items), childMachine(run, state));
  } catch (error) {
    return stopAll(run, tally, sourceFailure(error));
  }
  if (signal.aborted) return stopAll(run, tally, { error: ErrorName.TaskFailed, cause: 'the Map run was stopped' });
  if (isExceeded(request, tally, true)) return stopAll(run, tally, THRESHOLD);
  return resultOf(run, tally);
}

interface Tally {
  /** By index; only those that ended. */
  readonly children: ChildResult[];
  readonly running: Map<number, Promise<void>>;
  items: number;
  failedItems: number;
  /** Called whenever a child has ended, and when the run is to stop. */
  wake: () => void;
}

const THRESHOLD: TaskResult = {
  error: ErrorName.ExceedToleratedFailureThreshold,
  cause: 'The specified tolerated failure threshold was exceeded',
};

/** Returns when all have ended, or as soon as too many have failed or nobody waits any more. */
async function startAll(
  run: MapRun,
  tally: Tally,
  inputs: AsyncGenerator<ChildInput>,
  machine: Machine,
): Promise<void> {
  const isOver = (): boolean => run.signal.aborted || isExceeded(run.request, tally, false);
  for await (const child of inputs) {
    tally.items += child.items;
    tally.running.set(child.index, runChild(run, tally, child, machine));
    while (tally.running.size >= run.request.concurrency && !isOver()) await nextChange(tally);
    if (isOver()) return;
  }
  while (tally.running.size > 0 && !isOver()) await nextChange(tally);
}

function nextChange(tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    tally.wake = resolve;
  });
}

async function runChild(run: MapRun, tally: Tally, child: ChildInput, machine: Machine): Promise<void> {
  const { engine, execution } = run;
  const { index, input, items } = child;
  const identity = childIdentity(run, index);
  const outcome = await engine
    .startChild({ ...identity, machine, input, parent: execution })
    .then(({ executionId, startTime }) => outcomeOf(run, executionId, startTime))
    .catch(unstarted);
  tally.children[index] = childResult(run, child, outcome);
  if (outcome.status !== 'SUCCEEDED') tally.failedItems += items;
  tally.running.delete(index);
  tally.wake();
}

/** In a redriven run a child that had ended without success before goes on; one that the redrive started is let be. */
async function outcomeOf({ engine, request }: MapRun, executionId: string, startTime: number): Promise<Ended> {
  const { redriven } = request;
  if (redriven !== undefined) {
    const { status, redriveTime } = await engine.describe(executionId);
    const isUnsuccessful = status !== 'RUNNING' && status !== 'SUCCEEDED';
    if (isUnsuccessful && (redriveTime ?? startTime) < redriven.time) await engine.redrive(executionId);
  }
  return { ...(await engine.result(executionId)), startTime };
}

/** Without times where it never began. */
type Ended = Omit<Outcome, 'stopTime'> & { readonly startTime?: number; readonly stopTime?: number };

/** A child that the engine refused, as for an input beyond the quota, has failed without having begun. */
function unstarted(error: unknown): Ended {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    status: 'FAILED',
    error: error instanceof Failure ? `StepFunctions.${error.code}Exception` : ErrorName.Runtime,
    cause,
  };
}

function childResult(run: MapRun, { index, input }: ChildInput, ended: Ended): ChildResult {
  return { executionId: childId(run, index), name: childIdentity(run, index).name, index, input, ...ended };
}

function childId(run: MapRun, index: number): string {
  const { machineName, name } = childIdentity(run, index);
  return run.registry.executionId(machineName, name);
}

/** As the service: the machine's name with the label, and a name of the child's own. */
function childIdentity(
  { execution, request }: MapRun,
  index: number,
): { readonly machineName: string; readonly name: string } {
  const run = request.mapRunArn.slice(request.mapRunArn.lastIndexOf(':') + 1);
  return { machineName: `${execution.start.machine}/${request.label}`, name: `${run}-${index}` };
}

/**
 * Early, a percentage cannot be decided: the number of items is not known. A limit of 0 counts only where the other is 0
 * too: then nothing is tolerated.
 */
function isExceeded({ tolerance }: MapRunRequest, { items, failedItems }: Tally, all: boolean): boolean {
  const { count, percentage } = tolerance;
  if (count === 0 && percentage === 0) return failedItems > 0;
  if (count > 0 && failedItems > count) return true;
  return all && percentage > 0 && failedItems * 100 > percentage * items;
}

/** The children under way are stopped and waited for, so that none outlives the run. */
async function stopAll(run: MapRun, { running }: Tally, result: TaskResult): Promise<TaskResult> {
  // One that could not be recorded cannot be stopped either: it has failed already.
  for (const index of running.keys()) await run.engine.stop(childId(run, index)).catch(() => undefined);
  await Promise.all(running.values());
  return result;
}

/** A ResultWriter without a Resource only says how the state's own result looks. */
async function resultOf({ request, results }: MapRun, { children }: Tally): Promise<TaskResult> {
  const { writer, mapRunArn, stateName } = request;
  if (writer === undefined || writer.resource === '') {
    const output = mapResults(children, writer?.config ?? {}, { exported: false });
    return exceeds(output, PAYLOAD_BYTES) ? dataLimitExceeded(stateName) : { output };
  }
  if (results === null) return { error: ErrorName.ResultWriterFailed, cause: 'no result store is configured' };
  try {
    return { output: await results.write(writer, { mapRunArn, children }) };
  } catch (error) {
    return { error: ErrorName.ResultWriterFailed, cause: (error as Error).message };
  }
}

function sourceFailure(error: unknown): TaskResult {
  if (error instanceof SelectorError) return { error: ErrorName.QueryEvaluationError, cause: error.message };
  if (error instanceof ItemReaderError) return { error: ErrorName.ItemReaderFailed, cause: error.message };
  return { error: ErrorName.ItemReaderFailed, cause: error instanceof Error ? error.message : String(error) };
}

/** A child runs the ItemProcessor as a machine of its own: it reads none of the parent's variables. */
function childMachine({ execution, registry }: MapRun, state: CompiledMap): Machine {
  assert(state.distributed !== null, `'${state.name}' is a Distributed Map`);
  const { ProcessorConfig: _config, ...processor } = state.distributed.processor as StateMachineDefinition & {
    readonly ProcessorConfig?: Json;
  };
  const { QueryLanguage = 'JSONPath' } = execution.machine.definition;
  return registry.compile({ QueryLanguage, ...processor });
}

function stateAt(machine: Machine, place: Place): CompiledMap {
  let region: Region = machine;
  for (const [depth, step] of place.entries()) {
    if (typeof step === 'number') continue;
    const state = region.states.get(step);
    const branch = place[depth + 1];
    if (state?.type === 'Parallel' && typeof branch === 'number') region = state.branches[branch] ?? region;
    else if (state?.type === 'Map' && depth < place.length - 1) region = state.region;
    else if (state?.type === 'Map') return state;
  }
  throw new Error(`no Map state at ${place.join('/')}`);
}
