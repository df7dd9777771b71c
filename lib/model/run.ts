/**
 * The run as people and programs see it: the run view (one shape for `--json`, the API, the timeline and the console;
 * its schema is schemas/run-view.schema.json) and the run events (one union for CLI lines, server-sent events,
 * EventBridge, console and insights). Times are ISO 8601 UTC with milliseconds.
 */
import type { Json } from './json.ts';
import type { Outcome } from './outcome.ts';

export type RunStatus =
  | 'running'
  | 'waiting'
  | 'compensating'
  | 'succeeded'
  | 'compensated'
  | 'failed'
  | 'needs-attention';

export type StepStatus =
  | 'running'
  | 'applied'
  | 'refused'
  | 'skipped'
  | 'in-doubt'
  | 'undone'
  | 'undo-failed'
  | 'unresolved'
  | 'blocked';

export interface RunError {
  /** An error name: `Interlock.Refused`, `States.Timeout`, ... */
  readonly error: string;
  readonly message: string;
  /** The step it happened in. */
  readonly step?: string;
}

export interface StepView {
  readonly stepId: string;
  readonly path: string;
  readonly visit: number;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Its fallback stood in: the outputs are not those of its own request. */
  readonly degraded?: true;
  readonly error?: RunError;
  readonly probe?: ProbeView;
  readonly undo?: { readonly status: string; readonly attempts: number; readonly endedAt: string | null };
  /** Of a list with more items than a view names one by one. */
  readonly items?: ItemsView;
}

/** How many items of a list are in which state, and how many of them the view names; these are first what is not well. */
export interface ItemsView extends Readonly<Partial<Record<StepStatus, number>>> {
  readonly total: number;
  readonly named: number;
}

/** What a probe has said of an effect in doubt: the last word of it, and all of its requests. */
export interface ProbeView {
  readonly status: 'happened' | 'did-not-happen' | 'unknown';
  readonly attempts: number;
  readonly endedAt: string;
}

/** One request: what became of it, and digests in place of what was said. */
export interface AttemptView {
  readonly at: string;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly message?: string;
  /** SHA-256 of method, url and body; of the response's body. */
  readonly requestDigest?: string;
  readonly responseDigest?: string;
}

/** An effect that stands, or may stand, against everybody's will. */
export interface OpenEffect {
  readonly step: string;
  readonly visit: number;
  readonly system: string;
  readonly operation: string;
  /** What the system knows it by. */
  readonly idempotencyKey: string;
  readonly begunAt: string;
  readonly mayLandUntil?: string;
  readonly error?: Pick<RunError, 'error' | 'message'>;
  readonly attempts: readonly AttemptView[];
  readonly fate: 'unresolved' | 'undo-failed' | 'blocked' | 'held';
  /** Why nobody has undone it. */
  readonly why?: string;
  readonly undo: readonly AttemptView[];
  /** How to find it at the system. */
  readonly look: string;
  /** What to run when one knows. */
  readonly commands: readonly string[];
}

/** Of a run that needs attention: exactly what is left, and what to run. */
export interface Attention {
  readonly stands: readonly OpenEffect[];
  readonly inDoubt: readonly OpenEffect[];
  readonly commands: readonly string[];
  /** Of so many others is no room to tell. */
  readonly more?: number;
}

/** One line of the audit trail: who or what did something to the run, and when. Never a payload. */
export interface TrailEntry {
  readonly at: string;
  /**
   * `attempt`: one request. `outcome`: what a step came to. `decision`: a word on an effect that no answer settles.
   * `undo`: what became of a call that undoes. `action`: an operator's, or what Interlock asked for by itself.
   */
  readonly what: 'started' | 'attempt' | 'outcome' | 'decision' | 'undo' | 'action' | 'late-answer' | 'ended';
  /** Who: a person, `probe`, `settle`; absent where the run itself went on. */
  readonly by?: string;
  readonly epoch?: number;
  readonly step?: string;
  readonly visit?: number;
  readonly generation?: number;
  /** Of an attempt: what the request was for. */
  readonly of?: 'step' | 'probe' | 'undo';
  readonly attempt?: Omit<AttemptView, 'at'>;
  /** Of everything but attempts: what it came to, what was decided or done. */
  readonly result?: string;
  readonly error?: RunError;
  readonly note?: string;
  readonly detail?: Json;
}

export type LetterState =
  /** Its run needs attention still, and this is the newest word on it. */
  | 'open'
  /** Its run needs attention still; a newer letter says for what. */
  | 'superseded'
  /** Its run goes on, or is being undone. */
  | 'under-way'
  /** Its run is over: nothing is left to do. */
  | 'settled';

/** A dead letter as it lies in the queue, with what has become of its run since. */
export interface LetterView {
  readonly id: string;
  readonly at: string;
  readonly run: string;
  readonly state: LetterState;
  readonly status: RunStatus;
  /** As it was sent. */
  readonly letter: Json;
}

/** A message that came before anybody waited for it, and that nobody took in its time. */
export interface UnclaimedMessage {
  readonly integration: string;
  readonly source: string;
  readonly channel: string;
  /** Of what it is known by. */
  readonly digest: string;
  /** When it came. */
  readonly at: string;
}

/** A step that waits for a person. */
export interface WaitView {
  readonly step: string;
  readonly visit: number;
  readonly type: string;
  readonly since: string;
  readonly until: string;
  readonly title?: string;
  readonly description?: string;
  /** JSON Schema of what is to be given along. */
  readonly schema?: Json;
  /** Under which it can be answered from outside. */
  readonly id: string;
}

export interface RunView {
  readonly runId: string;
  readonly workflowId: string;
  readonly status: RunStatus;
  /** Why it needs attention, e.g. `held`. */
  readonly reason?: string;
  readonly degraded: boolean;
  readonly error?: RunError;
  readonly outputs: { readonly [name: string]: Json } | null;
  readonly planHash: string;
  readonly epoch: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly actor: string;
  readonly steps: readonly StepView[];
  /** Whom it waits for. */
  readonly waitsFor?: readonly WaitView[];
  /** Of a run that needs attention. */
  readonly attention?: Attention;
  /** Where it was asked for: everything that was done to the run, oldest first. */
  readonly audit?: readonly TrailEntry[];
  /** With it: the run's dead letters, oldest first. */
  readonly deadLetters?: readonly Pick<LetterView, 'id' | 'at' | 'state'>[];
}

interface EventBase {
  readonly runId: string;
  readonly workflowId: string;
  readonly at: string;
}

interface StepEventBase extends EventBase {
  readonly step: string;
  readonly visit: number;
}

export type RunEvent =
  | (EventBase & { readonly type: 'run-started'; readonly epoch: number; readonly actor: string })
  /** Nothing failed by it, but whoever looks at the outputs will ask: a value that is missing, a fallback that stood in. */
  | (Omit<EventBase, 'workflowId'> & { readonly type: 'noted'; readonly step?: string; readonly message: string })
  /** A person is asked; nothing happens until somebody answers or the time is up. */
  | (StepEventBase & {
      readonly type: 'step-waiting';
      readonly for: string;
      readonly until: string;
      readonly title?: string;
    })
  | (StepEventBase & { readonly type: 'step-started'; readonly system: string; readonly operation: string })
  | (StepEventBase & {
      readonly type: 'attempt-ended';
      readonly attempt: number;
      readonly outcome: Outcome;
      readonly status?: number;
      readonly ms: number;
      /** It was not sent, because the breaker of its system is open. */
      readonly breakerOpen?: true;
      readonly message?: string;
      /** An answer of before, which holds still, or stands in for a system that fails. */
      readonly cached?: 'fresh' | 'stale';
    })
  | (StepEventBase & {
      readonly type: 'step-ended';
      readonly status: StepStatus;
      readonly attempts: number;
      readonly ms: number;
      readonly message?: string;
    })
  | (EventBase & { readonly type: 'run-fenced'; readonly step?: string; readonly error: string })
  | (StepEventBase & { readonly type: 'undo-started' })
  | (StepEventBase & {
      readonly type: 'undo-ended';
      readonly status: string;
      readonly ms: number;
      /** Of one that is tried again: in how long. */
      readonly againInMs?: number;
      readonly message?: string;
    })
  | (EventBase & {
      readonly type: 'run-ended';
      readonly status: RunStatus;
      readonly ms: number;
      readonly error?: RunError;
    });

export type RunEventType = RunEvent['type'];
