/**
 * What may happen to an execution from outside: the only things that change it, and what its log records. Together with
 * the definition they determine the execution completely, so an event carries the time that the core may use, and the
 * first one the seed of all its randomness. Every event is plain JSON.
 */
import type { Json } from '../model/json.ts';

/**
 * Names one attempt at something awaited: `<path of its scope>#<serial>`, where each step of the path is the index of a
 * branch or item and the visit of its Parallel or Map (`1v3`). A late answer names an id that is gone.
 */
export type WaitId = string;

/** `<kind>:<wait id>`, or `machine:` for the state machine's own TimeoutSeconds. */
export type TimerId = string;

interface Stamp {
  /** Milliseconds since the epoch, when the event was accepted. */
  readonly time: number;
}

/** The first event of every execution; it holds all that the execution is made of besides its definition. */
export interface StartEvent extends Stamp {
  readonly type: 'start';
  /** 32 bits from which all randomness of the execution is drawn. */
  readonly seed: number;
  readonly machine: string;
  readonly machineArn: string;
  readonly definitionHash: string;
  readonly name: string;
  readonly roleArn: string;
  readonly input: Json;
  /** Set for executions started by a Task or a Map run of ours: they are found through their parent. */
  readonly parent?: string;
}

export interface TaskSubmittedEvent extends Stamp {
  readonly type: 'taskSubmitted';
  readonly task: WaitId;
  readonly output: Json;
}

export interface TaskSucceededEvent extends Stamp {
  readonly type: 'taskSucceeded';
  readonly task: WaitId;
  readonly output: Json;
}

export interface TaskFailedEvent extends Stamp {
  readonly type: 'taskFailed';
  readonly task: WaitId;
  readonly error?: string;
  readonly cause?: string;
}

export interface HeartbeatEvent extends Stamp {
  readonly type: 'heartbeat';
  readonly task: WaitId;
}

export interface TimerFiredEvent extends Stamp {
  readonly type: 'timerFired';
  readonly timer: TimerId;
}

export interface StopEvent extends Stamp {
  readonly type: 'stop';
  readonly error?: string;
  readonly cause?: string;
}

export interface RedriveEvent extends Stamp {
  readonly type: 'redrive';
}

export type InboundEvent =
  | StartEvent
  | TaskSubmittedEvent
  | TaskSucceededEvent
  | TaskFailedEvent
  | HeartbeatEvent
  | TimerFiredEvent
  | StopEvent
  | RedriveEvent;
