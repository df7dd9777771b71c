/**
 * Policies of a step as the plan states them: what its x-interlock says, else what its system's says, else the defaults
 * (contracts). Arazzo's own `timeout` (milliseconds, one attempt) stands where x-interlock gives no `timeouts`.
 */
import type { LinkedStep, OperationTarget } from '../model/links.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { Effect, Idempotency, PlanStep, RetryPolicy } from '../model/plan.ts';
import type { RetryPolicy as DeclaredRetry, StepPolicy, SystemPolicy } from '../model/policy.ts';

export type StepPolicies = Pick<
  PlanStep,
  'effect' | 'timeoutsMs' | 'retry' | 'leaseMs' | 'graceMs' | 'idempotency' | 'sensitive'
>;

export interface PolicySources {
  readonly linked: LinkedStep;
  readonly target: OperationTarget;
  readonly step: StepPolicy;
  readonly system: SystemPolicy;
}

/** Between the end of the last attempt and the outcome's write. */
const LEASE_MARGIN_MS = 2_000;

const SAFE_METHODS: ReadonlySet<string> = new Set(['get', 'head', 'options', 'trace', 'query']);
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['put', 'delete']);

export function stepPolicies(sources: PolicySources): StepPolicies {
  const { step, system, linked, target } = sources;
  const timeoutsMs = step.timeouts ??
    (linked.step.timeout === undefined ? undefined : [linked.step.timeout]) ??
    system.timeouts ?? [DEFAULTS.attemptTimeoutMs];
  const retry = planRetryPolicy(step.retry, system.retry);
  const idempotency = planIdempotency(step);
  return {
    effect: effectOf(target.operation.method, idempotency),
    timeoutsMs,
    retry,
    leaseMs: leaseOf(timeoutsMs, retry),
    graceMs: system.grace ?? timeoutAt(timeoutsMs, timeoutsMs.length - 1),
    ...(idempotency && { idempotency }),
    sensitive: step.sensitive ?? [],
  };
}

/** RFC 9110 section 9.2: what repeating a call may do, unless the author declared a key. */
function effectOf(method: string, idempotency: Idempotency | undefined): Effect {
  if (SAFE_METHODS.has(method)) return 'safe';
  return idempotency || IDEMPOTENT_METHODS.has(method) ? 'idempotent' : 'unsafe';
}

function planRetryPolicy(step: DeclaredRetry | undefined, system: DeclaredRetry | undefined): RetryPolicy {
  const declared = { ...system, ...step };
  return {
    attempts: declared.attempts ?? DEFAULTS.retry.attempts,
    intervalMs: declared.interval ?? DEFAULTS.retry.intervalMs,
    backoff: declared.backoff ?? DEFAULTS.retry.backoff,
    capMs: declared.cap ?? DEFAULTS.retry.capMs,
    jitter: declared.jitter ?? DEFAULTS.retry.jitter,
  };
}

/** All attempts in one invocation, each with its timeout, the longest waits between them, and a margin. */
function leaseOf(timeoutsMs: readonly number[], retry: RetryPolicy): number {
  let lease = LEASE_MARGIN_MS;
  for (let attempt = 0; attempt < retry.attempts; attempt += 1) {
    lease += timeoutAt(timeoutsMs, attempt);
    if (attempt > 0) lease += Math.min(retry.capMs, retry.intervalMs * retry.backoff ** (attempt - 1));
  }
  return Math.ceil(lease);
}

export function timeoutAt(timeoutsMs: readonly number[], attempt: number): number {
  return timeoutsMs[Math.min(attempt, timeoutsMs.length - 1)] ?? DEFAULTS.attemptTimeoutMs;
}

function planIdempotency(step: StepPolicy): Idempotency | undefined {
  if (!step.idempotency) return undefined;
  const { header, field, retention } = step.idempotency;
  return {
    ...(header !== undefined && { header }),
    ...(field !== undefined && { field }),
    retentionMs: retention ?? DEFAULTS.idempotencyRetentionMs,
  };
}
