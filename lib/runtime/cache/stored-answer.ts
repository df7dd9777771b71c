/**
 * An answer that may be used again, by HTTP's own rules (RFC 9111), which http-cache-semantics knows: what it keeps, and
 * what it says of itself at a time. The time is given, never asked for. The cache is a private one: all runs of a deployment
 * are the same client of their system, and the name of an answer holds who that client is.
 */
import CachePolicy from 'http-cache-semantics';
import type { PlanCache } from '../../model/plan.ts';
import type { HttpHeader, HttpRequest, HttpResponse } from '../ports/http.ts';

export interface StoredAnswer {
  readonly storedAt: number;
  readonly rules: object;
  readonly status: number;
  readonly headers: readonly HttpHeader[];
  /** In base64. */
  readonly body: string;
  readonly url: string;
}

class Rules extends CachePolicy {
  static at = 0;

  now(): number {
    return Rules.at;
  }
}

/** The library asks the clock at any time; nothing is awaited in between. */
function at<T>(now: number, work: () => T): T {
  Rules.at = now;
  return work();
}

type Seen = { readonly method: string; readonly url: string; readonly headers: { [name: string]: string } };

function seenOf({ method, url, headers }: HttpRequest): Seen {
  return { method, url, headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])) };
}

const VALIDATORS = ['etag', 'last-modified'];
const MAX_KEPT_MS = 7 * 86_400_000;
const KEPT_FOR_REVALIDATION_MS = 3_600_000;

export function storing(
  request: HttpRequest,
  answer: HttpResponse,
  { ttlMs, staleIfErrorMs = 0 }: PlanCache,
  now: number,
): { readonly answer: StoredAnswer; readonly until: number } | undefined {
  return at(now, () => {
    const headers = withLifetime(Object.fromEntries(answer.headers), ttlMs);
    const rules = new Rules(seenOf(request), { status: answer.status, headers }, { shared: false, cacheHeuristic: 0 });
    if (!rules.storable()) return undefined;
    const revalidates = VALIDATORS.some((name) => headers[name] !== undefined) ? KEPT_FOR_REVALIDATION_MS : 0;
    const kept = Math.min(MAX_KEPT_MS, rules.timeToLive() + Math.max(staleIfErrorMs, revalidates));
    if (kept <= 0) return undefined;
    const { status, headers: own, url } = answer;
    const body = Buffer.from(answer.body).toString('base64');
    return { answer: { storedAt: now, rules: rules.toObject(), status, headers: own, body, url }, until: now + kept };
  });
}

/** What the system does not say itself. */
function withLifetime(headers: { [name: string]: string }, ttlMs: number | undefined): { [name: string]: string } {
  const says =
    /(?:^|[\s,])(?:max-age|no-cache|no-store|s-maxage)\b/i.test(headers['cache-control'] ?? '') || 'expires' in headers;
  if (ttlMs === undefined || says) return headers;
  const own = headers['cache-control'];
  return { ...headers, 'cache-control': `${own === undefined ? '' : `${own}, `}max-age=${Math.floor(ttlMs / 1000)}` };
}

export interface Standing {
  readonly isFresh: boolean;
  /** It may stand in while the system fails. */
  readonly isStandIn: boolean;
  /** With these the system is asked whether it is still so. */
  readonly conditions: readonly HttpHeader[];
}

export function standingOf(
  stored: StoredAnswer,
  request: HttpRequest,
  { staleIfErrorMs }: PlanCache,
  now: number,
): Standing {
  return at(now, () => {
    const rules = Rules.fromObject(stored.rules as never);
    const seen = seenOf(request);
    const says = stored.headers
      .filter(([name]) => name === 'cache-control')
      .map(([, value]) => value)
      .join(',');
    const stale = staleIfErrorMs ?? 1_000 * Number(/stale-if-error=(\d{1,9})/i.exec(says)?.[1] ?? 0);
    const age = (rules.age() - rules.maxAge()) * 1_000;
    const given = new Set(request.headers.map(([name]) => name.toLowerCase()));
    const conditions = Object.entries(rules.revalidationHeaders(seen)).flatMap(
      ([name, value]): readonly HttpHeader[] =>
        name.startsWith('if-') && !given.has(name) && typeof value === 'string' ? [[name, value]] : [],
    );
    return {
      isFresh: rules.satisfiesWithoutRevalidation(seen),
      isStandIn: age < stale && !/must-revalidate|no-cache|no-store/i.test(says),
      conditions,
    };
  });
}

export function responseOf({ status, headers, body, url }: StoredAnswer): HttpResponse {
  return { kind: 'response', status, headers, body: Buffer.from(body, 'base64'), url };
}

/** 304: the same answer, with what the system says of it now. */
export function refreshed(stored: StoredAnswer, { headers }: HttpResponse): HttpResponse {
  const names = new Set(headers.map(([name]) => name));
  const kept = stored.headers.filter(([name]) => !names.has(name));
  const said = headers.filter(
    ([name]) => !/^(?:content-length|content-encoding|transfer-encoding|connection)$/.test(name),
  );
  return { ...responseOf(stored), headers: [...kept, ...said] };
}
