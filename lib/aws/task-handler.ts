/**
 * A core as a Lambda handler: a task in, an answer out, and errors under the names that the machines match on. A
 * TaskFailure has its own name; a Failure of the world (store, secrets) is a fault of the host to the machine, so its
 * Retry repeats the task, as on one machine (lib/embedded/functions.ts); a bug keeps its name and is repeated by nobody.
 */
import { Failure } from '../model/failure.ts';
import type { CoreTask, SystemTask } from '../model/task.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import { TaskFailure } from '../runtime/task-failure.ts';
import type { About, HandlerTelemetry } from './telemetry.ts';

export interface TaskHandlerOptions<Task, Answer> {
  readonly read: (event: unknown) => Task;
  readonly answer: (task: Task) => Promise<Answer>;
  readonly telemetry: HandlerTelemetry;
  /** What the lines of the log are about, as soon as it is known. */
  readonly about?: (task: Task) => AsyncIterable<About> | Iterable<About>;
}

export function taskHandler<Task, Answer>(
  options: TaskHandlerOptions<Task, Answer>,
): (event: unknown) => Promise<Answer> {
  const { read, answer, telemetry } = options;
  return async (event) => {
    try {
      const task = read(event);
      for await (const about of options.about?.(task) ?? []) telemetry.about(about);
      return await answer(task);
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

/** Of a machine's task: its run and step at once, its workflow by the plan. */
export function aboutTask(plans: Plans): (task: SystemTask | CoreTask) => AsyncIterable<About> {
  return async function* about(task) {
    const step = stepOf(task);
    yield { run: task.run, ...(step !== undefined && { step }) };
    const { workflowId: workflow } = await plans.plan(task.plan);
    yield { workflow };
  };
}

function stepOf(task: SystemTask | CoreTask): string | undefined {
  if (task.op === 'undo') return task.entry.step;
  return 'step' in task ? task.step : undefined;
}
