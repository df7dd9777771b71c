/** What all runs of a deployment share: a system's breaker, limits and promise, and the locks between runs. */
import { DEFAULTS } from '../model/defaults.ts';
import type {
  BreakerPolicy,
  PlanHealth,
  PlanLock,
  PlanOperation,
  PlanSlo,
  PlanSystem,
  RateLimitPolicy,
} from '../model/plan.ts';
import type { LinkedHealth } from '../model/links.ts';
import type {
  BreakerPolicy as DeclaredBreaker,
  HealthPolicy,
  LockPolicy,
  RateLimitPolicy as DeclaredLimit,
  SloPolicy,
  SystemPolicy,
} from '../model/policy.ts';
import { parseValue } from '../expressions/values.ts';
import { planParameters } from './requests.ts';
import { planCriteria } from './values.ts';

export type PlanProtection = Pick<PlanSystem, 'breaker' | 'rateLimit' | 'concurrency' | 'health' | 'slo'>;

/** `asking`: how its health is asked for; with it what the operation is in the plan. */
export function planProtection(
  { breaker, rateLimit, concurrency, health, slo }: SystemPolicy,
  asking?: Asking,
): PlanProtection {
  const asked = health && planHealth(health, asking);
  return {
    ...(breaker && { breaker: planBreaker(breaker) }),
    ...(rateLimit && { rateLimit: planRateLimit(rateLimit) }),
    ...(concurrency !== undefined && { concurrency }),
    ...(asked && { health: asked }),
    ...(slo && { slo: planSlo(slo) }),
  };
}

function planBreaker(declared: DeclaredBreaker): BreakerPolicy {
  const { breaker } = DEFAULTS;
  const { slowRate, slowAfter } = declared;
  return {
    failureRate: declared.failureRate ?? breaker.failureRate,
    ...(slowRate !== undefined && { slowRate }),
    ...(slowAfter !== undefined && { slowAfterMs: slowAfter }),
    windowMs: declared.window ?? breaker.windowMs,
    minimumCalls: declared.minimumCalls ?? breaker.minimumCalls,
    openForMs: declared.openFor ?? breaker.openForMs,
    trialCalls: declared.trialCalls ?? breaker.trialCalls,
  };
}

export interface Asking {
  readonly linked: LinkedHealth['linked'];
  readonly operation?: PlanOperation;
}

function planHealth(policy: HealthPolicy, asking: Asking | undefined): PlanHealth | undefined {
  const { path, every, timeout, unhealthyAfter, healthyAfter } = policy;
  const { everyMs, timeoutMs } = DEFAULTS.health;
  const criteria = planCriteria(asking?.linked.step.successCriteria ?? []);
  const times = {
    everyMs: every ?? everyMs,
    timeoutMs: timeout ?? timeoutMs,
    ...(criteria.length > 0 && { criteria }),
    ...(unhealthyAfter !== undefined && { unhealthyAfter }),
    ...(healthyAfter !== undefined && { healthyAfter }),
  };
  if (path !== undefined) return { path, ...times };
  if (!asking?.operation) return undefined;
  return { call: { operation: asking.operation, parameters: planParameters(asking.linked.parameters) }, ...times };
}

export function planSlo({ availability, latency, window }: SloPolicy): PlanSlo {
  return {
    ...(availability !== undefined && { availability }),
    ...(latency && { latency: { percentile: latency.percentile, belowMs: latency.below } }),
    windowMs: window ?? DEFAULTS.slo.windowMs,
  };
}

function planRateLimit({ requests, per, burst }: DeclaredLimit): RateLimitPolicy {
  return { requests, perMs: per, burst: burst ?? requests };
}

export function planLock({ key, lease, wait }: LockPolicy, deadlineMs: number): PlanLock {
  return { key: parseValue(key), leaseMs: lease ?? DEFAULTS.lockLeaseMs, waitMs: wait ?? deadlineMs };
}
