/**
 * Answers that are used again, by all runs of a deployment. Each lies in the shared store under a digest of the request and
 * of whose credentials it is asked with, sealed with the same: who cannot ask the system cannot read what it said. What
 * is sensitive is not kept at all. A change at an address makes what was said there before void (RFC 9111 section 4.4). Where the
 * store fails the system is asked: it is only slower.
 */
import type { PlanCache } from '../../model/plan.ts';
import type { Clock, Random } from '../../model/time.ts';
import { sha256 } from '../digest.ts';
import type { HttpHeader, HttpRequest, HttpResponse } from '../ports/http.ts';
import type { SharedValues } from '../ports/shared-values.ts';
import { seal, unseal } from '../seal.ts';
import type { StoredAnswer } from './stored-answer.ts';

const PURPOSE = 'answer';
const VOID_MS = 7 * 86_400_000;

export interface CachePorts {
  readonly answers?: SharedValues;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Asked {
  /** As it would go out, but for credentials. */
  readonly request: HttpRequest;
  /** Whose credentials go with it. */
  readonly identity: string;
  readonly policy: PlanCache;
}

export interface Remembered {
  /** Use it, and ask nobody. */
  readonly fresh?: HttpResponse;
  /** Use it where the system fails. */
  readonly standIn?: HttpResponse;
  readonly conditions: readonly HttpHeader[];
  /** What the system's answer means: the old one where it says that nothing has changed. */
  readonly meaning: (answer: HttpResponse) => HttpResponse;
}

const NOTHING: Remembered = { conditions: [], meaning: (answer) => answer };

export async function remembered({ request, identity, policy }: Asked, ports: CachePorts): Promise<Remembered> {
  const stored = await quietly(async () => await read({ request, identity }, ports));
  if (!stored) return NOTHING;
  const { refreshed, responseOf, standingOf } = await rules();
  const { isFresh, isStandIn, conditions } = standingOf(stored, request, policy, ports.clock.now());
  const answer = responseOf(stored);
  return {
    ...(isFresh && { fresh: answer }),
    ...(isStandIn && { standIn: answer }),
    conditions,
    meaning: (said) => (said.status === 304 ? refreshed(stored, said) : said),
  };
}

export async function remember(
  { request, identity, policy }: Asked,
  answer: HttpResponse,
  ports: CachePorts,
): Promise<void> {
  const { storing } = await rules();
  const now = ports.clock.now();
  const kept = storing(request, answer, policy, now);
  if (!kept || !ports.answers) return;
  const { answers, random } = ports;
  const secret = secretOf({ request, identity });
  const text = seal(JSON.stringify(kept.answer), secret, { purpose: PURPOSE, nonce: random.uuid() });
  await quietly(async () => await answers.put(nameOf(secret), { text, at: now, until: kept.until }));
}

/** What was said there before is void, for everybody who has asked. */
export async function forgetAt(url: string, { answers, clock }: CachePorts): Promise<void> {
  const now = clock.now();
  await quietly(async () => await answers?.put(voidName(url), { text: String(now), at: now, until: now + VOID_MS }));
}

async function read(
  asked: Pick<Asked, 'request' | 'identity'>,
  { answers, clock }: CachePorts,
): Promise<StoredAnswer | undefined> {
  if (!answers) return undefined;
  const secret = secretOf(asked);
  const now = clock.now();
  const [value, made] = await Promise.all([
    answers.get(nameOf(secret), now),
    answers.get(voidName(asked.request.url), now),
  ]);
  const text = value && unseal(value.text, secret, PURPOSE);
  if (text === undefined) return undefined;
  // Only `remember` can have sealed it.
  const stored = JSON.parse(text) as StoredAnswer;
  return made !== undefined && Number(made.text) >= stored.storedAt ? undefined : stored;
}

function secretOf({ request: { method, url, headers }, identity }: Pick<Asked, 'request' | 'identity'>): string {
  return JSON.stringify([identity, method, url, headers.filter(([name]) => name.toLowerCase() !== 'traceparent')]);
}

function nameOf(secret: string): string {
  return `answer:${sha256(`name ${secret}`)}`;
}

function voidName(url: string): string {
  return `void:${sha256(url.replace(/[?#].*/, ''))}`;
}

/** Loaded where a step has a cache, and by nobody else. */
async function rules(): Promise<typeof import('./stored-answer.ts')> {
  return await import('./stored-answer.ts');
}

async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
