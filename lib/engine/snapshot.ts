/**
 * An execution between two events, as plain JSON: what step() takes and gives. Child scopes (the branches of a Parallel,
 * the iterations of a Map) are values in their parent's frame, and a retry is a phase of a frame, so nothing of a
 * running execution lives on a call stack. Values of the user (inputs, outputs, variables) are shared, never copied or
 * changed; a step makes new nodes along the path that it changes and leaves the others as they are.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { WaitId } from './event.ts';
import type { ExecutionStatus } from './log.ts';
import type { Exit } from './machine.ts';
import type { StateFailure } from './state-failure.ts';

export interface Snapshot {
  readonly status: ExecutionStatus;
  /** The unchanging part of the context object. */
  readonly context: ExecutionContext;
  /** Identity of the definition, checked when a run is taken up again. */
  readonly definitionHash: string;
  /** Of all its randomness. */
  readonly seed: number;
  readonly lastEventId: number;
  /** Bytes of all variables. */
  readonly variablesSize: number;
  /** When the state machine's TimeoutSeconds have passed. */
  readonly deadline?: number;
  /** The running states; after an unsuccessful end those at which it ended, for a redrive. */
  readonly root: Scope;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly stopTime?: number;
}

export interface ExecutionContext {
  readonly Execution: {
    readonly Id: string;
    readonly Input: Json;
    readonly StartTime: string;
    readonly Name: string;
    readonly RoleArn: string;
    readonly RedriveCount: number;
    readonly RedriveTime?: string;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
  /** Of a state under test: what its expressions see in the place of the whole context object. */
  readonly given?: JsonObject;
}

/** One sequence of states: the machine itself, a branch, an iteration. */
export interface Scope {
  /** Those assigned here; what is assigned outside is read through the enclosing scopes. */
  variables: JsonObject;
  /** Their bytes. */
  size: number;
  /** The last number given to something awaited here: ids do not depend on what other scopes do. */
  serial: number;
  /** The id of the scope's latest history event: what its next event follows. */
  last: number;
  frame: Frame;
}

/** One visit to one state. */
export interface Frame {
  readonly name: string;
  readonly input: Json;
  /** The event before the state was entered, and that of the entering. */
  readonly previous: number;
  /** 0 until then. */
  entered: number;
  enteredTime: number;
  /** What an EvaluationFailed event follows now (the service does not let it follow the entering). */
  base: number;
  /** Attempts made by each retrier, and in all. */
  retries?: readonly number[];
  retryCount: number;
  phase: Phase;
}

export type Phase = Ready | Waiting | Retrying | Tasking | Branching | Iterating | MapRunning | Done | Failed;

/** To be entered, or tried again, in this very step. */
export interface Ready {
  readonly kind: 'ready';
}

export interface Waiting {
  readonly kind: 'waiting';
  readonly id: WaitId;
  readonly until: number;
}

export interface Retrying {
  readonly kind: 'retrying';
  readonly id: WaitId;
  readonly until: number;
}

export interface Tasking {
  readonly kind: 'task';
  readonly id: WaitId;
  readonly request: TaskRequest;
  readonly submitted?: boolean;
  readonly timeoutAt?: number;
  readonly heartbeatAt?: number;
}

/** What the host is asked to do. */
export interface TaskRequest {
  readonly resource: string;
  readonly arguments: Json;
  readonly stateName: string;
  /** 1 for the first attempt of this visit. */
  readonly attempt: number;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** For `.waitForTaskToken`: with what the answer will be sent. */
  readonly taskToken?: string;
  readonly credentials?: JsonObject;
}

export interface Branching {
  readonly kind: 'parallel';
  /** Tells the scopes of this visit from those of another. */
  readonly visit: number;
  /** By branch: running, or ended with its output. */
  branches: readonly Branch[];
  remaining: number;
}

export type Branch = { readonly scope: Scope } | { readonly scope?: undefined; readonly output: Json };

export interface Iterating {
  readonly kind: 'map';
  readonly visit: number;
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
  readonly concurrency: number;
  readonly tolerance: Tolerance;
  /** The next item to be started. */
  next: number;
  succeeded: number;
  failed: number;
  /** By index of the item. */
  active: { readonly [index: string]: Scope };
  /** Outputs in chunks of MAP_CHUNK, so that an iteration that ends copies one chunk and not all. */
  results: readonly (readonly (Json | null)[])[];
}

export interface Tolerance {
  readonly count: number;
  readonly percentage: number;
}

/** A Distributed Map: its children are executions of their own, run by the driver. */
export interface MapRunning {
  readonly kind: 'mapRun';
  readonly id: WaitId;
  readonly request: MapRunRequest;
}

export interface MapRunRequest {
  readonly mapRunArn: string;
  readonly stateName: string;
  /** Where the Map state stands in the definition: state names from the outermost in, branches by index. */
  readonly place: readonly (string | number)[];
  readonly label: string;
  readonly items?: readonly Json[];
  readonly keys?: readonly string[];
  readonly reader?: ReaderRequest;
  readonly writer?: WriterRequest;
  readonly batcher?: BatcherRequest;
  readonly concurrency: number;
  readonly tolerance: Tolerance;
  /** The parent's redrive, and when it was: children that had ended without success by then are redriven with it. */
  readonly redriven?: { readonly count: number; readonly time: number };
  /** Of the event that began the run: what its expressions take for time and randomness. */
  readonly time: number;
  readonly seed: number;
  /** What ItemSelector may read. */
  readonly input: Json;
  readonly variables: JsonObject;
  readonly context: JsonObject;
}

export interface ReaderRequest {
  readonly resource: string;
  readonly arguments: Json;
  readonly config: JsonObject;
}

export interface WriterRequest {
  readonly resource: string;
  readonly arguments: Json;
  readonly config: JsonObject;
}

export interface BatcherRequest {
  readonly maxItemsPerBatch?: number;
  readonly maxInputBytesPerBatch?: number;
  readonly batchInput?: Json;
}

/** Only within a step: the state did its work and is to be left. */
export interface Done {
  readonly kind: 'done';
  readonly exit: Exit;
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** What the state puts out where it declares no Output. */
  readonly fallback: Json;
}

/** Only within a step, or of the state at which an execution failed. */
export interface Failed {
  readonly kind: 'failed';
  readonly failure: StateFailure;
  /** Where the state stood: a redrive does again only what had not succeeded. */
  readonly was: Phase;
}
