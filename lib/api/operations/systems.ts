/** The systems as all runs share them: the state of their breakers, and the limits that descriptions declare. */
import type { PlanSystem } from '../../model/plan.ts';
import type { BreakerState, Counts } from '../../runtime/ports/breakers.ts';
import type { Environments } from '../../runtime/ports/environment.ts';
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
  return jsonResponse(200, { systems: await Promise.all(sorted.map((one) => systemView(one, ports))) });
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

async function systemView({ key, servers, names, workflows, declared }: Found, ports: ApiPorts): Promise<object> {
  const hasBreaker = declared.some(({ breaker }) => breaker);
  const isSingle = servers.length === 0;
  const watched = await Promise.all(
    servers.map(async (server) => ({ key: server, breaker: await breakerView(server, ports) })),
  );
  return {
    key,
    names: [...names].sort(),
    workflows: [...workflows].sort(),
    ...(hasBreaker && isSingle && { breaker: await breakerView(key, ports) }),
    ...(isSingle ? {} : { servers: watched }),
    limits: limitsOf(declared),
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
