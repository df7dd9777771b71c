/**
 * A step's call and the cache: whether its answers are kept, what is known of it, and what its own effect makes void. A step
 * with sensitive outputs is never kept.
 */
import { oncePer } from '../../model/once-per.ts';
import type { Plan } from '../../model/plan.ts';
import type { Calling } from '../passage.ts';
import type { HttpResponse } from '../ports/http.ts';
import { type Credentials, type PreparedRequest, withCredentials } from '../request/build.ts';
import { type Asked, type CachePorts, forgetAt, type Remembered, remember, remembered } from './answers.ts';

export interface ThroughCache {
  readonly known: Remembered;
  readonly keep: (answer: HttpResponse) => Promise<void>;
}

const NOBODY = { headers: [], query: [], cookies: [] };

export async function throughCache(
  { step }: Pick<Calling, 'step'>,
  request: PreparedRequest,
  credentials: Credentials,
  ports: CachePorts,
): Promise<ThroughCache | undefined> {
  const { cache: policy, effect, sensitive } = step;
  if (!policy || !ports.answers || effect !== 'safe' || sensitive.length > 0) return undefined;
  const asked: Asked = {
    request: withCredentials(request, NOBODY, ''),
    identity: credentials.identity?.() ?? '',
    policy,
  };
  return { known: await remembered(asked, ports), keep: (answer) => remember(asked, answer, ports) };
}

/** Of systems whose answers this plan keeps: others of a deployment keep what they keep as long as the answers say. */
export async function voidAfter(
  { plan, step, system }: Pick<Calling, 'plan' | 'step' | 'system'>,
  request: PreparedRequest,
  ports: CachePorts,
): Promise<void> {
  if (step.effect === 'safe' || !ports.answers) return;
  if (cachingIn(plan).has(system.name)) await forgetAt(request.url, ports);
}

const cachingIn = oncePer(({ steps, calls, operations }: Plan): ReadonlySet<string> => {
  const cached = [...Object.values(steps), ...Object.values(calls)].filter(({ cache }) => cache !== undefined);
  return new Set(cached.flatMap(({ operation }) => operations[operation]?.system ?? []));
});
