/**
 * Hosts one system on loopback. A call goes through: route, guard, fault, landing (landing.ts), answer.
 * An effect that began to land does so whether or not its caller still listens, as in the world. Latency and faults
 * delay what callers see through the Clock port, so tests need no real time.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../lib/model/time.ts';
import { adminRoutes, type Backstage } from './admin.ts';
import { createFaults, type Fault } from './faults.ts';
import { createIdempotency, fingerprintOf, type Idempotency } from './idempotency.ts';
import { land, refusal } from './landing.ts';
import { answerOf, Problem } from './problem.ts';
import { bodyOf, callOf, refuseStrangers, urlOf } from './request.ts';
import { type Answer, match, type Route } from './router.ts';
import type { System } from './system.ts';

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly latencyMs: number;
}

export interface RunningSystem {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

interface Host {
  readonly clock: Clock;
  readonly backstage: Backstage & { readonly calls: Map<string, number> };
  readonly admin: readonly Route[];
  readonly idempotency: Idempotency;
  /** Counts resets; what was on its way to land before one does not land after it. */
  generation: number;
}

export async function startServer(system: System, options: ServerOptions): Promise<RunningSystem> {
  const host = hostOf(system, options);
  const server = createServer((request, response) => void serve(host, request, response));
  server.keepAliveTimeout = 60_000; // Longer than clients keep idle connections, so that they never race the close.
  await listening(server, options.port);
  const { port } = server.address() as AddressInfo; // A listening TCP server has one.
  return { name: system.name, url: `http://127.0.0.1:${port}`, stop: () => stopped(server) };
}

function hostOf(system: System, { clock, latencyMs }: ServerOptions): Host {
  const idempotency = createIdempotency(clock);
  const faults = createFaults(latencyMs);
  const calls = new Map<string, number>();
  const reset = (): void => {
    host.generation += 1;
    for (const part of [idempotency, faults, calls, system.ledger]) part.clear();
    system.reset();
  };
  const backstage = { system, faults, calls, reset };
  const host: Host = { clock, idempotency, backstage, admin: adminRoutes(backstage), generation: 0 };
  return host;
}

async function serve(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await outcomeOf(host, request).catch(refusal);
  if (answer === 'drop') request.socket.destroy();
  else send(response, answer);
}

async function outcomeOf(host: Host, request: IncomingMessage): Promise<Answer | 'drop'> {
  const body = await bodyOf(request);
  const url = urlOf(request);
  const method = request.method ?? 'GET';
  if (url.pathname.startsWith('/__')) {
    refuseStrangers(request);
    const found = match(host.admin, method, url.pathname);
    return found.route.handle(callOf(request, found, url.searchParams, body));
  }
  const { system, calls, faults } = host.backstage;
  const found = match(system.routes, method, url.pathname);
  const { route } = found;
  if (route.open !== true) system.guard.admit(request.headers, route.scope);
  calls.set(route.operation, (calls.get(route.operation) ?? 0) + 1);
  const call = callOf(request, found, url.searchParams, body);
  const fingerprint = fingerprintOf(method, url.pathname, body);
  return underFault(host, {
    route,
    fault: faults.take(route.operation),
    land: () => land(host.idempotency, { route, call, fingerprint }),
  });
}

/** Effect and answer go their own ways; only the true answer waits for the effect. */
async function underFault(
  host: Host,
  { route, fault, land }: { route: Route; fault: Fault | undefined; land: () => Answer },
): Promise<Answer | 'drop'> {
  const latency = route.open === true ? 0 : host.backstage.faults.latencyMs();
  const generation = host.generation;
  const landNow = (): Answer => (host.generation === generation ? land() : answerOf(resetMeanwhile()));
  const landing = fault?.effect === 'none' ? undefined : after(host.clock, fault?.effectAfterMs ?? 0, landNow);
  await after(host.clock, latency + (fault?.answerAfterMs ?? 0), () => undefined);
  if (fault?.answer === 'drop') return 'drop';
  if (typeof fault?.answer === 'number') return injected(fault.answer, fault.retryAfterSeconds);
  return landing ?? 'drop';
}

/** Without a delay at once, in the same turn: what arrives first lands first. */
function after<T>(clock: Clock, delayMs: number, action: () => T): Promise<T> {
  if (delayMs === 0) return Promise.resolve(action());
  return new Promise((resolve) => {
    clock.after(delayMs, () => resolve(action()));
  });
}

function injected(status: number, retryAfterSeconds: number | undefined): Answer {
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return answerOf(new Problem(status, 'injected-fault', 'Asked for by POST /__faults.', { headers }));
}

function resetMeanwhile(): Problem {
  return new Problem(503, 'reset-meanwhile', 'The system was reset before this call could land.');
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
