/**
 * The run journal (run-contract sections 3, 5, 7 and 9): what happened to every effect of a run, and the fence that stops
 * new ones. The port speaks in the contract's terms; its adapters (node:sqlite in lib/embedded, DynamoDB in lib/aws) keep
 * the items of section 9 and pass one contract suite. Every method is one write or one read there; every answer is a value,
 * so that fenced, stale, repeated and late are told apart without a second look. A method rejects only when the store
 * itself fails.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { RunError } from '../../model/run.ts';

export type Phase = 'forward' | 'fenced' | 'compensating' | 'succeeded' | 'compensated' | 'failed' | 'needs-attention';

export const FINAL_PHASES: readonly Phase[] = ['succeeded', 'compensated', 'failed', 'needs-attention'];

/** One passage through a step and how often it was done anew. Written `<step>.<visit>.<gen>` in the store. */
export interface VisitKey {
  readonly step: string;
  /** From 1. */
  readonly visit: number;
  /** From 0. */
  readonly gen: number;
}

export interface RunStart {
  readonly runId: string;
  readonly workflowId: string;
  readonly planHash: string;
  readonly input: Json;
  /** SHA-256 of the canonical input, keyed per run where it holds sensitive values. */
  readonly inputDigest: string;
  readonly actor: string;
  /** Milliseconds since the epoch, as all times of this port. */
  readonly startedAt: number;
  readonly deadline: number;
  readonly traceparent?: string;
}

export interface Intent {
  readonly key: VisitKey;
  readonly epoch: number;
  readonly at: number;
  /** Until when the one who wrote the intent may act on it. */
  readonly leaseUntil: number;
  /** Tells one invocation from another. */
  readonly nonce: string;
}

/** What the header says that the attempt needs: it comes with the write, so nobody reads it for that. */
export interface IntentGranted {
  readonly kind: 'granted';
  readonly deadline: number;
  /** How many intents the run has had, this one included. */
  readonly seq: number;
  readonly traceparent?: string;
}

/** One request of a step: what `attempts` of outcomes and the audit trail are made of. */
export interface AttemptRecord {
  readonly startedAt: number;
  readonly ms: number;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly message?: string;
  /** SHA-256 of the request (method, url, body) and of the response's body; no payload is ever kept here. */
  readonly requestDigest?: string;
  readonly responseDigest?: string;
}

interface OutcomeBase {
  readonly key: VisitKey;
  readonly epoch: number;
  readonly planHash: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attempts: readonly AttemptRecord[];
  /** Digest of the data inputs that the step read: a corrected input shows as a difference. */
  readonly dataDigest: string;
  /** Until when an unanswered attempt's effect may still land; absent: every attempt was answered. */
  readonly quietAfter?: number;
}

/** The step's effect stands (or it is safe and was read); its outputs answer every repeat. */
export interface AppliedOutcome extends OutcomeBase {
  readonly outputs: JsonObject;
  /** The label that the step was left by, so that a repeat leaves the same way. */
  readonly go: string;
  readonly seconds?: number;
}

export interface FailedOutcome extends OutcomeBase {
  readonly outcome: Exclude<Outcome, 'applied'>;
  readonly error: RunError;
  /** Present when an action was found for the failure. */
  readonly go?: string;
  readonly seconds?: number;
}

export interface RunHeader {
  readonly runId: string;
  readonly workflowId: string;
  readonly planHash: string;
  readonly inputDigest: string;
  readonly actor: string;
  readonly traceparent?: string;
  readonly phase: Phase;
  readonly epoch: number;
  readonly startedAt: number;
  readonly deadline: number;
  readonly endedAt?: number;
  /** The execution that the current epoch runs in, once its first step has begun. */
  readonly execution?: string;
  /** Why the fence went up. */
  readonly error?: RunError;
  readonly reason?: string;
  readonly degraded: boolean;
  /** Set with `succeeded`; nothing conditional is written after it, so it may stand in the header. */
  readonly outputs?: JsonObject;
  readonly intents: readonly Intent[];
  readonly failures: readonly FailedOutcome[];
}

/** Everything kept of a run, for settle, the run view and the operator. */
export interface RunRecord {
  readonly header: RunHeader;
  readonly applied: readonly AppliedOutcome[];
}

export interface RunSummary {
  readonly runId: string;
  readonly workflowId: string;
  readonly phase: Phase;
  readonly startedAt: number;
  readonly endedAt?: number;
}

export interface RunQuery {
  readonly workflowId?: string;
  readonly phases?: readonly Phase[];
  /** Newest first; at most this many (1 to 1,000). */
  readonly limit: number;
  /** What the previous page gave as `next`. */
  readonly after?: string;
}

export interface Journal {
  /** Conditional on there being no such run: the second caller sees the first one's header. */
  start(run: RunStart): Promise<{ readonly kind: 'started' } | { readonly kind: 'exists'; readonly header: RunHeader }>;

  header(runId: string): Promise<RunHeader | undefined>;
  input(runId: string): Promise<Json | undefined>;
  record(runId: string): Promise<RunRecord | undefined>;
  applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined>;
  list(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }>;

  /** Conditional on phase = forward, epoch = the intent's, deadline ahead of `intent.at`, no intent for this visit. */
  intend(
    runId: string,
    intent: Intent,
    first?: { readonly execution: string },
  ): Promise<
    | IntentGranted
    | { readonly kind: 'fenced'; readonly phase: Phase }
    | { readonly kind: 'stale'; readonly epoch: number }
    | { readonly kind: 'past-deadline'; readonly deadline: number }
    | { readonly kind: 'repeat'; readonly intent: Intent; readonly failure?: FailedOutcome }
    | { readonly kind: 'unknown-run' }
  >;

  /** Once per visit and generation: a late answer and settle's verdict exclude each other. */
  apply(
    runId: string,
    outcome: AppliedOutcome,
  ): Promise<{ readonly kind: 'recorded' } | { readonly kind: 'exists'; readonly outcome: AppliedOutcome }>;

  /** A failing outcome; with `fence` the run's fence goes up in the same write. `late`: settle was faster. */
  fail(
    runId: string,
    outcome: FailedOutcome,
    fence: boolean,
  ): Promise<{ readonly kind: 'recorded' } | { readonly kind: 'late'; readonly phase: Phase }>;

  /** forward -> fenced, for failures that no handler saw, cancels and deadlines; harmless when it is up already. */
  fence(runId: string, epoch: number, error: RunError): Promise<{ readonly phase: Phase } | undefined>;

  /** forward -> succeeded, for this epoch only; `again` when this very close was made before. */
  close(
    runId: string,
    close: { readonly epoch: number; readonly at: number; readonly outputs: JsonObject },
  ): Promise<
    | { readonly kind: 'closed' }
    | { readonly kind: 'again'; readonly outputs: JsonObject }
    | { readonly kind: 'fenced'; readonly phase: Phase }
    | { readonly kind: 'stale'; readonly epoch: number }
  >;

  /** fenced or compensating -> the final phase that settle decided; conditional on the epoch. */
  finish(
    runId: string,
    end: { readonly epoch: number; readonly at: number; readonly phase: Phase; readonly reason?: string },
  ): Promise<
    { readonly kind: 'finished' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;
}
