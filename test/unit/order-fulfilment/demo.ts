/**
 * The four demo systems in this process, on free ports of loopback, under a clock that only the test moves. Requests
 * carry good credentials unless the test gives its own.
 */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../../lib/model/time.ts';
import { demoCredentials } from '../../../state-machines/order-fulfilment/systems/credentials.ts';
import { startSystems } from '../../../state-machines/order-fulfilment/systems/start.ts';
import type { SystemName } from '../../../state-machines/order-fulfilment/systems/system.ts';

export const folder: URL = new URL('../../../state-machines/order-fulfilment/', import.meta.url);
export const credentials: ReturnType<typeof demoCredentials> = demoCredentials();

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Without the credentials that the demo adds. */
  readonly anonymous?: boolean;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  /** Empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ManualClock extends Clock {
  /** Moves on and calls back whatever is due. */
  advance(ms: number): void;
  /** Settles as soon as somebody is waiting for the time to pass. */
  awaited(): Promise<void>;
}

export interface Demo extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly servers: Readonly<Record<SystemName, string>>;
  send(system: SystemName, target: string, sent?: Sent): Promise<Got>;
}

export const startOfTime: number = Date.parse('2026-11-23T09:30:00.000Z');

export async function startDemo(): Promise<Demo> {
  const clock = manualClock();
  const systems = await startSystems({ clock, credentials, portBase: 0, latencyMs: 0 });
  const { servers } = systems;
  const token = await tokenFrom(servers.payments);
  const send: Demo['send'] = (system, target, sent = {}) => {
    const headers = sent.anonymous === true ? {} : goodCredentials(system, token);
    return request(servers[system], target, { ...sent, headers: { ...headers, ...sent.headers } });
  };
  return { clock, servers, send, [Symbol.asyncDispose]: () => systems.stop() };
}

/** `target` is a method and a path, such as `GET /health`. */
export async function request(server: string, target: string, { headers = {}, body }: Sent = {}): Promise<Got> {
  const [method = '', path = ''] = target.split(' ');
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(server + path, {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: content }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

export function requestToken(server: string, form: Readonly<Record<string, string>>): Promise<Got> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return request(server, 'POST /oauth/token', { headers, body: new URLSearchParams(form).toString() });
}

export const goodClient: Readonly<Record<string, string>> = {
  grant_type: 'client_credentials',
  client_id: credentials.ORDER_DEMO_PAYMENTS_CLIENT_ID,
  client_secret: credentials.ORDER_DEMO_PAYMENTS_CLIENT_SECRET,
};

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

async function tokenFrom(server: string): Promise<string> {
  const { body } = await requestToken(server, goodClient);
  return String(body.access_token);
}

function goodCredentials(system: SystemName, token: string): Readonly<Record<string, string>> {
  const { ORDER_DEMO_SHIPPING_USERNAME: username, ORDER_DEMO_SHIPPING_PASSWORD: password } = credentials;
  const bySystem: Readonly<Record<SystemName, Readonly<Record<string, string>>>> = {
    inventory: { 'X-Api-Key': credentials.ORDER_DEMO_INVENTORY_KEY },
    payments: { Authorization: `Bearer ${token}` },
    fraud: { Authorization: `Bearer ${credentials.ORDER_DEMO_FRAUD_TOKEN}` },
    shipping: { Authorization: basic(username, password) },
  };
  return bySystem[system];
}

function manualClock(): ManualClock {
  let now = startOfTime;
  const due = new Map<() => void, number>();
  let heard = Promise.withResolvers<void>();
  return {
    now: () => now,
    after: (delayMs, callback) => {
      const once = (): void => callback();
      due.set(once, now + delayMs);
      heard.resolve();
      return { cancel: () => void due.delete(once) };
    },
    advance: (ms) => {
      now += ms;
      for (const [callback, at] of due) {
        if (at > now) continue;
        due.delete(callback);
        callback();
      }
    },
    awaited: async () => {
      heard = Promise.withResolvers<void>();
      if (due.size === 0) await heard.promise;
    },
  };
}
