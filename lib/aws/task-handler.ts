/**
 * A core as a Lambda handler: a task in, an answer out, and errors under the names that the machines match on. A
 * TaskFailure has its own name; a Failure of the world (store, secrets) is a fault of the host to the machine, so its
 * Retry repeats the task, as on one machine (lib/embedded/functions.ts); a bug keeps its name and is repeated by nobody.
 */
import { Failure } from '../model/failure.ts';
import { TaskFailure } from '../runtime/task-failure.ts';
import type { HandlerTelemetry } from './telemetry.ts';

export interface TaskHandlerOptions<Task, Answer> {
  readonly read: (event: unknown) => Task;
  readonly answer: (task: Task) => Promise<Answer>;
  readonly telemetry: HandlerTelemetry;
}

export function taskHandler<Task, Answer>(
  options: TaskHandlerOptions<Task, Answer>,
): (event: unknown) => Promise<Answer> {
  const { read, answer, telemetry } = options;
  return async (event) => {
    try {
      return await answer(read(event));
    } catch (error) {
      if (!(error instanceof TaskFailure)) telemetry.failed(error);
      throw error instanceof Failure ? hostFault(error) : error;
    } finally {
      telemetry.flush();
    }
  };
}

function hostFault(failure: Failure): Error {
  const fault = new Error(failure.message, { cause: failure });
  // Lambda reports an error's name as its type, and Retry matches on that.
  fault.name = 'Lambda.ServiceException';
  return fault;
}
