/**
 * The engine's task runner on one machine: what a definition's placeholders stand for is called in process. Functions
 * answer as Lambda does (`Payload`, `StatusCode`), queues keep their messages in the data file, and an express execution
 * finds its undo machine.
 */
import type { TaskCall, TaskResult, TaskRunner } from '../engine/ports.ts';
import { Failure } from '../model/failure.ts';
import { isObject, type Json } from '../model/json.ts';
import type { ExecutionInput } from '../model/task.ts';
import { TaskFailure } from '../runtime/task-failure.ts';

/** What lib/emit/hand-over.ts asks for. */
export const HAND_OVER = 'arn:aws:states:::aws-sdk:sfn:startExecution';

export type LocalFunction = (payload: Json) => Promise<Json>;

export interface LocalServices {
  /** By the name that stands in `FunctionName`. */
  function(name: string): LocalFunction | undefined;
  send(queue: string, message: string): Promise<string>;
  /** The run of an express execution, to its undo machine; once, however often it is asked for. */
  handOver(input: ExecutionInput): Promise<void>;
}

export class LocalTasks implements TaskRunner {
  private readonly services: LocalServices;

  constructor(services: LocalServices) {
    this.services = services;
  }

  async run(call: TaskCall): Promise<TaskResult> {
    const sent = isObject(call.arguments) ? call.arguments : {};
    switch (call.resource) {
      case 'arn:aws:states:::lambda:invoke':
      case 'arn:aws:states:::lambda:invoke.waitForTaskToken':
        return await this.invoke(String(sent['FunctionName']), sent['Payload'] ?? {});
      case 'arn:aws:states:::sqs:sendMessage':
        return await this.enqueue(String(sent['QueueUrl']), sent['MessageBody'] ?? null);
      case HAND_OVER:
        await this.services.handOver(handedOver(sent));
        return { output: {} };
      default:
        return { error: 'States.TaskFailed', cause: `${call.resource} is not served on one machine` };
    }
  }

  private async invoke(name: string, payload: Json): Promise<TaskResult> {
    const local = this.services.function(name);
    if (!local) return { error: 'Lambda.ResourceNotFoundException', cause: `There is no function ${name} here` };
    try {
      return { output: { ExecutedVersion: '$LATEST', Payload: await local(payload), StatusCode: 200 } };
    } catch (error) {
      return failureResult(error);
    }
  }

  private async enqueue(queue: string, message: Json): Promise<TaskResult> {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return { output: { MessageId: await this.services.send(queue, text) } };
  }
}

/** The input that the run's own execution was started with. */
export function handedOver({ Input: input }: { readonly [name: string]: Json }): ExecutionInput {
  return JSON.parse(String(input)) as ExecutionInput;
}

/** As the Lambda service reports them: an error's name, and its message as the cause. Bugs are not outcomes. */
function failureResult(error: unknown): TaskResult {
  if (error instanceof TaskFailure) return { error: error.error, cause: error.message };
  if (error instanceof Failure) return { error: 'Lambda.ServiceException', cause: error.message };
  throw error;
}
