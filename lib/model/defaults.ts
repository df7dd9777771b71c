/**
 * What applies where a description says nothing: the one table of defaults, read by lib/plan and the handlers and
 * printed by `interlock check --defaults`. Durations are milliseconds, sizes bytes.
 */
import type { ContractPolicy } from './plan.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export interface Defaults {
  readonly attemptTimeoutMs: number;
  /** Of what is safe to repeat; nothing else is repeated. */
  readonly retry: RetryDefaults;
  readonly undo: UndoDefaults;
  /** Where `breaker` is declared. */
  readonly breaker: BreakerDefaults;
  /** When a run that waits for a lock looks at its owner. */
  readonly lockLeaseMs: number;
  /** Where `slo` is declared. */
  readonly slo: { readonly windowMs: number };
  /** `longestMs`: a question and those that it leads to fit into one invocation of the function that asks. */
  readonly health: { readonly everyMs: number; readonly timeoutMs: number; readonly longestMs: number };
  readonly deadlineMs: { readonly standard: number; readonly express: number };
  readonly express: ExpressDefaults;
  /** Step visits of one run, against an endless goto. */
  readonly stepBudget: number;
  readonly idempotencyRetentionMs: number;
  /** A value above it travels by reference. */
  readonly blobThresholdBytes: number;
  /** No value of a run is larger; of a response there is less. */
  readonly blobLimitBytes: number;
  readonly responseLimitBytes: number;
  readonly contract: ContractPolicy;
  readonly onFailure: 'compensate' | 'hold';
  readonly onChange: 'refuse' | 'redo';
  readonly forEach: ForEachDefaults;
  /** Where `poll` is declared. */
  readonly poll: PollDefaults;
  readonly messages: MessageDefaults;
}

export interface ExpressDefaults {
  /** The service ends an express execution then, wherever it is. */
  readonly executionMs: number;
  /** Of that, for what follows the last step: to close the run, or to hand it over to its undo machine. */
  readonly endingMs: number;
}

/** Of one channel and correlation id. */
export interface MessageDefaults {
  /** How long a message is kept that nobody waits for, and known again that comes twice. */
  readonly keptMs: number;
  /** Messages that are kept. */
  readonly early: number;
  /** Steps that wait. */
  readonly waiting: number;
  /** Messages that were given, by which one that comes twice is known. */
  readonly remembered: number;
  /** Steps that waited in vain. */
  readonly missed: number;
  /** A larger one travels by reference. */
  readonly inlineBytes: number;
}

export interface PollDefaults {
  readonly everyMs: number;
  readonly backoff: number;
  readonly capMs: number;
  /** Of one step: a history has room for 25,000 events. */
  readonly questions: number;
}

export interface ForEachDefaults {
  /** Items under way at once, where `forEach` is declared. */
  readonly concurrency: number;
  /** Of one list. */
  readonly items: number;
  /** A longer list is done in batches (run-contract section 8). */
  readonly over: number;
  /** Items of a batch. */
  readonly batch: number;
  /** Items that begin at once in a batch, and whose intents and outcomes are one write each. */
  readonly group: number;
  /** How long one invocation begins further groups of its batch. */
  readonly beginningMs: number;
}

export interface UndoDefaults {
  readonly attempts: number;
  /** Of these, in one invocation; the others in further rounds. */
  readonly roundAttempts: number;
  readonly capMs: number;
  readonly budgetMs: number;
}

export interface BreakerDefaults {
  readonly failureRate: number;
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly openForMs: number;
  readonly trialCalls: number;
}

export interface RetryDefaults {
  readonly attempts: number;
  readonly intervalMs: number;
  readonly backoff: number;
  readonly capMs: number;
  readonly jitter: 'full' | 'none';
}

export const DEFAULTS: Defaults = {
  attemptTimeoutMs: 10 * second,
  retry: { attempts: 3, intervalMs: 500, backoff: 2, capMs: 20 * second, jitter: 'full' },
  undo: { attempts: 8, roundAttempts: 4, capMs: 5 * minute, budgetMs: 24 * hour },
  breaker: { failureRate: 0.5, windowMs: minute, minimumCalls: 20, openForMs: 30 * second, trialCalls: 3 },
  lockLeaseMs: minute,
  slo: { windowMs: 30 * 24 * hour },
  health: { everyMs: 5 * minute, timeoutMs: 5 * second, longestMs: 25 * second },
  deadlineMs: { standard: hour, express: 4 * minute },
  express: { executionMs: 5 * minute, endingMs: 10 * second },
  stepBudget: 500,
  idempotencyRetentionMs: 24 * hour,
  blobThresholdBytes: 8 * 1_024,
  blobLimitBytes: 16 * 1_024 * 1_024,
  responseLimitBytes: 10 * 1_024 * 1_024,
  contract: { requests: 'enforce', responses: 'report' },
  onFailure: 'compensate',
  onChange: 'refuse',
  forEach: { concurrency: 10, items: 10_000, over: 40, batch: 100, group: 10, beginningMs: minute },
  poll: { everyMs: 5 * second, backoff: 1, capMs: minute, questions: 1_500 },
  messages: { keptMs: 24 * hour, early: 20, waiting: 200, remembered: 50, missed: 5, inlineBytes: 2 * 1_024 },
};
