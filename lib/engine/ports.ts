/** What the engine asks of its host: to perform a task, to fetch a Distributed Map's items, to keep its results. */
import type { Json, JsonObject } from '../model/json.ts';
import type { Outcome } from './log.ts';
import type { TaskRequest } from './snapshot.ts';

/** One attempt at a task. `resource` and `arguments` are the state's; with a token the answer comes through it later. */
export interface TaskCall extends TaskRequest {
  readonly executionId: string;
  /** Names this attempt within its execution: asked again after a crash, it has the same one. */
  readonly taskId: string;
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

/**
 * Gives the text that an ItemReader names, in pieces: in place of S3, a file. What the text means (JSON, JSON Lines, CSV)
 * is the engine's to say. A rejection fails the Map run with `States.ItemReaderFailed` and its message.
 */
export interface ItemSource {
  read(request: StoreRequest): AsyncIterable<string>;
}

/**
 * Keeps what a Map run gives out, where a ResultWriter is declared, and answers with the state's result. A rejection
 * fails the Map run with `States.ResultWriterFailed`.
 */
export interface ResultStore {
  write(request: StoreRequest, results: ResultSet): Promise<Json>;
}

/** An ItemReader's or ResultWriter's Resource, evaluated Arguments and ReaderConfig or WriterConfig. */
export interface StoreRequest {
  readonly resource: string;
  readonly arguments: Json;
  readonly config: JsonObject;
}

export interface ResultSet {
  readonly mapRunArn: string;
  /** In the order of the items. */
  readonly children: readonly ChildResult[];
}

export interface ChildResult {
  readonly executionId: string;
  readonly name: string;
  readonly index: number;
  readonly status: Outcome['status'];
  readonly input: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Absent of one that could not be started. */
  readonly startTime?: number;
  readonly stopTime?: number;
}
