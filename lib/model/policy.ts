/**
 * What a description asks of Interlock beyond Arazzo: the x-interlock of a system (source description), a workflow and a
 * step, checked and typed. Durations are milliseconds; a key that is not there stays absent, so that lib/plan can tell a
 * declared value from a default (defaults.ts). Only keys whose feature is built have a type here: the others are refused
 * before anybody reads them (lib/check/policy-support.ts).
 */

export interface SystemPolicy {
  /** The name under which all integrations of a deployment share its breaker, limits, health and metrics. */
  readonly system?: string;
  /** The range of API versions that the integration was made for. */
  readonly version?: string;
  readonly retry?: RetryPolicy;
  /** Of attempt n, or the last one of the list. */
  readonly timeouts?: readonly number[];
  /** How long after an attempt's deadline its effect may still land. */
  readonly grace?: number;
}

export interface WorkflowPolicy {
  /** Only `dependsOn` and output references order the steps. */
  readonly parallel?: boolean;
  readonly deadline?: number;
  readonly mode?: 'standard' | 'express';
  readonly onFailure?: 'compensate' | 'hold';
  /** Names of inputs and outputs. */
  readonly sensitive?: readonly string[];
}

export interface StepPolicy {
  readonly retry?: RetryPolicy;
  readonly timeouts?: readonly number[];
  readonly idempotency?: IdempotencyPolicy;
  /** Names of outputs. */
  readonly sensitive?: readonly string[];
}

export interface RetryPolicy {
  /** The first one included. */
  readonly attempts?: number;
  readonly interval?: number;
  readonly backoff?: number;
  readonly cap?: number;
  readonly jitter?: 'full' | 'none';
}

/** Exactly one of header and field. */
export interface IdempotencyPolicy {
  readonly header?: string;
  /** JSON Pointer into the request body. */
  readonly field?: string;
  /** How long the system remembers a key. */
  readonly retention?: number;
}
