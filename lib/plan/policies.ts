/**
 * Policies of a call as the plan states them: what its own x-interlock says, else what its system's says, else the
 * defaults (contracts). Arazzo's own `timeout` (milliseconds, one attempt) stands where x-interlock gives no `timeouts`.
 */
import type { LinkedStep, OperationTarget } from '../model/links.ts';
import { DEFAULTS } from '../model/defaults.ts';
import { isIdempotentMethod, isSafeMethod } from '../model/methods.ts';
import type { Method } from '../model/openapi.ts';
import type { Effect, Idempotency, PlanCache, PlanCall, RetryPolicy } from '../model/plan.ts';
import type {
  IdempotencyPolicy,
  RetryPolicy as DeclaredRetry,
  StepPolicy,
  SystemPolicy,
  UndoPolicy,
} from '../model/policy.ts';

export type CallPolicies = Pick<
  PlanCall,
  'effect' | 'timeoutsMs' | 'retry' | 'leaseMs' | 'graceMs' | 'idempotency' | 'sensitive' | 'cache'
>;

export interface PolicySources {
  readonly linked: LinkedStep;
  readonly target: OperationTarget;
  readonly step: StepPolicy;
  readonly system: SystemPolicy;
}

/** Between the end of the last attempt and the outcome's write. */
const LEASE_MARGIN_MS = 2_000;

/** A function ends after 15 minutes; the state's margin and the host's start-up take the rest. */
export const MAX_LEASE_MS: number = 14 * 60_000;

export function stepPolicies(sources: PolicySources): CallPolicies {
  const { step, system, target } = sources;
  if (target.operation.message?.action === 'receive') return receivePolicies(sources);
  const timeoutsMs = timeoutsOf(sources);
  const retry = planRetryPolicy(DEFAULTS.retry, { ...system.retry, ...step.retry });
  const cache = planCache(sources);
  const call = callPolicies(sources, timeoutsMs, step.idempotency);
  return { ...call, retry, leaseMs: leaseOf(timeoutsMs, retry), ...(cache && { cache }) };
}

/** The machine waits for the message; the handler only reads what has come. */
function receivePolicies(sources: PolicySources): CallPolicies {
  const timeoutsMs = [DEFAULTS.attemptTimeoutMs];
  const retry = { ...DEFAULTS.retry, attempts: 1 };
  return { ...callPolicies(sources, timeoutsMs, undefined), retry, leaseMs: leaseOf(timeoutsMs, retry) };
}

/** Of what only reads; the step's own word wins. A probe and an undo's read want to know how it is now. */
function planCache({ step, system, target }: PolicySources): PlanCache | undefined {
  const declared = step.cache ?? system.cache;
  if (declared === undefined || declared === false || !isSafeMethod(target.operation.method)) return undefined;
  const { ttl, staleIfError } = declared;
  return {
    ...(ttl !== undefined && { ttlMs: ttl }),
    ...(staleIfError !== undefined && { staleIfErrorMs: staleIfError }),
  };
}

/**
 * A round of an undo: as many attempts as one invocation may hold, with the waits that an undo has. What is left of its
 * attempts is for further rounds. `step` is empty where an operation undoes, else the policy of the workflow's step.
 */
export function undoPolicies(sources: PolicySources, undo: UndoPolicy): CallPolicies {
  const { step, system } = sources;
  const timeoutsMs = timeoutsOf(sources, undo.timeouts);
  const { cap: _cap, ...ofSystem } = system.retry ?? {};
  const undoRetry = { ...DEFAULTS.retry, capMs: DEFAULTS.undo.capMs };
  const declared = planRetryPolicy(undoRetry, { ...ofSystem, ...undo.retry, ...step.retry });
  const total = undo.retry?.attempts ?? DEFAULTS.undo.attempts;
  const most = Math.min(total, DEFAULTS.undo.roundAttempts, step.retry?.attempts ?? total);
  const retry = { ...declared, attempts: attemptsThatFit(timeoutsMs, declared, most) };
  const idempotency = step.idempotency ?? undo.idempotency;
  return { ...callPolicies(sources, timeoutsMs, idempotency), retry, leaseMs: leaseOf(timeoutsMs, retry) };
}

function callPolicies(
  { step, system, target }: PolicySources,
  timeoutsMs: readonly number[],
  declared: IdempotencyPolicy | undefined,
): Omit<CallPolicies, 'retry' | 'leaseMs'> {
  const idempotency = planIdempotency(declared);
  return {
    effect: effectOf(target.operation.method, declared),
    timeoutsMs,
    graceMs: system.grace ?? timeoutAt(timeoutsMs, timeoutsMs.length - 1),
    ...(idempotency && { idempotency }),
    sensitive: step.sensitive ?? [],
  };
}

function timeoutsOf({ step, linked, system }: PolicySources, undo?: readonly number[]): readonly number[] {
  const { timeout } = linked.step;
  const own = step.timeouts ?? (timeout === undefined ? undefined : [timeout]);
  return own ?? undo ?? system.timeouts ?? [DEFAULTS.attemptTimeoutMs];
}

function effectOf(method: Method, declared: IdempotencyPolicy | undefined): Effect {
  if (isSafeMethod(method)) return 'safe';
  return declared || isIdempotentMethod(method) ? 'idempotent' : 'unsafe';
}

function planRetryPolicy(defaults: RetryPolicy, declared: DeclaredRetry): RetryPolicy {
  return {
    attempts: declared.attempts ?? defaults.attempts,
    intervalMs: declared.interval ?? defaults.intervalMs,
    backoff: declared.backoff ?? defaults.backoff,
    capMs: declared.cap ?? defaults.capMs,
    jitter: declared.jitter ?? defaults.jitter,
  };
}

function attemptsThatFit(timeoutsMs: readonly number[], retry: RetryPolicy, most: number): number {
  let attempts = Math.max(1, most);
  while (attempts > 1 && leaseOf(timeoutsMs, { ...retry, attempts }) > MAX_LEASE_MS) attempts -= 1;
  return attempts;
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

/** None where the request may be repeated by its nature: as with PUT, a repetition's answer says nothing of the first try. */
function planIdempotency(declared: IdempotencyPolicy | undefined): Idempotency | undefined {
  if (!declared || declared.natural) return undefined;
  const { header, field, retention } = declared;
  return {
    ...(header !== undefined && { header }),
    ...(field !== undefined && { field }),
    retentionMs: retention ?? DEFAULTS.idempotencyRetentionMs,
  };
}
