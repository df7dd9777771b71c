/**
 * TestState as the service's API has it, with JSON values in the place of JSON texts: one state is run by itself, its
 * call or its inner states are mocked, and the answer tells what came out of each stage.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { ServiceError } from '../definition/service-answers.ts';

export interface TestStateRequest {
  /** A state, or with `stateName` a state machine. Text or JSON. */
  readonly definition: string | JsonObject;
  /** Which state of the machine, at any depth. */
  readonly stateName?: string;
  /** `{}` unless given. */
  readonly input?: Json;
  readonly variables?: JsonObject;
  /** Takes the place of the context object. */
  readonly context?: JsonObject;
  /** INFO unless given. */
  readonly inspectionLevel?: InspectionLevel;
  readonly roleArn?: string;
  readonly revealSecrets?: boolean;
  readonly mock?: Mock;
  readonly stateConfiguration?: StateConfiguration;
}

export type InspectionLevel = 'INFO' | 'DEBUG' | 'TRACE';

/** What the state's call, branches or iterations answer. */
export interface Mock {
  readonly result?: Json;
  readonly errorOutput?: { readonly error?: string; readonly cause?: string };
  /** STRICT unless given. */
  readonly fieldValidationMode?: FieldValidationMode;
}

/** STRICT: required fields are there and all fields are of their type; PRESENT: those that are there; NONE: nothing. */
export type FieldValidationMode = 'STRICT' | 'PRESENT' | 'NONE';

export interface StateConfiguration {
  /** Attempts already made. */
  readonly retrierRetryCount?: number;
  /** Iterations of a Map that failed. */
  readonly mapIterationFailureCount?: number;
  /** Which inner state a mocked error comes from. */
  readonly errorCausedByState?: string;
  /** What the ItemReader of a Map read, as text. */
  readonly mapItemReaderData?: string;
}

export type TestStatus = 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';

export interface TestStateResponse {
  readonly status: TestStatus;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly nextState?: string;
  /** Not with INFO. */
  readonly inspectionData?: InspectionData;
}

export interface InspectionData {
  readonly input: Json;
  readonly afterArguments?: Json;
  readonly afterItemSelector?: Json;
  readonly result?: Json;
  readonly variables?: JsonObject;
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
  readonly errorDetails?: ErrorDetails;
}

export interface ErrorDetails {
  readonly catchIndex?: number;
  readonly retryIndex?: number;
  readonly retryBackoffIntervalSeconds?: number;
}

export type TestStateAnswer =
  | { readonly ok: true; readonly response: TestStateResponse }
  | { readonly ok: false; readonly error: ServiceError };
