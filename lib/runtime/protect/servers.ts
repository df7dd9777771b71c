/**
 * Which of a system's several servers a request goes to. Chosen at random, weighted by how well each has answered lately;
 * another one is tried only after a request that was not sent. What may have left an effect at a server binds the rest of
 * its visit to it: only there does the same idempotency key mean the same effect, and only there can it be undone or
 * looked for.
 */
import { OUTCOMES } from '../../model/outcome.ts';
import type { Effect } from '../../model/plan.ts';
import type { Random } from '../../model/time.ts';
import type { PreparedRequest } from '../request/build.ts';
import type { Earlier } from '../visit.ts';

type Tried = Pick<Earlier, 'outcome' | 'server'>;

export type Choice =
  | { readonly kind: 'bound'; readonly server: string }
  | { readonly kind: 'among'; readonly servers: readonly string[] }
  /** Something may have been done at one of them, and nobody knows at which. */
  | { readonly kind: 'lost' };

/** `made`: the requests of this passage; `earlier`: what went out under the same key before. */
export function choiceOf(
  servers: readonly string[],
  call: { readonly effect: Effect; readonly made: readonly Tried[]; readonly earlier: readonly Earlier[] },
): Choice {
  const requests: readonly Tried[] = [...call.earlier.flatMap((one) => one.attempts ?? [one]), ...call.made];
  const binding = call.effect === 'safe' ? undefined : requests.findLast(isBinding);
  if (binding) return bound(binding.server);
  const last = call.made.at(-1);
  const moves = last?.outcome === 'not-sent' || call.effect === 'safe';
  if (last && !moves) return bound(last.server);
  const tried = new Set(call.made.map(({ server }) => server));
  const fresh = servers.filter((server) => !tried.has(server));
  return { kind: 'among', servers: fresh.length > 0 ? fresh : servers };
}

/** Where the effect is that these requests have made. */
export function serverOf(requests: readonly Tried[]): string | undefined {
  return requests.findLast(isBinding)?.server;
}

function isBinding({ outcome }: Tried): boolean {
  return OUTCOMES[outcome].effect !== 'none';
}

function bound(server: string | undefined): Choice {
  return server === undefined ? { kind: 'lost' } : { kind: 'bound', server };
}

/** A server that has failed every call still gets a few: nobody would notice otherwise that it is well again. */
const LEAST_WEIGHT = 0.02;

export function pickServer(servers: readonly string[], health: readonly number[], random: Random): string | undefined {
  const weights = health.map((share) => (share === 0 ? 0 : Math.max(LEAST_WEIGHT, share)));
  let left = random.next() * weights.reduce((total, weight) => total + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return servers[Math.max(0, index)];
}

/** The same request at another server. */
export function onServer(request: PreparedRequest, from: string, to: string): PreparedRequest {
  if (from === to || !request.url.startsWith(from)) return request;
  const moved = (url: string): string => `${to}${url.slice(from.length)}`;
  return { ...request, url: moved(request.url), seen: { ...request.seen, url: moved(request.seen.url) } };
}
