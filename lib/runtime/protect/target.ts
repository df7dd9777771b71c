/**
 * From a call to what is asked of the protection port: under which names the state of its system is shared, which of its
 * servers the request goes to, and what its answer says about the health of both.
 */
import type { SystemEnvironment } from '../../model/environment.ts';
import type { BreakerPolicy, PlanSystem } from '../../model/plan.ts';
import type { Random } from '../../model/time.ts';
import type { Calling } from '../passage.ts';
import type { HttpAnswer } from '../ports/http.ts';
import type { AttemptRecord } from '../ports/journal.ts';
import type { Callee, CallReport, Protection } from '../ports/protection.ts';
import type { PreparedRequest } from '../request/build.ts';
import { basesOf } from '../request/url.ts';
import { retryAfterMs } from '../retry.ts';
import { choiceOf, onServer, pickServer } from './servers.ts';

export interface Target {
  readonly request: PreparedRequest;
  /** Where there are several to choose from. */
  readonly server?: string;
  /** Why it must not be sent at all. */
  readonly hindrance?: string;
}

export interface Targeting {
  readonly passage: Calling;
  readonly environment: SystemEnvironment;
  /** As it was built, for the first server. */
  readonly request: PreparedRequest;
}

export async function targetFor(
  { passage, environment, request }: Targeting,
  made: readonly AttemptRecord[],
  ports: { readonly protection: Protection; readonly random: Random },
): Promise<Target> {
  const bases = basesOf(environment);
  const [first] = bases;
  if (first === undefined) return { request };
  const { step, past, system, servedBy } = passage;
  if (servedBy !== undefined) return { request: onServer(request, first, servedBy), server: servedBy };
  const choice = choiceOf(bases, { effect: step.effect, made, earlier: past.underSameKey });
  switch (choice.kind) {
    case 'lost':
      return { request, hindrance: `nobody knows at which server of ${system.name} it may have been done` };
    case 'bound':
      return { request: onServer(request, first, choice.server), server: choice.server };
    case 'among': {
      const server = await healthiest(choice.servers, { passage, first, breaker: system.breaker }, ports);
      return { request: onServer(request, first, server), server };
    }
  }
}

async function healthiest(
  servers: readonly string[],
  of: { readonly passage: Calling; readonly first: string; readonly breaker: BreakerPolicy | undefined },
  { protection, random }: { readonly protection: Protection; readonly random: Random },
): Promise<string> {
  const keys = servers.map((server) => serverKey(of.passage, server));
  const health = await protection.health(keys, of.breaker);
  return pickServer(servers, health, random) ?? of.first;
}

/** The names under which the state of what is called is shared by everybody who calls it (contracts: system identity). */
export function calleeOf(passage: Calling, { request, server }: Target, environment: SystemEnvironment): Callee {
  const { plan, step, system } = passage;
  const concurrency = 'concurrency' in step && typeof step.concurrency === 'number' ? step.concurrency : undefined;
  return {
    ...calleeOfSystem(system, { url: request.url, environment, ...(server !== undefined && { server }) }),
    ...(system.rateLimit && { rateLimit: system.rateLimit }),
    ...(system.concurrency !== undefined && { concurrency: system.concurrency }),
    ...(concurrency !== undefined && {
      step: { key: `${plan.integration}/${plan.workflowId}/${step.path}`, concurrency },
    }),
  };
}

/** Without its limits: what asks after its health takes nothing from those who call it. */
export function calleeOfSystem(
  system: PlanSystem,
  {
    url,
    server,
    environment,
  }: { readonly url: string; readonly server?: string; readonly environment: SystemEnvironment },
): Callee {
  const own = system.identity ?? originOf(basesOf(environment)[0] ?? url);
  return {
    system: own,
    server: server === undefined ? own : serverKey({ system }, server),
    several: server !== undefined,
    ...(system.breaker && { breaker: system.breaker }),
  };
}

function serverKey({ system: { identity } }: Pick<Calling, 'system'>, server: string): string {
  return identity === undefined ? originOf(server) : `${identity}@${originOf(server)}`;
}

/** The same names without a request, for whoever shows the state; `servers` is empty where there are not several. */
export function sharedKeysOf(
  system: PlanSystem,
  environment: SystemEnvironment,
): { readonly key: string; readonly servers: readonly string[] } {
  const bases = basesOf(environment);
  const key =
    system.identity ?? originOf(bases[0] ?? environment.server ?? environment.servers?.[0] ?? documented(system));
  return { key, servers: bases.map((base) => serverKey({ system }, base)) };
}

function documented({ servers: [first], name }: PlanSystem): string {
  return first?.url ?? name;
}

/** Up to the path: the URL of a request was put together behind a parsed base. */
const ORIGIN = /^https?:\/\/[^/?#]+/;

function originOf(url: string): string {
  return ORIGIN.exec(url)?.[0] ?? url;
}

/** Whose fault an answer was: a refusal is the caller's, and a request that was broken off here is nobody's. */
export function reportOf(
  answer: HttpAnswer,
  of: { readonly outcome: AttemptRecord['outcome']; readonly ms: number; readonly now: number },
): CallReport {
  const { outcome, ms, now } = of;
  if (answer.kind !== 'response' && (answer.why === 'aborted' || answer.why === 'invalid-request')) {
    return { kind: 'unused' };
  }
  if (outcome === 'in-doubt' || outcome === 'not-sent') return { kind: 'failed', ms };
  if (outcome !== 'throttled' || answer.kind !== 'response') return { kind: 'answered', ms };
  const asked = answer.headers.find(([name]) => name === 'retry-after')?.[1];
  return { kind: 'answered', ms, throttledUntil: now + (retryAfterMs(asked, now) ?? 0) };
}
