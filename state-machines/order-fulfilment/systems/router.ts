/**
 * Routes as data: method, path template as OpenAPI writes it, operationId and a synchronous handler. Synchronous on
 * purpose: a handler over state in memory cannot be interleaved, so each call happens wholly or not at all.
 */
import { Problem } from './problem.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One request as a handler sees it, with nothing of HTTP left but names and values. */
export interface Call {
  readonly operation: string;
  readonly params: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Parsed JSON or form; undefined where the request had no body. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; none for 204. */
  readonly body?: unknown;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operation: string;
  /** Needs no credentials and is not slowed by the simulated latency: health and token endpoints. */
  readonly open?: boolean;
  /** The OAuth2 scope that the operation needs, where the system has scopes. */
  readonly scope?: string;
  readonly handle: (call: Call) => Answer;
}

export interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

/** The route of a request. Throws 404 for an unknown path, 405 for a known one without this method. */
export function match(routes: readonly Route[], method: string, pathname: string): Match {
  const segments = segmentsOf(pathname);
  const onPath = routes.filter((route) => fits(route.path, segments));
  const route = onPath.find((candidate) => candidate.method === method);
  if (route !== undefined) return { route, params: paramsOf(route.path, segments) };
  if (onPath.length === 0) throw new Problem(404, 'unknown-route', `There is no ${pathname} here.`);
  const allow = onPath.map((candidate) => candidate.method).join(', ');
  throw new Problem(405, 'method-not-allowed', `${pathname} takes ${allow}.`, { headers: { Allow: allow } });
}

/** A path parameter; the router gives every one that the template names. */
export function param(call: Call, name: string): string {
  return call.params.get(name) ?? '';
}

function segmentsOf(pathname: string): readonly string[] {
  try {
    return pathname.split('/').map(decodeURIComponent);
  } catch {
    throw new Problem(400, 'invalid-path', 'The path has a malformed percent-encoding.');
  }
}

function fits(template: string, segments: readonly string[]): boolean {
  const parts = template.split('/');
  return (
    parts.length === segments.length &&
    parts.every((part, i) => (nameIn(part) === undefined ? part === segments[i] : segments[i] !== ''))
  );
}

function paramsOf(template: string, segments: readonly string[]): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const [i, part] of template.split('/').entries()) {
    const name = nameIn(part);
    if (name !== undefined) params.set(name, segments[i] ?? '');
  }
  return params;
}

function nameIn(part: string): string | undefined {
  return part.startsWith('{') && part.endsWith('}') ? part.slice(1, -1) : undefined;
}
