/**
 * `states:startExecution`, which the engine performs itself. The child's name comes from the parent's attempt where none
 * is given, so a parent that is taken up after a crash finds the child that it had started. `.sync` waits for the
 * child's end and gives what DescribeExecution would, with the output as text; `.sync:2` with the output as a value.
 */
import { createHash } from 'node:crypto';
import { ErrorName } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Engine, ExecutionDescription, Started } from './driver.ts';
import type { WaitId } from './event.ts';
import type { Execution } from './execution.ts';
import type { TaskResult } from './ports.ts';
import type { Registry } from './registry.ts';
import { resourceOf } from './resource.ts';
import type { TaskRequest } from './snapshot.ts';

export interface StartTask {
  readonly execution: Execution;
  readonly id: WaitId;
  readonly request: TaskRequest;
  readonly signal: AbortSignal;
}

export function isStartExecution(arn: string): boolean {
  return arn.includes(':states:startExecution');
}

export async function startExecution(engine: Engine, registry: Registry, task: StartTask): Promise<TaskResult> {
  const started = await startChild(engine, registry, task).catch(refused);
  if ('error' in started) return started;
  const { executionId, startTime } = started;
  const { action } = resourceOf(task.request.resource) as { readonly action: string };
  if (!action.includes('.sync')) return { output: { ExecutionArn: executionId, StartDate: startTime } };
  task.signal.addEventListener('abort', () => void engine.stop(executionId).catch(() => undefined), { once: true });
  await engine.result(executionId);
  return described(registry, await engine.describe(executionId), action.endsWith(':2'));
}

async function startChild(engine: Engine, registry: Registry, { execution, id, request }: StartTask): Promise<Started> {
  const fields = request.arguments as JsonObject;
  const { StateMachineArn: wanted = '' } = fields;
  if (typeof wanted !== 'string') throw new Failure('InvalidArn', `Invalid Arn: ${JSON.stringify(wanted)}`);
  const machineName = registry.nameOf(wanted);
  const machine = registry.find(machineName);
  if (machine === null) throw new Failure('StateMachineDoesNotExist', `State Machine Does Not Exist: '${wanted}'`);
  const name = typeof fields['Name'] === 'string' ? fields['Name'] : childName(execution.id, id);
  return engine.startChild({ machineName, machine, name, input: inputOf(fields['Input']), parent: execution });
}

/** JSON text, or a value; absent is an empty object. */
function inputOf(input: Json | undefined): Json {
  if (typeof input !== 'string') return input ?? {};
  try {
    return JSON.parse(input) as Json;
  } catch {
    throw new Failure('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input}'`);
  }
}

function childName(executionId: string, id: WaitId): string {
  return createHash('sha256').update(`${executionId}\n${id}`).digest('hex').slice(0, 32);
}

/** The API's errors, as a Task sees them. */
function refused(error: unknown): TaskResult & { readonly error: string } {
  if (!(error instanceof Failure)) throw error;
  const { code, message } = error;
  return {
    error: `StepFunctions.${code}Exception`,
    cause: `${message} (Service: AWSStepFunctions; Status Code: 400; Error Code: ${code}; Request ID: local; Proxy: null)`,
  };
}

function described(registry: Registry, child: ExecutionDescription, asValue: boolean): TaskResult {
  const description: JsonObject = {
    ExecutionArn: child.executionId,
    Input: asValue ? child.input : JSON.stringify(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output !== undefined && {
      Output: asValue ? child.output : JSON.stringify(child.output),
      OutputDetails: { Included: true },
    }),
    RedriveCount: child.redriveCount,
    StartDate: child.startTime,
    StateMachineArn: registry.machineArn(child.machine),
    Status: child.status,
    StopDate: child.stopTime ?? child.startTime,
  };
  if (child.status === 'SUCCEEDED') return { output: description };
  const { error: Error, cause: Cause } = child;
  const cause = { ...(Error !== undefined && { Error }), ...(Cause !== undefined && { Cause }), ...description };
  return { error: ErrorName.TaskFailed, cause: JSON.stringify(cause) };
}
