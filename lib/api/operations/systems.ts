/**
 * The systems as all runs share them: the state of their breakers, how they are by the last answers after their health, what
 * they depend on, and the limits that descriptions declare.
 */
import { type DependsOn, dependsOnIn, likelyCauses } from '../../model/dependencies.ts';
import type { PlanSystem } from '../../model/plan.ts';
import type { BreakerState, Counts } from '../../runtime/ports/breakers.ts';
import type { Environments } from '../../runtime/ports/environment.ts';
import type { HealthRecord } from '../../runtime/upkeep/health-record.ts';
import { isOver, NOTHING, sum } from '../../runtime/protect/breaker.ts';
import { sharedKeysOf } from '../../runtime/protect/target.ts';
import { isoTime } from '../../runtime/run-events.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called } from '../ports.ts';

interface Found {
  readonly key: string;
  readonly servers: readonly string[];
  readonly names: Set<string>;
  readonly workflows: Set<string>;
  readonly declared: PlanSystem[];
}

export async function listSystems(_called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const found = new Map<string, Found>();
  for (const { plan } of await ports.workflows.all()) {
    const environments = await ports.systems.where(plan.workflowId);
    for (const system of Object.values(plan.systems)) addTo(found, { system, environments, workflow: plan.workflowId });
  }
  const sorted = [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  const health = await healthIn(sorted, ports);
  return jsonResponse(200, { systems: await Promise.all(sorted.map((one) => systemView(one, health, ports))) });
}

interface KnownHealth {
  readonly records: ReadonlyMap<string, HealthRecord>;
  /** By the names of source descriptions, as `dependsOn` has them. */
  readonly dependsOn: DependsOn;
  readonly isUnwell: (name: string) => boolean;
}

async function healthIn(found: readonly Found[], { systems }: ApiPorts): Promise<KnownHealth> {
  const asked = found.filter(({ declared }) => declared.some(({ health }) => health));
  const read = await Promise.all(asked.map(async ({ key }) => [key, await systems.health(key)] as const));
  const records = new Map(read.flatMap(([key, record]) => (record ? [[key, record] as const] : [])));
  const unwell = found.filter(({ key }) => records.get(key)?.state === 'unwell').flatMap(({ names }) => [...names]);
  const dependsOn = dependsOnIn(found.flatMap(({ declared }) => declared));
  return { records, dependsOn, isUnwell: (name) => unwell.includes(name) };
}

interface Adding {
  readonly system: PlanSystem;
  readonly environments: Environments;
  readonly workflow: string;
}

function addTo(found: Map<string, Found>, { system, environments, workflow }: Adding): void {
  const { key, servers } = sharedKeysOf(system, environments.system(system.name));
  const known = found.get(key) ?? { key, servers, names: new Set(), workflows: new Set(), declared: [] };
  known.names.add(system.name);
  known.workflows.add(workflow);
  known.declared.push(system);
  found.set(key, known);
}

async function systemView(found: Found, health: KnownHealth, ports: ApiPorts): Promise<object> {
  const { key, servers, names, workflows, declared } = found;
  const dependsOn = [...new Set(declared.flatMap((one) => one.dependsOn ?? []))].sort();
  const record = health.records.get(key);
  const hasBreaker = declared.some(({ breaker }) => breaker);
  const isSingle = servers.length === 0;
  const watched = await Promise.all(
    servers.map(async (server) => ({ key: server, breaker: await breakerView(server, ports) })),
  );
  return {
    key,
    names: [...names].sort(),
    workflows: [...workflows].sort(),
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(record && { health: healthView(record, causesOf(found, health)) }),
    ...(hasBreaker && isSingle && { breaker: await breakerView(key, ports) }),
    ...(isSingle ? {} : { servers: watched }),
    limits: limitsOf(declared),
  };
}

function causesOf({ names }: Found, { dependsOn, isUnwell }: KnownHealth): readonly string[] {
  return [
    ...new Set([...names].flatMap((name) => (isUnwell(name) ? likelyCauses(name, dependsOn, isUnwell) : []))),
  ].sort();
}

function healthView({ state, since, at, why }: HealthRecord, causes: readonly string[]): object {
  return {
    state,
    since: isoTime(since),
    askedAt: isoTime(at),
    why,
    ...(causes.length > 0 && { likelyCauses: causes }),
  };
}

async function breakerView(key: string, { systems, operator }: ApiPorts): Promise<object> {
  const state = await systems.breaker(key);
  const now = operator.clock.now();
  const { phase, until } = state;
  return { phase, ...(phase === 'open' && { until: isoTime(until) }), ...countsOf(state, now) };
}

function countsOf({ phase, results, buckets }: BreakerState, now: number): Counts {
  if (phase === 'half-open') return pick(results);
  return buckets.filter((bucket) => !isOver(bucket, now)).reduce<Counts>((all, one) => pick(sum(all, one)), NOTHING);
}

function pick({ calls, failed, slow }: Counts): Counts {
  return { calls, failed, slow };
}

/** Where descriptions differ, the strictest counts for whoever wants to know what holds a call back. */
function limitsOf(declared: readonly PlanSystem[]): object {
  const rates = declared.flatMap(({ rateLimit }) => rateLimit ?? []);
  const [strictest] = rates.sort((one, other) => one.requests / one.perMs - other.requests / other.perMs);
  const concurrency = declared.flatMap(({ concurrency: one }) => one ?? []);
  return { ...strictest, ...(concurrency.length > 0 && { concurrency: Math.min(...concurrency) }) };
}
