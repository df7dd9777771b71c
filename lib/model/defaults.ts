/**
 * What applies where a description says nothing: the one table of defaults, read by lib/plan and the handlers and
 * printed by `interlock check --defaults`. Durations are milliseconds, sizes bytes.
 */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export interface Defaults {
  readonly attemptTimeoutMs: number;
  /** Of what is safe to repeat; nothing else is repeated. */
  readonly retry: RetryDefaults;
  readonly undo: { readonly attempts: number; readonly capMs: number; readonly budgetMs: number };
  readonly deadlineMs: { readonly standard: number; readonly express: number };
  /** Step visits of one run, against an endless goto. */
  readonly stepBudget: number;
  readonly idempotencyRetentionMs: number;
  /** A value above it travels by reference. */
  readonly blobThresholdBytes: number;
  readonly responseLimitBytes: number;
  readonly contract: { readonly requests: 'enforce' | 'report'; readonly responses: 'enforce' | 'report' };
  readonly onFailure: 'compensate' | 'hold';
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
  undo: { attempts: 8, capMs: 5 * minute, budgetMs: 24 * hour },
  deadlineMs: { standard: hour, express: 4 * minute },
  stepBudget: 500,
  idempotencyRetentionMs: 24 * hour,
  blobThresholdBytes: 8 * 1_024,
  responseLimitBytes: 10 * 1_024 * 1_024,
  contract: { requests: 'enforce', responses: 'report' },
  onFailure: 'compensate',
};
