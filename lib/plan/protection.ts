/** What all runs of a deployment share: a system's breaker and limits, and the locks between runs. */
import { DEFAULTS } from '../model/defaults.ts';
import type { BreakerPolicy, PlanHealth, PlanLock, PlanSystem, RateLimitPolicy } from '../model/plan.ts';
import type {
  BreakerPolicy as DeclaredBreaker,
  HealthPolicy,
  LockPolicy,
  RateLimitPolicy as DeclaredLimit,
  SystemPolicy,
} from '../model/policy.ts';
import { parseValue } from '../expressions/values.ts';

export type PlanProtection = Pick<PlanSystem, 'breaker' | 'rateLimit' | 'concurrency' | 'health'>;

export function planProtection({ breaker, rateLimit, concurrency, health }: SystemPolicy): PlanProtection {
  return {
    ...(breaker && { breaker: planBreaker(breaker) }),
    ...(rateLimit && { rateLimit: planRateLimit(rateLimit) }),
    ...(concurrency !== undefined && { concurrency }),
    ...(health && { health: planHealth(health) }),
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

function planHealth({ path, every, timeout }: HealthPolicy): PlanHealth {
  const { everyMs, timeoutMs } = DEFAULTS.health;
  return { path, everyMs: every ?? everyMs, timeoutMs: timeout ?? timeoutMs };
}

function planRateLimit({ requests, per, burst }: DeclaredLimit): RateLimitPolicy {
  return { requests, perMs: per, burst: burst ?? requests };
}

export function planLock({ key, lease, wait }: LockPolicy, deadlineMs: number): PlanLock {
  return { key: parseValue(key), leaseMs: lease ?? DEFAULTS.lockLeaseMs, waitMs: wait ?? deadlineMs };
}
