/**
 * The history: the one output of an execution, with the service's event types, details, ids and order. Traces, the
 * console's timeline, the conformance runner and tests all read it. Inputs and outputs stay values here, shared with the
 * snapshot; serviceEvent() writes one as GetExecutionHistory would.
 */
import type { StateType } from '../model/asl.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** `error` and `cause` are absent where the service leaves them out. */
export interface FailureDetails {
  readonly error?: string;
  readonly cause?: string;
}

interface TaskDetails {
  readonly resource: string;
  readonly resourceType: string;
}

interface TaskScheduledDetails extends TaskDetails {
  readonly region: string;
  readonly parameters: Json;
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
  readonly taskCredentials?: { readonly roleArn: Json };
}

interface FunctionScheduledDetails {
  readonly resource: string;
  readonly input: Json;
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

export interface ExitDetails {
  readonly name: string;
  readonly output: Json;
  readonly assignedVariables?: JsonObject;
}

interface IterationDetails {
  readonly name: string;
  readonly index: number;
}

/** By event type: what its details hold. Events of other types have none. */
export interface DetailsByType {
  readonly ExecutionStarted: { readonly input: Json; readonly roleArn: string };
  readonly ExecutionSucceeded: { readonly output: Json };
  readonly ExecutionFailed: FailureDetails;
  readonly ExecutionTimedOut: FailureDetails;
  readonly ExecutionAborted: FailureDetails;
  readonly ExecutionRedriven: { readonly redriveCount: number };
  readonly EvaluationFailed: {
    readonly error: string;
    readonly cause: string;
    readonly location?: string;
    readonly state: string;
  };
  readonly TaskScheduled: TaskScheduledDetails;
  readonly TaskStarted: TaskDetails;
  readonly TaskSubmitted: TaskDetails & { readonly output: Json };
  readonly TaskSucceeded: TaskDetails & { readonly output: Json };
  readonly TaskFailed: TaskDetails & FailureDetails;
  readonly TaskTimedOut: TaskDetails & FailureDetails;
  readonly LambdaFunctionScheduled: FunctionScheduledDetails;
  readonly LambdaFunctionSucceeded: { readonly output: Json };
  readonly LambdaFunctionFailed: FailureDetails;
  readonly LambdaFunctionTimedOut: FailureDetails;
  readonly ActivityScheduled: FunctionScheduledDetails;
  readonly ActivitySucceeded: { readonly output: Json };
  readonly ActivityFailed: FailureDetails;
  readonly ActivityTimedOut: FailureDetails;
  readonly MapStateStarted: { readonly length: number };
  readonly MapIterationStarted: IterationDetails;
  readonly MapIterationSucceeded: IterationDetails;
  readonly MapIterationFailed: IterationDetails;
  readonly MapIterationAborted: IterationDetails;
  readonly MapRunStarted: { readonly mapRunArn: string };
  readonly MapRunFailed: FailureDetails;
  readonly MapRunRedriven: { readonly mapRunArn: string; readonly redriveCount: number };
}

export type Entered = `${StateType}StateEntered`;
export type Exited = `${StateType}StateExited`;

/** Types whose events carry nothing. */
export type BareType =
  | 'LambdaFunctionStarted'
  | 'ActivityStarted'
  | 'ParallelStateStarted'
  | 'ParallelStateSucceeded'
  | 'ParallelStateFailed'
  | 'ParallelStateAborted'
  | 'MapStateSucceeded'
  | 'MapStateFailed'
  | 'MapStateAborted'
  | 'MapRunSucceeded'
  | 'MapRunAborted'
  | 'TaskStateAborted'
  | 'WaitStateAborted';

interface EventBase {
  /** From 1 without a gap. */
  readonly id: number;
  /** The event that caused this one, 0 for none. */
  readonly previousEventId: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

export type HistoryEvent = EventBase &
  (
    | {
        readonly [T in keyof DetailsByType]: { readonly type: T; readonly details: DetailsByType[T] };
      }[keyof DetailsByType]
    | { readonly type: Entered; readonly details: { readonly name: string; readonly input: Json } }
    | { readonly type: Exited; readonly details: ExitDetails }
    | { readonly type: BareType; readonly details?: undefined }
  );

export type HistoryType = HistoryEvent['type'];

/** An event as GetExecutionHistory gives it: details under their own key, data as JSON text. */
export function serviceEvent(event: HistoryEvent): JsonObject {
  const { id, previousEventId, timestamp, type } = event;
  const head = { id, previousEventId, timestamp: new Date(timestamp).toISOString(), type };
  return event.details === undefined ? head : { ...head, [detailsKey(type)]: detailsText(event.details) };
}

export function detailsKey(type: HistoryType): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type[0]?.toLowerCase()}${type.slice(1)}EventDetails`;
}

const TEXTS: ReadonlySet<string> = new Set(['input', 'output', 'parameters']);

function detailsText(details: object): JsonObject {
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(details) as [string, Json][]) {
    result[key] = TEXTS.has(key) ? JSON.stringify(value) : value;
    if (TEXTS.has(key) && key !== 'parameters') result[`${key}Details`] = { truncated: false };
    if (key === 'assignedVariables') result[key] = textByName(value as JsonObject);
  }
  return result;
}

function textByName(variables: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]));
}
