/**
 * A bulk run as people and programs see it: a line for each input in the result file (its schema is
 * schemas/bulk-result.schema.json), and the summary of all of them that `interlock run --inputs` prints.
 */
import type { Json } from './json.ts';
import type { RunError, RunStatus } from './run.ts';

/**
 * How an input ended: as its run did; `invalid`, it does not fit the inputs schema and no run was begun; `conflict`, its
 * run was begun with another input.
 */
export type InputStatus = RunStatus | 'invalid' | 'conflict';

export interface InputFault {
  /** JSON Pointer into the input. */
  readonly pointer: string;
  readonly message: string;
}

export interface BulkResult {
  /** From 0, in the order of the file. */
  readonly index: number;
  /** Of the file, from 1; items of a JSON array have none. */
  readonly line?: number;
  readonly runId: string;
  readonly status: InputStatus;
  /** Of the workflow, when it succeeded. */
  readonly outputs?: { readonly [name: string]: Json };
  readonly error?: RunError;
  /** What is wrong with an invalid input. */
  readonly problems?: readonly InputFault[];
  /** From the start of the run to its end. */
  readonly ms?: number;
  /** Tells whether the input has changed when the same file is run again; keyed by the run's id. */
  readonly inputDigest: string;
}

export interface BulkSummary {
  readonly workflowId: string;
  readonly inputs: number;
  readonly succeeded: number;
  readonly statuses: { readonly [status in InputStatus]?: number };
  /** Ended in an earlier command, and not run again. */
  readonly earlier: number;
  /** Path of the result file. */
  readonly results: string;
  readonly ms: number;
}

export const INPUT_INVALID = 'Interlock.InputInvalid';
export const INPUT_CONFLICT = 'Interlock.InputConflict';
