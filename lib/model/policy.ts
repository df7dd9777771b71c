/**
 * What a description asks of Interlock beyond Arazzo: the x-interlock of a system (source description), a workflow and a
 * step, checked and typed. Durations are milliseconds; a key that is not there stays absent, so that lib/plan can tell a
 * declared value from a default (defaults.ts).
 */

import type { Json } from './json.ts';

export interface SystemPolicy {
  /** The name under which all integrations of a deployment share its breaker, limits, health and metrics. */
  readonly system?: string;
  /** The range of API versions that the integration was made for. */
  readonly version?: string;
  /** Names of source descriptions. */
  readonly dependsOn?: readonly string[];
  readonly retry?: RetryPolicy;
  /** Of attempt n, or the last one of the list. */
  readonly timeouts?: readonly number[];
  /** How long after an attempt's deadline its effect may still land. */
  readonly grace?: number;
  readonly breaker?: BreakerPolicy;
  readonly rateLimit?: RateLimitPolicy;
  /** Calls under way at once. */
  readonly concurrency?: number;
  readonly cache?: CachePolicy | false;
  readonly contract?: { readonly requests?: Enforcement; readonly responses?: Enforcement };
  readonly health?: HealthPolicy;
  readonly slo?: SloPolicy;
}

/** What is promised: at least one of availability and latency, which the check sees to. */
export interface SloPolicy {
  /** A share, above 0 and below 1. */
  readonly availability?: number;
  /** So many percent take no longer. */
  readonly latency?: { readonly percentile: number; readonly below: number };
  readonly window?: number;
}

/** What `health` says besides what it calls, which is linked like a step. */
export interface HealthPolicy {
  /** Absent: an operation is called. */
  readonly path?: string;
  readonly every?: number;
  readonly timeout?: number;
  /** Bad answers in a row. */
  readonly unhealthyAfter?: number;
  /** Good ones. */
  readonly healthyAfter?: number;
}

export interface CachePolicy {
  readonly ttl?: number;
  readonly staleIfError?: number;
}

export type Enforcement = 'enforce' | 'report' | 'ignore';

export interface BreakerPolicy {
  readonly failureRate?: number;
  readonly slowRate?: number;
  readonly slowAfter?: number;
  readonly window?: number;
  readonly minimumCalls?: number;
  readonly openFor?: number;
  readonly trialCalls?: number;
}

export interface RateLimitPolicy {
  readonly requests: number;
  readonly per: number;
  readonly burst?: number;
}

export interface WorkflowPolicy {
  /** Only `dependsOn` and output references order the steps. */
  readonly parallel?: boolean;
  readonly deadline?: number;
  readonly mode?: 'standard' | 'express';
  readonly onFailure?: 'compensate' | 'hold';
  /** Names of inputs and outputs. */
  readonly sensitive?: readonly string[];
  readonly lock?: LockPolicy;
  readonly slo?: SloPolicy;
}

export interface LockPolicy {
  /** A text with expressions. */
  readonly key: string;
  readonly lease?: number;
  readonly wait?: number;
}

export interface StepPolicy {
  readonly retry?: RetryPolicy;
  readonly timeouts?: readonly number[];
  readonly idempotency?: IdempotencyPolicy;
  /** Names of outputs. */
  readonly sensitive?: readonly string[];
  readonly compensate?: CompensatePolicy;
  readonly onChange?: 'refuse' | 'redo';
  readonly cache?: CachePolicy | false;
  /** Calls of this step under way at once, over all runs. */
  readonly concurrency?: number;
  readonly forEach?: ForEachPolicy;
  readonly poll?: PollPolicy;
  readonly interaction?: InteractionPolicy;
}

/** What `poll` says besides its request and criteria, which are linked like a step. */
export interface PollPolicy {
  readonly every?: number;
  readonly backoff?: number;
  readonly cap?: number;
  readonly deadline?: number;
  readonly heartbeat?: number;
}

export interface InteractionPolicy {
  readonly type: 'approval' | 'form' | 'acknowledge';
  readonly title?: string;
  readonly schema?: Json;
  readonly deadline?: number;
  readonly onTimeout?: 'approve' | 'reject' | 'fail';
}

/** What `forEach` says besides its values, which are read like a step's. */
export interface ForEachPolicy {
  readonly concurrency?: number;
  readonly tolerate?: number | 'all';
}

/** What `compensate` says besides what it calls, which is linked like a step. */
export type CompensatePolicy = { readonly none: string } | UndoPolicy;

export interface UndoPolicy {
  readonly whenInDoubt?: 'undo' | 'probe' | 'ask';
  readonly independent?: boolean;
  /** `attempts` over all rounds of a call. */
  readonly retry?: UndoRetryPolicy;
  readonly timeouts?: readonly number[];
  readonly idempotency?: IdempotencyPolicy;
}

export interface UndoRetryPolicy extends RetryPolicy {
  /** From the first round; after it the undo is left to an operator. */
  readonly budget?: number;
}

export interface RetryPolicy {
  /** The first one included. */
  readonly attempts?: number;
  readonly interval?: number;
  readonly backoff?: number;
  readonly cap?: number;
  readonly jitter?: 'full' | 'none';
}

/** Exactly one of header, field and natural. */
export interface IdempotencyPolicy {
  /** The request made again changes nothing more: no key is needed. */
  readonly natural?: true;
  readonly header?: string;
  /** JSON Pointer into the request body. */
  readonly field?: string;
  /** How long the system remembers a key. */
  readonly retention?: number;
}
