/**
 * The run journal (run-contract sections 3, 5, 7 and 9): what happened to every effect of a run, and the fence that stops
 * new ones. The port speaks in the contract's terms; its adapters (node:sqlite in lib/embedded, DynamoDB in lib/aws) keep
 * the items of section 9 and pass one contract suite. Every method is one write or one read there; every answer is a value,
 * so that fenced, stale, repeated and late are told apart without a second look. A method rejects only when the store
 * itself fails.
 */
import type { Json } from '../../model/json.ts';
import type { Kept, KeptInput } from '../../model/kept.ts';
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
  readonly input: KeptInput;
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
  /** When the visit's key may have gone out for the first time, where earlier invocations of it were lost. */
  readonly since?: number;
}

/** What the header says that the attempt needs: it comes with the write, so nobody reads it for that. */
export interface IntentGranted {
  readonly kind: 'granted';
  readonly deadline: number;
  /** How many intents the run has had, this one included. */
  readonly seq: number;
  readonly traceparent?: string;
  /** Where it is later than was asked for: items of a batch begin together, and none loses time by waiting for the others. */
  readonly leaseUntil?: number;
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
  /** Where the system has several servers: the one it went to. */
  readonly server?: string;
  /** Nobody was asked: an answer of before, which holds still, or stands in for a system that fails. */
  readonly cached?: 'fresh' | 'stale';
  /** Not sent by our own breaker or limit: no try of the system's, and no attempt of a budget. */
  readonly withheld?: true;
}

/** What a probe said that was asked inside the step's own lease, before its outcome was written. */
export interface Asked {
  readonly found: 'applied' | 'absent' | 'unknown';
  readonly at: number;
  readonly attempts: readonly AttemptRecord[];
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
  readonly asked?: Asked;
}

/** The step's effect stands (or it is safe and was read); its outputs answer every repeat. */
export interface AppliedOutcome extends OutcomeBase {
  readonly outputs: Kept;
  /** The label that the step was left by, so that a repeat leaves the same way. */
  readonly go: string;
  readonly seconds?: number;
  /** A fallback stood in: nothing of the step itself stands. */
  readonly degraded?: boolean;
}

export interface FailedOutcome extends OutcomeBase {
  readonly outcome: Exclude<Outcome, 'applied'>;
  readonly error: RunError;
  /** A probe, asked after the grace, has found no effect of an attempt in doubt. */
  readonly absent?: boolean;
  /** The outputs of an unwanted answer: its effect stands, and its undo reads them. */
  readonly given?: Kept;
  /** What the action that was found hands on of the failed answer: all that later steps can read of the step. */
  readonly handed?: Kept;
  /** Present when an action was found for the failure. */
  readonly go?: string;
  readonly seconds?: number;
}

/** One of the parts that a long list is done in (run-contract section 8): a task of its own, under the run's fence. */
export interface ShardKey {
  /** The step's path. */
  readonly step: string;
  readonly visit: number;
  /** From 0. */
  readonly batch: number;
}

/** Items of a shard that begin at once, by one write: until the lease ends nobody else acts on the shard. */
export interface GroupIntent {
  readonly shard: ShardKey;
  readonly epoch: number;
  /** Which of the shard's groups in this epoch, from 0. */
  readonly group: number;
  readonly at: number;
  readonly leaseUntil: number;
  readonly nonce: string;
  /** The effects that are begun; a safe step has none. */
  readonly items: readonly Pick<Intent, 'key' | 'since'>[];
}

/** What became of a group, by one write. An item that it began and does not tell of was lost. */
export interface GroupRecord {
  readonly intent: GroupIntent;
  readonly applied: readonly AppliedOutcome[];
  readonly failed: readonly FailedOutcome[];
}

export interface Shard {
  readonly key: ShardKey;
  /** The latest epoch in which nothing of it begins any more. */
  readonly closed?: number;
  /** Of the group that was begun last. */
  readonly last?: GroupIntent;
  /** Of all epochs, in the order of their beginning. */
  readonly groups: readonly GroupRecord[];
}

/** An execution of the run that is over: what it did was done under its plan and from its input. */
export interface EpochRecord {
  readonly epoch: number;
  readonly planHash: string;
  readonly inputDigest: string;
}

/** What stands from an earlier epoch and has answered in this one: it is on the way that the run takes now. */
export interface Passed {
  readonly key: VisitKey;
  readonly epoch: number;
}

/** Who compensates the run, and until when nobody else may (run-contract section 6). */
export interface Compensator {
  readonly owner: string;
  readonly leaseUntil: number;
}

/** A word on a visit that no recorded outcome settles: written once, but `in-doubt` gives way to every other. */
export interface Verdict {
  readonly key: VisitKey;
  readonly epoch: number;
  readonly at: number;
  /**
   * `in-doubt`: its invocation is gone, and a late answer is no longer taken. `skipped`: nothing of it stands, and an
   * operator lets a reopened run go on without it. `failed`: a safe step has failed, and no other execution's answer counts.
   */
  readonly verdict: 'in-doubt' | 'applied' | 'absent' | 'skipped' | 'failed';
  readonly by: 'settle' | 'probe' | 'operator' | 'step';
  /** Of the probe: they stand in for the step's. */
  readonly outputs?: Kept;
  /** Of the probe, all rounds together. */
  readonly attempts?: readonly AttemptRecord[];
  /** Why a probe could not tell. */
  readonly error?: RunError;
  /** A probe that could not tell is asked again, but not before. */
  readonly notBefore?: number;
  readonly actor?: string;
  readonly note?: string;
  /** With `failed`. */
  readonly failed?: FailedOutcome;
}

/**
 * One call of an undo. `live`: intended, under way or lost with its lease; `again`: not done, and worth another round;
 * `failed`: not done, and left to an operator; `accepted`: an operator lets the effect stand.
 */
export type UndoState = 'live' | 'done' | 'again' | 'failed' | 'accepted';

export interface UndoRecord {
  readonly key: VisitKey;
  /** Which of the undo's calls, from 0. */
  readonly number: number;
  readonly epoch: number;
  readonly state: UndoState;
  readonly by: 'undo' | 'operator';
  /** Of the first round. */
  readonly startedAt: number;
  /** Of the last intent. */
  readonly intentAt: number;
  readonly leaseUntil: number;
  /** Tells one round from another. */
  readonly nonce: string;
  /** Of all rounds since its budget began. */
  readonly attempts: readonly AttemptRecord[];
  /** Of before an operator gave it another budget. */
  readonly earlier?: readonly AttemptRecord[];
  readonly endedAt?: number;
  /** With `again`. */
  readonly notBefore?: number;
  readonly error?: RunError;
  /** Until when an unanswered attempt of it may still land. */
  readonly quietAfter?: number;
  /** Read by later calls of the same undo. */
  readonly outputs?: Kept;
  readonly actor?: string;
  readonly note?: string;
}

/** Who did what to the run, and what came too late to count. Never a payload: names, statuses, digests. */
export interface AuditEntry {
  readonly at: number;
  /** Tells entries of one millisecond apart. */
  readonly nonce: string;
  readonly actor: string;
  readonly action:
    | 'started'
    | 'cancelled'
    | 'resolved'
    | 'approved'
    | 'rejected'
    | 'skipped'
    | 'undo-asked'
    | 'retried'
    | 'redriven'
    | 'discarded'
    | 'revealed'
    | 'reconciled'
    | 'late-answer'
    | 'late-message';
  readonly step?: string;
  readonly visit?: number;
  readonly note?: string;
  readonly detail?: Json;
  /** Of an action that came too late: why it was not done. */
  readonly refused?: string;
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
  readonly outputs?: Kept;
  readonly intents: readonly Intent[];
  readonly failures: readonly FailedOutcome[];
  /** Of all epochs but the first; of one that was passed in several the last. */
  readonly passed: readonly Passed[];
  /** Before the current one, oldest first. */
  readonly earlier: readonly EpochRecord[];
  readonly compensator?: Compensator;
  /** An operator asked for the undo of a run that holds (`onFailure: hold`), or for another try. */
  readonly released: boolean;
}

/** Everything kept of a run, for settle, the run view and the operator. */
export interface RunRecord {
  readonly header: RunHeader;
  readonly applied: readonly AppliedOutcome[];
  /** Without those of failed steps: `header.failures` tells of these, also where only the verdict has been written. */
  readonly verdicts: readonly Verdict[];
  readonly undos: readonly UndoRecord[];
  /** What they hold is also among intents, outcomes and failures above (lib/runtime/shards.ts). */
  readonly shards: readonly Shard[];
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
  /** The current input, or an earlier epoch's by its digest. */
  input(runId: string, digest?: string): Promise<KeptInput | undefined>;
  record(runId: string): Promise<RunRecord | undefined>;
  applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined>;
  list(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }>;

  /**
   * Conditional on phase = forward, epoch = the intent's, deadline ahead of `intent.at`, no intent for this visit; or,
   * with `after`, exactly that one, whose lease is over and which has not failed: what is safe to repeat is then repeated
   * under the same key, and counts no further intent. Who asks again under its nonce is granted what it has.
   */
  intend(
    runId: string,
    intent: Intent,
    more?: { readonly execution?: string; readonly after?: Intent },
  ): Promise<
    | IntentGranted
    | { readonly kind: 'fenced'; readonly phase: Phase }
    | { readonly kind: 'stale'; readonly epoch: number }
    | { readonly kind: 'past-deadline'; readonly deadline: number }
    | { readonly kind: 'repeat'; readonly intent: Intent; readonly failure?: FailedOutcome }
    | { readonly kind: 'unknown-run' }
  >;

  /**
   * Once per visit and generation: a late answer and settle's verdict exclude each other. `late`: settle was faster. The
   * very same outcome again is `recorded`, as in every method below: its first answer may have been lost. `superseded`,
   * only of an item in a batch: another invocation has taken over its group.
   */
  apply(
    runId: string,
    outcome: AppliedOutcome,
  ): Promise<
    | { readonly kind: 'recorded' }
    | { readonly kind: 'exists'; readonly outcome: AppliedOutcome }
    | { readonly kind: 'late'; readonly verdict: Verdict }
    | { readonly kind: 'superseded' }
  >;

  /**
   * A failing outcome, once per visit and generation; with `fence` the run's fence goes up in the same write (a fence that
   * is up already is no hindrance), also when the very same outcome was recorded without it. `late`: the run compensates
   * already or is another epoch's. With `of`, only while that is the visit's intent still: `superseded` says that another
   * invocation has taken over, so that what this one failed at says nothing about the effect.
   */
  fail(
    runId: string,
    outcome: FailedOutcome,
    fence: boolean,
    of?: Intent,
  ): Promise<
    | { readonly kind: 'recorded' }
    | { readonly kind: 'exists'; readonly outcome: FailedOutcome }
    | { readonly kind: 'superseded' }
    | { readonly kind: 'late'; readonly phase: Phase }
  >;

  /**
   * Conditional on phase = forward, the epoch, and the deadline ahead of `at`; harmless where it was opened before. From
   * then on the run's record tells of the shard, so that whoever raises the fence knows what to close.
   */
  openShard(
    runId: string,
    shard: ShardKey,
    by: { readonly epoch: number; readonly at: number; readonly execution?: string },
  ): Promise<
    | { readonly kind: 'granted'; readonly deadline: number; readonly traceparent?: string }
    | { readonly kind: 'fenced'; readonly phase: Phase }
    | { readonly kind: 'stale'; readonly epoch: number }
    | { readonly kind: 'past-deadline'; readonly deadline: number }
    | { readonly kind: 'unknown-run' }
  >;

  /** One that was never opened has no groups. */
  shard(runId: string, key: ShardKey): Promise<Shard>;

  /**
   * Conditional on the shard not being closed in this or a later epoch, and on its last group of this epoch being `after`
   * (left out: on there being none). Who asks again under its nonce is granted what it has. Whether `after` is over, the
   * caller has made sure of: told of by `recordGroup`, be it by nothing.
   */
  intendGroup(
    runId: string,
    intent: GroupIntent,
    after?: GroupIntent,
  ): Promise<
    { readonly kind: 'granted' } | { readonly kind: 'closed' } | { readonly kind: 'taken'; readonly by: GroupIntent }
  >;

  /** Once per group, whatever the phase: `late` where it was told of otherwise. Its failures raise no fence. */
  recordGroup(runId: string, record: GroupRecord): Promise<{ readonly kind: 'recorded' | 'late' }>;

  /** From now on no group of it begins in that epoch or before; harmless where it is closed. */
  closeShard(runId: string, key: ShardKey, epoch: number): Promise<void>;

  /**
   * Before a failing outcome of a visit without an intent, where two executions of an epoch may pass it: whether it failed
   * or was applied is decided by one write, so that both go the same way. The verdict is `failed` and has the outcome.
   */
  decideFailed(
    runId: string,
    verdict: Verdict,
  ): Promise<{ readonly kind: 'recorded' } | { readonly kind: 'exists'; readonly by: AppliedOutcome | Verdict }>;

  /** Conditional on phase = forward and the epoch; harmless again. */
  pass(
    runId: string,
    passed: Passed,
  ): Promise<
    { readonly kind: 'recorded' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /** forward -> fenced, for failures that no handler saw, cancels and deadlines; harmless when it is up already. */
  fence(runId: string, epoch: number, error: RunError): Promise<{ readonly phase: Phase } | undefined>;

  /** forward -> succeeded, for this epoch only; `again` when this very close was made before. */
  close(
    runId: string,
    close: {
      readonly epoch: number;
      readonly at: number;
      readonly outputs: Kept;
      readonly degraded?: boolean;
    },
  ): Promise<
    | { readonly kind: 'closed' }
    | { readonly kind: 'again'; readonly outputs: Kept }
    | { readonly kind: 'fenced'; readonly phase: Phase }
    | { readonly kind: 'stale'; readonly epoch: number }
  >;

  /**
   * Takes or renews the compensation: conditional on the epoch, a phase of fenced or compensating, and nobody else's
   * lease being alive at `at`. The phase is `compensating` after it.
   */
  compensate(
    runId: string,
    claim: { readonly epoch: number; readonly owner: string; readonly at: number; readonly leaseUntil: number },
  ): Promise<
    | { readonly kind: 'granted' }
    | { readonly kind: 'held'; readonly by: Compensator }
    | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /**
   * Settles a visit that has no applied outcome: conditional on there being none and no verdict but `in-doubt`, on the
   * verdict's epoch, and on `owner` compensating the run; an operator (no owner) needs a run that has ended otherwise than
   * well.
   */
  decide(
    runId: string,
    verdict: Verdict,
    owner?: string,
  ): Promise<
    | { readonly kind: 'recorded' }
    | { readonly kind: 'exists'; readonly by: AppliedOutcome | Verdict }
    | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /**
   * A round of an undo's call: conditional on `owner` compensating the run in this epoch (without one: on the phase
   * forward), and on there being no record of the call, or exactly the one of round `after`, not done and not accepted.
   * `record.state` is `live`.
   */
  intendUndo(
    runId: string,
    record: UndoRecord,
    more: { readonly owner?: string; readonly after?: string },
  ): Promise<
    | { readonly kind: 'granted' }
    | { readonly kind: 'exists'; readonly record: UndoRecord }
    | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /** What became of a round: conditional on its nonce and its being live still, on nothing else. */
  recordUndo(runId: string, record: UndoRecord): Promise<{ readonly kind: 'recorded' | 'late' }>;

  /** An operator's word on an undo, whatever it is at: conditional on the epoch and the phase needs-attention. */
  overrule(
    runId: string,
    record: UndoRecord,
  ): Promise<
    { readonly kind: 'recorded' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /** compensating -> the final phase that settle decided; conditional on the epoch and the owner. */
  finish(
    runId: string,
    end: {
      readonly epoch: number;
      readonly owner: string;
      readonly at: number;
      readonly phase: Phase;
      readonly reason?: string;
    },
  ): Promise<
    { readonly kind: 'finished' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /** needs-attention -> compensating, nobody's yet, and released: the undo machine settles it once more. */
  resume(
    runId: string,
    epoch: number,
  ): Promise<
    { readonly kind: 'resumed' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  /**
   * compensated, failed or needs-attention -> forward in the next epoch, under another deadline and perhaps another plan
   * and input. What was recorded stays; error, reason, end and compensator go.
   */
  reopen(
    runId: string,
    next: {
      readonly epoch: number;
      readonly deadline: number;
      readonly planHash: string;
      readonly input?: { readonly value: KeptInput; readonly digest: string };
    },
  ): Promise<
    { readonly kind: 'reopened' } | { readonly kind: 'not-now'; readonly phase: Phase; readonly epoch: number }
  >;

  audit(runId: string, entry: AuditEntry): Promise<void>;
  /** Oldest first. */
  audits(runId: string): Promise<readonly AuditEntry[]>;
}
