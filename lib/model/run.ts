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
  readonly undo?: { readonly status: string; readonly attempts: number; readonly endedAt: string | null };
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
  | (StepEventBase & { readonly type: 'step-started'; readonly system: string; readonly operation: string })
  | (StepEventBase & {
      readonly type: 'attempt-ended';
      readonly attempt: number;
      readonly outcome: Outcome;
      readonly status?: number;
      readonly ms: number;
      readonly message?: string;
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
  | (StepEventBase & { readonly type: 'undo-ended'; readonly status: string; readonly ms: number })
  | (EventBase & {
      readonly type: 'run-ended';
      readonly status: RunStatus;
      readonly ms: number;
      readonly error?: RunError;
    });

export type RunEventType = RunEvent['type'];
