/**
 * Two plain systems for races, `shop` and `bank`: of each kind of thing they make one when asked, find it by reference or
 * key, and undo it by id or by key. They keep idempotency keys for as long as they say, refusals too, and forget them after
 * that; without a key every request that lands is another effect. Their OpenAPI documents are made here as well, so that
 * what the compiler reads and what answers cannot drift apart.
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { Chance } from '../../lib/rehearse/chance.ts';
import type { LandedEffect, Landing, RehearsedSystems } from '../../lib/rehearse/systems.ts';
import type { HttpRequest, HttpResponse } from '../../lib/runtime/ports/http.ts';

export const KINDS = 8;
export const SYSTEMS = ['shop', 'bank'] as const;
/** What they ask for in `X-Key`: found anywhere else, it has leaked. */
export const SECRET = 'very-secret-3c1f';
/** Their shorter memory for keys; the longer one is a day. */
export const SHORT_RETENTION_MS = 45_000;

interface Thing {
  readonly id: string;
  readonly operation: string;
  readonly at: number;
  readonly ref: string;
  readonly key: string | undefined;
  readonly undone: { readonly at: number; readonly operation: string }[];
}

interface Kept {
  readonly until: number;
  readonly answer: HttpResponse;
}

interface Asked {
  readonly system: string;
  readonly route: Route;
  readonly parameter: string;
  readonly query: URLSearchParams;
  readonly key: string | undefined;
  readonly body: JsonObject;
  readonly url: string;
}

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (systems: SagaSystems, asked: Asked, how: Landing) => HttpResponse;
}

export class SagaSystems implements RehearsedSystems {
  private readonly things: Thing[] = [];
  private readonly lost: { readonly at: number; readonly operation: string }[] = [];
  private readonly kept = new Map<string, Kept>();
  private readonly now: () => number;
  private readonly chance: Chance;
  private readonly retentionMs: number;

  constructor(now: () => number, chance: Chance, retentionMs: number) {
    this.now = now;
    this.chance = chance;
    this.retentionMs = retentionMs;
  }

  operationOf(request: HttpRequest): string | undefined {
    const asked = askedOf(request);
    return asked && `${asked.system}.${asked.route.operation}`;
  }

  land(request: HttpRequest, how: Landing): HttpResponse {
    const asked = askedOf(request);
    if (!asked) return answered(request.url, 404);
    const { key, route, url } = asked;
    if (key === undefined || route.method === 'GET') return route.answer(this, asked, how);
    const name = `${route.method} ${url} ${key}`;
    const before = this.kept.get(name);
    if (before && before.until > this.now()) return before.answer;
    const answer = route.answer(this, asked, how);
    this.kept.set(name, { answer, until: this.now() + this.retentionMs });
    return answer;
  }

  effects(): readonly LandedEffect[] {
    return this.things;
  }

  astray(): readonly { readonly at: number; readonly operation: string }[] {
    return this.lost;
  }

  takeBack(id: string): void {
    this.things.find((thing) => thing.id === id)?.undone.push({ at: this.now(), operation: 'by hand' });
  }

  make({ system, route, body, key, url }: Asked, how: Landing): HttpResponse {
    if (how === 'refused') return answered(url, 422, { title: 'refused' });
    const id = `${route.operation}-${this.things.length + 1}`;
    const ref = String(body['ref']);
    this.things.push({ id, operation: `${system}.${route.operation}`, at: this.now(), ref, key, undone: [] });
    const again = this.chance.number('again') < 0.3;
    return answered(url, 201, { id, ref, status: how === 'odd' ? 'odd' : 'made', again });
  }

  find({ system, route, query, url }: Asked): HttpResponse {
    const made = `${system}.make${kindOf(route)}`;
    const found = this.things.filter(
      ({ operation, undone, ref, key }) =>
        operation === made &&
        undone.length === 0 &&
        (query.get('ref') ?? ref) === ref &&
        (query.get('key') ?? key) === key,
    );
    return answered(url, 200, { items: found.map(({ id, ref }) => ({ id, ref, status: 'made' })) });
  }

  /** Once is enough, and a second time changes nothing. */
  drop({ system, route, parameter, url }: Asked): HttpResponse {
    const thing = this.things.find(({ id }) => id === parameter);
    if (!thing) return this.missing({ system, route, url });
    if (thing.undone.length === 0) this.undo(thing, `${system}.${route.operation}`);
    return answered(url, 204);
  }

  /** Each time it lands, it is done: as a refund is. */
  cancel({ system, route, parameter, url }: Asked, how: Landing): HttpResponse {
    const thing = this.things.find(({ id }) => id === parameter);
    if (!thing) return this.missing({ system, route, url });
    if (how === 'refused') return answered(url, 409, { title: 'not any more' });
    this.undo(thing, `${system}.${route.operation}`);
    return answered(url, 200, { cancelled: thing.id });
  }

  /** Whatever was made under a key; nothing, where nothing was. */
  dropByKey({ system, route, parameter, url }: Asked): HttpResponse {
    for (const thing of this.things) {
      if (thing.key === parameter && thing.undone.length === 0) this.undo(thing, `${system}.${route.operation}`);
    }
    return answered(url, 204);
  }

  private undo(thing: Thing, operation: string): void {
    thing.undone.push({ at: this.now(), operation });
  }

  private missing({ system, route, url }: Pick<Asked, 'system' | 'route' | 'url'>): HttpResponse {
    this.lost.push({ at: this.now(), operation: `${system}.${route.operation}` });
    return answered(url, 404);
  }
}

function kindOf({ operation }: Route): string {
  return /\d+$/.exec(operation)?.[0] ?? '';
}

const ROUTES: readonly Route[] = Array.from({ length: KINDS }, (_, kind) => routesOf(kind)).flat();

function routesOf(kind: number): readonly Route[] {
  const thing = `/s${kind}`;
  return [
    route(`make${kind}`, 'POST', thing, (systems, asked, how) => systems.make(asked, how)),
    route(`find${kind}`, 'GET', thing, (systems, asked) => systems.find(asked)),
    route(`drop${kind}`, 'DELETE', `${thing}/([^/]+)`, (systems, asked) => systems.drop(asked)),
    route(`cancel${kind}`, 'POST', `${thing}/([^/]+)/cancel`, (systems, asked, how) => systems.cancel(asked, how)),
    route(`dropByKey${kind}`, 'DELETE', `/k${kind}/([^/]+)`, (systems, asked) => systems.dropByKey(asked)),
    route(`look${kind}`, 'GET', `/facts/${kind}`, (_, { url }) => answered(url, 200, { value: kind })),
  ];
}

function route(operation: string, method: string, path: string, answer: Route['answer']): Route {
  return { operation, method, path: new RegExp(`^${path}$`), answer };
}

function askedOf(request: HttpRequest): Asked | undefined {
  const url = new URL(request.url);
  const [system = ''] = url.hostname.split('.');
  const found = ROUTES.find(({ method, path }) => method === request.method && path.test(url.pathname));
  if (!found) return undefined;
  const header = request.headers.find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1];
  const parameter = decodeURIComponent(found.path.exec(url.pathname)?.[1] ?? '');
  return {
    system,
    route: found,
    parameter,
    query: url.searchParams,
    key: header,
    body: bodyOf(request),
    url: request.url,
  };
}

function bodyOf({ body }: HttpRequest): JsonObject {
  if (body === undefined) return {};
  const parsed: Json = JSON.parse(new TextDecoder().decode(body));
  return isObject(parsed) ? parsed : {};
}

function answered(url: string, status: number, body?: Json): HttpResponse {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = body === undefined ? [] : [['content-type', 'application/json'] as const];
  return { kind: 'response', status, headers, body: new TextEncoder().encode(text), url };
}

/** The OpenAPI document of one of them. */
export function documentOf(system: string): JsonObject {
  const paths: { [path: string]: JsonObject } = {};
  for (let kind = 0; kind < KINDS; kind += 1) Object.assign(paths, pathsOf(kind));
  return {
    openapi: '3.1.0',
    info: { title: system, version: '1' },
    servers: [{ url: `https://${system}.test` }],
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
    security: [{ key: [] }],
    paths,
  };
}

const OBJECT = { content: { 'application/json': { schema: { type: 'object' } } } };
const KEY = { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' } };

function pathsOf(kind: number): { readonly [path: string]: JsonObject } {
  const text = (name: string, at: string): JsonObject => ({
    name,
    in: at,
    required: at === 'path',
    schema: { type: 'string' },
  });
  const answers = (status: string, content: object = OBJECT): JsonObject => ({
    responses: { [status]: { description: status, ...content } },
  });
  return {
    [`/s${kind}`]: {
      post: { operationId: `make${kind}`, parameters: [KEY], requestBody: OBJECT, ...answers('201') },
      get: { operationId: `find${kind}`, parameters: [text('ref', 'query'), text('key', 'query')], ...answers('200') },
    },
    [`/s${kind}/{id}`]: {
      delete: { operationId: `drop${kind}`, parameters: [text('id', 'path')], ...answers('204', {}) },
    },
    [`/s${kind}/{id}/cancel`]: {
      post: { operationId: `cancel${kind}`, parameters: [text('id', 'path'), KEY], ...answers('200') },
    },
    [`/k${kind}/{key}`]: {
      delete: { operationId: `dropByKey${kind}`, parameters: [text('key', 'path')], ...answers('204', {}) },
    },
    [`/facts/${kind}`]: { get: { operationId: `look${kind}`, ...answers('200') } },
  };
}
