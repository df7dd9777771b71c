import type { TaskErrorName } from '../model/task.ts';

/**
 * How a task of the machine fails: the name that Retry and Catch match on, and a cause for people. Adapters turn it into
 * a Lambda error (whose type is the error's `name`) or into the engine's `{error, cause}`. Not a fault of the world or
 * of ours: those are Failure and Bug, and pass through.
 */
export class TaskFailure extends Error {
  readonly error: TaskErrorName;

  constructor(error: TaskErrorName, cause: string) {
    super(cause);
    this.name = error;
    this.error = error;
  }
}
