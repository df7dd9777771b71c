/**
 * The example's four systems for races: their own routes, books and keys, reached without a network. Their guards are left
 * out, since tokens are fetched in real time.
 */
import { assert } from '../../lib/model/assert.ts';
import type { LandedEffect, Landing, RehearsedSystems } from '../../lib/rehearse/systems.ts';
import type { HttpRequest, HttpResponse } from '../../lib/runtime/ports/http.ts';
import { createFraud } from '../../state-machines/order-fulfilment/systems/fraud.ts';
import {
  createIdempotency,
  fingerprintOf,
  type Idempotency,
} from '../../state-machines/order-fulfilment/systems/idempotency.ts';
import { createInventory } from '../../state-machines/order-fulfilment/systems/inventory.ts';
import { land, refusal } from '../../state-machines/order-fulfilment/systems/landing.ts';
import { createPayments } from '../../state-machines/order-fulfilment/systems/payments.ts';
import { Problem } from '../../state-machines/order-fulfilment/systems/problem.ts';
import { callOf } from '../../state-machines/order-fulfilment/systems/request.ts';
import { type Answer, match, type Match } from '../../state-machines/order-fulfilment/systems/router.ts';
import { createShipping } from '../../state-machines/order-fulfilment/systems/shipping.ts';
import type { System } from '../../state-machines/order-fulfilment/systems/system.ts';

/** Where a request goes, by its host: `http://<system>.example`. */
export function exampleServer(system: string): string {
  return `http://${system}.example`;
}

interface Hosted {
  readonly system: System;
  readonly idempotency: Idempotency;
}

export class ExampleSystems implements RehearsedSystems {
  private readonly hosted: ReadonlyMap<string, Hosted>;

  constructor(now: () => number) {
    const clock = { now, after: () => ({ cancel: () => undefined }) };
    const systems = [
      createInventory({ clock, apiKey: 'k' }),
      createPayments({ clock, client: { clientId: 'i', clientSecret: 's' } }),
      createFraud({ clock, token: 't' }),
      createShipping({ clock, login: { username: 'u', password: 'p' } }),
    ];
    this.hosted = new Map(systems.map((system) => [system.name, { system, idempotency: createIdempotency(clock) }]));
  }

  operationOf(request: HttpRequest): string | undefined {
    const { system, found } = this.arrival(request);
    return found && `${system.system.name}.${found.route.operation}`;
  }

  land(request: HttpRequest, how: Landing): HttpResponse {
    const { system, found, url } = this.arrival(request);
    if (!found) return response(request.url, refusal(new Problem(404, 'unknown-route', 'There is nothing here.')));
    const body = request.body === undefined ? '' : new TextDecoder().decode(request.body);
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
    const route = how === 'refused' && found.route.method === 'POST' ? { ...found.route, handle: refuse } : found.route;
    const call = callOf({ headers }, { ...found, route }, url.searchParams, body);
    const fingerprint = fingerprintOf(request.method, url.pathname, body);
    return response(request.url, land(system.idempotency, { route, call, fingerprint }));
  }

  effects(): readonly LandedEffect[] {
    return [...this.hosted.values()].flatMap(({ system }) => effectsOf(system)).toSorted((a, b) => a.at - b.at);
  }

  /** They answer 404, and nobody counts it: the ids that undos use are those that the systems gave. */
  astray(): readonly { readonly at: number; readonly operation: string }[] {
    return [];
  }

  takeBack(id: string): void {
    throw new Error(`nobody takes ${id} back by hand here`);
  }

  private arrival(request: HttpRequest): { readonly system: Hosted; readonly found?: Match; readonly url: URL } {
    const url = new URL(request.url);
    const system = this.hosted.get(url.hostname.split('.')[0] ?? '');
    assert(system, `a request goes to one of the systems (${request.url})`);
    try {
      return { system, url, found: match(system.system.routes, request.method, url.pathname) };
    } catch {
      return { system, url };
    }
  }
}

function refuse(): Answer {
  throw new Problem(422, 'not-today', 'Refused by the rehearsal.');
}

function effectsOf({ name, ledger }: System): readonly LandedEffect[] {
  const marks = ledger
    .entries()
    .map(({ id, change, operation, at }) => ({ id, change, operation, at: Date.parse(at) }));
  return marks
    .filter(({ change }) => change === 'applied')
    .map(({ id, operation, at }) => ({
      id,
      operation: `${name}.${operation}`,
      at,
      undone: marks
        .filter((mark) => mark.id === id && mark.change === 'undone')
        .map((mark) => ({ at: mark.at, operation: `${name}.${mark.operation}` })),
    }));
}

function response(url: string, { status, headers = {}, body }: Answer): HttpResponse {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    kind: 'response',
    status,
    headers: Object.entries({ ...type, ...Object.fromEntries(given) }),
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    url,
  };
}
