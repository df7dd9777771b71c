/**
 * The durability port. The engine appends what happens to an execution before it lets it take effect, and after a crash
 * builds the execution again from what was appended: same events, same history. Records of one execution have rising
 * sequence numbers from 0 (its start event); an adapter keeps them all, in order. It need not understand events or
 * snapshots: they are plain JSON to it.
 */
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Json } from '../model/json.ts';
import type { InboundEvent, StartEvent } from './event.ts';
import type { Snapshot } from './snapshot.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. Without `output` unless it succeeded. */
export interface Outcome {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly stopTime: number;
}

/** Written once per content, before the first execution that uses it. */
export interface DefinitionRecord {
  readonly kind: 'definition';
  readonly hash: string;
  readonly definition: StateMachineDefinition;
}

export interface EventRecord {
  readonly kind: 'event';
  readonly executionId: string;
  readonly sequence: number;
  readonly event: InboundEvent;
}

/** The state after the event with this sequence number: recovery may begin here. A later one replaces it. */
export interface SnapshotRecord {
  readonly kind: 'snapshot';
  readonly executionId: string;
  readonly sequence: number;
  readonly snapshot: Snapshot;
}

/**
 * The execution is over after the event with this sequence number. It only saves work: when it is lost, recovery
 * reaches the same end again. An event with a higher sequence number (a redrive) opens the execution anew.
 */
export interface EndRecord {
  readonly kind: 'end';
  readonly executionId: string;
  readonly sequence: number;
  readonly outcome: Outcome;
}

export type LogRecord = DefinitionRecord | EventRecord | SnapshotRecord | EndRecord;

export interface LoggedExecution {
  readonly executionId: string;
  /** Its event number 0, also where `events` begin later. */
  readonly start: StartEvent;
  /** The latest, where one was taken and asked for. */
  readonly snapshot?: SnapshotRecord;
  /** Rising by sequence; those after the snapshot where there is one. */
  readonly events: readonly EventRecord[];
  readonly outcome?: Outcome;
}

export interface ExecutionSummary {
  readonly executionId: string;
  readonly machine: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startTime: number;
  readonly stopTime?: number;
}

export interface ListQuery {
  readonly machine?: string;
  readonly status?: ExecutionStatus;
  /** Default 100. */
  readonly limit?: number;
}

export interface EngineLog {
  /**
   * Resolves when all the records are durable, rejects when they are not and never will be. Records become durable in
   * the order of the calls, all of one call together; the calls of many executions may share one commit.
   */
  append(records: readonly LogRecord[]): Promise<void>;
  definition(hash: string): Promise<StateMachineDefinition | undefined>;
  /** Every execution without an end record, from its latest snapshot on. */
  load(): Promise<readonly LoggedExecution[]>;
  /** One execution from its first event on, without snapshot, with its outcome when it has ended. */
  read(executionId: string): Promise<LoggedExecution | undefined>;
  /** Newest start first; without those that have a parent. */
  list(query: ListQuery): Promise<readonly ExecutionSummary[]>;
}
