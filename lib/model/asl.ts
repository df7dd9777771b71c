/**
 * Amazon States Language as data: what lib/emit writes and lib/engine interprets, and the only thing that both know.
 * Names are the specification's own. This file holds no behaviour; whether a definition is valid is the engine's
 * question (lib/engine/definition.ts), not the type's. JSONata states are typed in full.
 */
import type { Json, JsonObject } from './json.ts';

/** A JSON template: strings of the form `{% ... %}` are JSONata expressions at any depth. */
export type Template = Json;

export type QueryLanguage = 'JSONata' | 'JSONPath';

export interface StateMachineDefinition {
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly Version?: string;
  readonly TimeoutSeconds?: number;
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

/** The states of a Parallel branch or of a Map iteration. */
export interface SubMachine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

interface StateBase {
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
}

/** Exactly one of Next and End; which is checked by the definition's validation. */
interface Transition {
  readonly Next?: string;
  readonly End?: boolean;
}

interface WithOutput {
  readonly Output?: Template;
}

interface WithAssign {
  readonly Assign?: { readonly [variable: string]: Template };
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
  readonly Comment?: string;
}

export interface Catcher extends WithOutput, WithAssign {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Comment?: string;
}

interface WithRecovery {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface TaskState extends StateBase, Transition, WithOutput, WithAssign, WithRecovery {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly TimeoutSeconds?: number | string;
  readonly HeartbeatSeconds?: number | string;
  readonly Credentials?: JsonObject;
}

export interface PassState extends StateBase, Transition, WithOutput, WithAssign {
  readonly Type: 'Pass';
}

export interface ChoiceRule extends WithOutput, WithAssign {
  readonly Condition: string | boolean;
  readonly Next: string;
  readonly Comment?: string;
}

export interface ChoiceState extends StateBase, WithOutput, WithAssign {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface WaitState extends StateBase, Transition, WithOutput, WithAssign {
  readonly Type: 'Wait';
  readonly Seconds?: number | string;
  readonly Timestamp?: string;
}

export interface SucceedState extends StateBase, WithOutput {
  readonly Type: 'Succeed';
}

export interface FailState extends StateBase {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export interface ParallelState extends StateBase, Transition, WithOutput, WithAssign, WithRecovery {
  readonly Type: 'Parallel';
  readonly Arguments?: Template;
  readonly Branches: readonly SubMachine[];
}

export interface MapState extends StateBase, Transition, WithOutput, WithAssign, WithRecovery {
  readonly Type: 'Map';
  readonly Items?: Template;
  readonly ItemSelector?: Template;
  readonly ItemReader?: JsonObject;
  readonly ItemBatcher?: JsonObject;
  readonly ResultWriter?: JsonObject;
  readonly MaxConcurrency?: number | string;
  readonly ToleratedFailureCount?: number | string;
  readonly ToleratedFailurePercentage?: number | string;
  readonly Label?: string;
  readonly ItemProcessor: SubMachine & { readonly ProcessorConfig?: JsonObject };
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

export type StateType = State['Type'];

/** The reserved error names, plus those that our handlers' retries match (asl/semantics section 4). */
export const ErrorName = {
  All: 'States.ALL',
  Timeout: 'States.Timeout',
  HeartbeatTimeout: 'States.HeartbeatTimeout',
  TaskFailed: 'States.TaskFailed',
  Permissions: 'States.Permissions',
  BranchFailed: 'States.BranchFailed',
  NoChoiceMatched: 'States.NoChoiceMatched',
  Runtime: 'States.Runtime',
  DataLimitExceeded: 'States.DataLimitExceeded',
  QueryEvaluationError: 'States.QueryEvaluationError',
  ExceedToleratedFailureThreshold: 'States.ExceedToleratedFailureThreshold',
  ItemReaderFailed: 'States.ItemReaderFailed',
  ResultWriterFailed: 'States.ResultWriterFailed',
} as const;
