/**
 * What a machine's Task states say to the handlers and what these answer (run-contract section 10). The emitter writes
 * these payloads, the handlers read them; both sides use these types, so they cannot drift apart.
 */
import type { Json } from './json.ts';
import type { Kept } from './kept.ts';

/** The input of every execution of a run. The run's own input is in the journal, never in a history. */
export interface ExecutionInput {
  readonly run: string;
  readonly epoch: number;
  /** The plan's hash. */
  readonly plan: string;
}

interface TaskBase extends ExecutionInput {
  /** The execution's ARN: recorded with the first step, so that an operator finds it. */
  readonly exec?: string;
  /** A branch has failed before the join: nothing may begin. */
  readonly fenced?: boolean;
}

/** How often a step was passed and repeated; kept in a machine variable, only where a step can come again. */
export interface At {
  /** From 1. */
  readonly visit: number;
  /** Retries used, by retry action. */
  readonly tries: { readonly [action: string]: number };
}

export interface CallTask extends TaskBase {
  readonly op: 'call';
  readonly step: string;
  /** Absent on a step that is passed once: visit 1. */
  readonly at?: At | null;
  /** Outputs of the steps that this one reads, by path; null where a step was not passed. */
  readonly refs?: { readonly [path: string]: Kept | null };
  /** This passage repairs for a retry: the step's own actions do not apply. */
  readonly repair?: boolean;
  /** Of a step that is done for each of a list: which of its items. Its own actions do not apply, either. */
  readonly item?: ItemOrBatch;
  /** Of a step that asks until something is done: what the last answer said; null before the first question. */
  readonly poll?: PollState | null;
}

/** One item, or the items of one batch, from 0. */
export type ItemOrBatch = number | BatchNumber;

export interface BatchNumber {
  readonly batch: number;
}

/** Kept by the machine between two questions; nothing of it is in the journal. */
export interface PollState {
  readonly since: number;
  readonly questions: number;
  /** How long to wait before the next one. */
  readonly seconds: number;
  /** The digest of the last answer, and when it was another one. */
  readonly digest: string;
  readonly changedAt: number;
}

/** Before a step that waits for a person: from now on an answer is taken. */
export interface InviteTask extends TaskBase {
  readonly op: 'invite';
  readonly step: string;
  readonly at?: At | null;
  readonly refs?: { readonly [path: string]: Kept | null };
}

export interface InviteAnswer {
  /** How long the next state waits at most. */
  readonly seconds: number;
}

/** The state that waits: its token is woken by the answer, which lies in its slot. */
export interface AwaitTask extends TaskBase {
  readonly op: 'await';
  readonly step: string;
  readonly at?: At | null;
  readonly token: string;
}

/** The first state of a step that is done for each item of a list. */
export interface EachTask extends TaskBase {
  readonly op: 'each';
  readonly step: string;
  readonly at?: At | null;
  readonly refs?: { readonly [path: string]: Kept | null };
}

/** The items themselves stay out of the history: whoever does one reads it where the list was read. */
export interface EachAnswer {
  readonly items: readonly ItemOrBatch[];
  /** How many of these at once. */
  readonly atOnce: number;
}

/** After all items: their outputs as lists, and the way on. It answers as a call does. */
export interface GatherTask extends TaskBase {
  readonly op: 'gather';
  readonly step: string;
  readonly at?: At | null;
  readonly refs?: { readonly [path: string]: Kept | null };
}

export interface CallAnswer {
  readonly out: Kept;
  /** A label of the plan. */
  readonly go: string;
  /** For a retry: how long to wait first. */
  readonly seconds?: number;
  /** What the machine hands back at the next passage of this step. */
  readonly at?: At;
  /** Where a step asks: with `go: ask`, not done yet; null: no further question. */
  readonly poll?: PollState | null;
}

export interface RaiseTask extends TaskBase {
  readonly op: 'raise';
  readonly step: string;
  readonly error: string;
}

export interface CloseTask extends TaskBase {
  readonly op: 'close';
  /** The scope that has ended: '' or a tail-called workflow's. */
  readonly scope: string;
  readonly refs?: { readonly [path: string]: Kept | null };
}

export interface CloseAnswer {
  /** What is sensitive or large is a reference here, too: an execution's output is in its history. */
  readonly outputs: Kept;
}

/** The first state of a workflow with a lock, and again after each wait. */
export interface LockTask extends TaskBase {
  readonly op: 'lock';
}

/** `token` is the fencing token: higher than that of every owner before. */
export type LockAnswer =
  | { readonly do: 'go'; readonly token: number }
  | { readonly do: 'wait'; readonly seconds: number };

export interface SettleTask extends TaskBase {
  readonly op: 'settle';
  readonly why: string | null;
  /** Who compensates: the execution's ARN. Two executions never compensate one run at once. */
  readonly owner: string;
  /** An express execution, which has no time to undo or to wait: what takes time is the undo machine's. */
  readonly brief?: boolean;
}

/**
 * `undo`: a wave follows; `wait`: ask again after `seconds`; `park`: dead letter; `end`: finished under `status`; `hand-over`,
 * only where it was asked briefly: the undo machine is to go on.
 */
export type SettleAnswer =
  | { readonly do: 'hand-over' }
  | { readonly do: 'undo'; readonly wave: readonly WaveEntry[] }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'park'; readonly status: string; readonly letter: Json }
  | { readonly do: 'end'; readonly status: string };

/** One call that settle asks for: of an undo, or of a probe. It goes to the function of the system that it calls. */
export interface WaveEntry {
  readonly kind: 'undo' | 'probe';
  readonly system: string;
  readonly step: string;
  readonly visit: number;
  readonly gen: number;
  /** A key of the plan's `calls`. */
  readonly call: string;
  /** Which of the undo's calls; 0 for a probe. */
  readonly number: number;
  /** The plan under which the step was done: its undo is that plan's, too. */
  readonly plan: string;
  /** A bundle: this call for each of these items of one list. `step`, `visit` and `gen` are those of the first. */
  readonly items?: readonly WaveItem[];
}

/** One effect, by its key in the journal. */
export type WaveItem = Pick<WaveEntry, 'step' | 'visit' | 'gen'>;

/** Served by the function of the entry's system: it alone has that system's credentials. */
export interface UndoTask extends TaskBase {
  readonly op: 'undo';
  readonly owner: string;
  readonly entry: WaveEntry;
}

export type CoreTask = RaiseTask | CloseTask | SettleTask | LockTask | EachTask | GatherTask | InviteTask | AwaitTask;

/** What the function of a system serves. */
export type SystemTask = CallTask | UndoTask;

/**
 * Error names that our handlers end with: an interface, since Retry and Catch of every machine ever deployed match on
 * them. A test pins them; none is ever renamed.
 */
export const TaskError = {
  /** Another invocation holds this visit's lease; never an outcome. */
  Leased: 'Interlock.Leased',
  /** The run's fence is up: nothing begins. */
  Fenced: 'Interlock.Fenced',
  /** This execution belongs to an epoch that is over. */
  StaleEpoch: 'Interlock.StaleEpoch',
  /** Not yet: an undo whose step is not quiet. */
  Later: 'Interlock.Later',
  /** A batch has more items than one invocation has time for: the next one goes on. */
  More: 'Interlock.More',
  Refused: 'Interlock.Refused',
  Throttled: 'Interlock.Throttled',
  NotSent: 'Interlock.NotSent',
  Unwanted: 'Interlock.Unwanted',
  InDoubt: 'Interlock.InDoubt',
  /** A standing effect was made from other data than the run now has, or is no longer on its way. */
  Changed: 'Interlock.Changed',
  /** Somebody asked for the run to end. */
  Cancelled: 'Interlock.Cancelled',
  /** The lock that the run needs was not free in time. */
  Locked: 'Interlock.Locked',
  /** The workflow's outputs or inputs break their schema, or a budget is used up. */
  RunInvalid: 'Interlock.RunInvalid',
} as const;

export type TaskErrorName = (typeof TaskError)[keyof typeof TaskError];
