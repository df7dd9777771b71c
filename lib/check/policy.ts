/**
 * x-interlock, checked (policy-check.ts), as typed policies with durations in milliseconds. Total: what has not the right
 * form is left out, and has its diagnostic there. Nothing is defaulted here: lib/plan must tell what was declared from
 * what was not.
 */
import { durationMs } from '../model/duration.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type {
  BreakerPolicy,
  CachePolicy,
  CompensatePolicy,
  ForEachPolicy,
  HealthPolicy,
  IdempotencyPolicy,
  InteractionPolicy,
  LockPolicy,
  PollPolicy,
  RateLimitPolicy,
  RetryPolicy,
  SloPolicy,
  StepPolicy,
  SystemPolicy,
  UndoPolicy,
  UndoRetryPolicy,
  WorkflowPolicy,
} from '../model/policy.ts';

/** How lib/plan comes by the policies of the model's nodes. */
export interface TypedPolicies {
  ofSystem(policy: JsonObject): SystemPolicy;
  ofWorkflow(policy: JsonObject): WorkflowPolicy;
  ofStep(policy: JsonObject): StepPolicy;
}

export const typedPolicies: TypedPolicies = {
  ofSystem: (policy) =>
    present({
      system: text(policy, 'system'),
      version: text(policy, 'version'),
      dependsOn: texts(policy, 'dependsOn'),
      retry: retry(policy),
      timeouts: timeouts(policy),
      grace: duration(policy, 'grace'),
      breaker: breaker(policy),
      rateLimit: rateLimit(policy),
      concurrency: number(policy, 'concurrency'),
      cache: cache(policy),
      contract: contract(policy),
      health: health(policy),
      slo: slo(policy),
    }),
  ofWorkflow: (policy) =>
    present({
      parallel: flag(policy, 'parallel'),
      deadline: duration(policy, 'deadline'),
      mode: word(policy, 'mode', ['standard', 'express'] as const),
      onFailure: word(policy, 'onFailure', ['compensate', 'hold'] as const),
      sensitive: texts(policy, 'sensitive'),
      lock: lock(policy),
      slo: slo(policy),
    }),
  ofStep: (policy) =>
    present({
      retry: retry(policy),
      timeouts: timeouts(policy),
      idempotency: idempotency(policy),
      sensitive: texts(policy, 'sensitive'),
      compensate: compensate(policy),
      onChange: word(policy, 'onChange', ['refuse', 'redo'] as const),
      cache: cache(policy),
      concurrency: number(policy, 'concurrency'),
      forEach: forEach(policy),
      poll: poll(policy),
      interaction: interaction(policy),
    }),
};

function forEach(policy: JsonObject): ForEachPolicy | undefined {
  const value = own(policy, 'forEach');
  if (!isObject(value)) return undefined;
  const tolerate = number(value, 'tolerate') ?? word(value, 'tolerate', ['all'] as const);
  return present({ concurrency: number(value, 'concurrency'), tolerate });
}

function poll(policy: JsonObject): PollPolicy | undefined {
  const value = own(policy, 'poll');
  if (!isObject(value)) return undefined;
  return present({
    every: duration(value, 'every'),
    backoff: number(value, 'backoff'),
    cap: duration(value, 'cap'),
    deadline: duration(value, 'deadline'),
    heartbeat: duration(value, 'heartbeat'),
  });
}

function interaction(policy: JsonObject): InteractionPolicy | undefined {
  const value = own(policy, 'interaction');
  const type = isObject(value) ? word(value, 'type', ['approval', 'form', 'acknowledge'] as const) : undefined;
  if (!isObject(value) || type === undefined) return undefined;
  return {
    type,
    ...present({
      title: text(value, 'title'),
      schema: own(value, 'schema'),
      deadline: duration(value, 'deadline'),
      onTimeout: word(value, 'onTimeout', ['approve', 'reject', 'fail'] as const),
    }),
  };
}

function compensate(policy: JsonObject): CompensatePolicy | undefined {
  const value = own(policy, 'compensate');
  if (!isObject(value)) return undefined;
  const none = text(value, 'none');
  return none === undefined ? undoPolicy(value) : { none };
}

function undoPolicy(value: JsonObject): UndoPolicy {
  return present({
    whenInDoubt: word(value, 'whenInDoubt', ['undo', 'probe', 'ask'] as const),
    independent: flag(value, 'independent'),
    retry: undoRetry(value),
    timeouts: timeouts(value),
    idempotency: idempotency(value),
  });
}

function undoRetry(policy: JsonObject): UndoRetryPolicy | undefined {
  const value = own(policy, 'retry');
  if (!isObject(value)) return undefined;
  return present({ ...retry(policy), budget: duration(value, 'budget') });
}

function breaker(policy: JsonObject): BreakerPolicy | undefined {
  const value = own(policy, 'breaker');
  if (!isObject(value)) return undefined;
  return present({
    failureRate: number(value, 'failureRate'),
    slowRate: number(value, 'slowRate'),
    slowAfter: duration(value, 'slowAfter'),
    window: duration(value, 'window'),
    minimumCalls: number(value, 'minimumCalls'),
    openFor: duration(value, 'openFor'),
    trialCalls: number(value, 'trialCalls'),
  });
}

function rateLimit(policy: JsonObject): RateLimitPolicy | undefined {
  const value = own(policy, 'rateLimit');
  const requests = isObject(value) ? number(value, 'requests') : undefined;
  const per = isObject(value) ? duration(value, 'per') : undefined;
  if (!isObject(value) || requests === undefined || per === undefined) return undefined;
  return { requests, per, ...present({ burst: number(value, 'burst') }) };
}

function cache(policy: JsonObject): CachePolicy | false | undefined {
  const value = own(policy, 'cache');
  if (value === true) return {};
  if (!isObject(value)) return value === false ? false : undefined;
  return present({ ttl: duration(value, 'ttl'), staleIfError: duration(value, 'staleIfError') });
}

function contract(policy: JsonObject): SystemPolicy['contract'] {
  const value = own(policy, 'contract');
  if (!isObject(value)) return undefined;
  const words = ['enforce', 'report', 'ignore'] as const;
  return present({ requests: word(value, 'requests', words), responses: word(value, 'responses', words) });
}

function health(policy: JsonObject): HealthPolicy | undefined {
  const value = own(policy, 'health');
  if (!isObject(value)) return undefined;
  return present({
    path: text(value, 'path'),
    every: duration(value, 'every'),
    timeout: duration(value, 'timeout'),
    unhealthyAfter: number(value, 'unhealthyAfter'),
    healthyAfter: number(value, 'healthyAfter'),
  });
}

function slo(policy: JsonObject): SloPolicy | undefined {
  const value = own(policy, 'slo');
  if (!isObject(value)) return undefined;
  return present({
    availability: number(value, 'availability'),
    latency: latency(value),
    window: duration(value, 'window'),
  });
}

function latency(slo: JsonObject): SloPolicy['latency'] {
  const value = own(slo, 'latency');
  if (!isObject(value)) return undefined;
  const percentile = number(value, 'percentile');
  const below = duration(value, 'below');
  return percentile === undefined || below === undefined ? undefined : { percentile, below };
}

function lock(policy: JsonObject): LockPolicy | undefined {
  const value = own(policy, 'lock');
  const key = isObject(value) ? text(value, 'key') : undefined;
  if (!isObject(value) || key === undefined) return undefined;
  return { key, ...present({ lease: duration(value, 'lease'), wait: duration(value, 'wait') }) };
}

function retry(policy: JsonObject): RetryPolicy | undefined {
  const value = own(policy, 'retry');
  if (!isObject(value)) return undefined;
  return present({
    attempts: number(value, 'attempts'),
    interval: duration(value, 'interval'),
    backoff: number(value, 'backoff'),
    cap: duration(value, 'cap'),
    jitter: word(value, 'jitter', ['full', 'none'] as const),
  });
}

function idempotency(policy: JsonObject): IdempotencyPolicy | undefined {
  const value = own(policy, 'idempotency');
  if (value === 'natural') return { natural: true };
  if (!isObject(value)) return undefined;
  return present({
    header: text(value, 'header'),
    field: text(value, 'field'),
    retention: duration(value, 'retention'),
  });
}

function timeouts(policy: JsonObject): readonly number[] | undefined {
  const value = own(policy, 'timeouts');
  const durations = (Array.isArray(value) ? (value as readonly Json[]) : [value ?? null]).flatMap(
    (one) => milliseconds(one) ?? [],
  );
  return durations.length > 0 ? durations : undefined;
}

function duration(object: JsonObject, key: string): number | undefined {
  return milliseconds(own(object, key) ?? null);
}

function milliseconds(value: Json): number | undefined {
  return typeof value === 'string' ? durationMs(value) : undefined;
}

function text(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}

function texts(object: JsonObject, key: string): readonly string[] | undefined {
  const value = own(object, key);
  return Array.isArray(value) ? value.filter((one: Json) => typeof one === 'string') : undefined;
}

function flag(object: JsonObject, key: string): boolean | undefined {
  const value = own(object, key);
  return typeof value === 'boolean' ? value : undefined;
}

function number(object: JsonObject, key: string): number | undefined {
  const value = own(object, key);
  return typeof value === 'number' ? value : undefined;
}

function word<W extends string>(object: JsonObject, key: string, words: readonly W[]): W | undefined {
  const value = own(object, key);
  return words.find((one) => one === value);
}

/** The members that are there: an absent policy has no key at all. */
function present<T extends object>(members: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries forgets which value goes with which key; nothing but undefined was taken out.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
