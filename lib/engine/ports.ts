/** What the engine asks of its host: to perform a task, to fetch a Distributed Map's items, to keep its results. */
import type { Json, JsonObject } from '../model/json.ts';
import type { TaskRequest } from './snapshot.ts';

/** One attempt at a task. `resource` and `arguments` are the state's; with a token the answer comes through it later. */
export interface TaskCall extends TaskRequest {
  readonly executionId: string;
  readonly machine: string;
}

/** What a function or service answered. For `.waitForTaskToken` this is only the answer to the submission. */
export type TaskResult =
  | { readonly output: Json; readonly error?: undefined }
  | { readonly output?: undefined; readonly error: string; readonly cause?: string };

/**
 * Performs Lambda functions and service integrations. It may be asked again for a task whose answer was lost in a crash.
 * The signal says that nobody waits any more. A rejection counts as `States.TaskFailed` with its message.
 */
export interface TaskRunner {
  run(call: TaskCall, signal: AbortSignal): Promise<TaskResult>;
}

/** Reads what an ItemReader names: in place of S3, a file. Rows come in order, one at a time. */
export interface ItemReader {
  read(request: ReadRequest): AsyncIterable<Json>;
}

export interface ReadRequest {
  readonly resource: string;
  readonly arguments: Json;
  /** InputType JSON, JSONL or CSV and its options, as in the definition. */
  readonly config: JsonObject;
}

/** Keeps what a Map run gives out, where a ResultWriter is declared. */
export interface ResultWriter {
  write(request: WriteRequest): Promise<Json>;
}

export interface WriteRequest {
  readonly mapRunArn: string;
  readonly resource: string;
  readonly arguments: Json;
  readonly config: JsonObject;
  readonly results: readonly ChildResult[];
}

export interface ChildResult {
  readonly executionId: string;
  readonly index: number;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly input: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}
