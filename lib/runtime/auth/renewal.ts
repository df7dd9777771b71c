/**
 * Refresh tokens that a server rotates: each one is good for one renewal, and a server that sees an old one again may
 * revoke them all. So one process of a deployment renews at a time, the others take what it got, and the newest refresh
 * token is in the shared store before anybody uses its access token. It lies there sealed with the client's own secrets:
 * who reads the store learns nothing. A new refresh token in the environment begins anew.
 */
import { isObject } from '../../model/json.ts';
import type { Clock, Random } from '../../model/time.ts';
import type { Permits } from '../ports/limits.ts';
import type { SharedValues } from '../ports/shared-values.ts';
import { delay } from '../retry.ts';
import { seal, unseal } from '../seal.ts';
import type { Fetched, FreshToken } from './tokens.ts';

export interface Renewals {
  readonly values: SharedValues;
  readonly permits: Permits;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Renewal {
  readonly name: string;
  /** What the store's text is sealed with. */
  readonly secret: string;
  /** As the environment has it. */
  readonly refreshToken: string;
  /** An access token that the system does not take any more. */
  readonly refused?: string;
  readonly timeoutMs: number;
  readonly request: (refreshToken: string) => Promise<Fetched>;
}

const PURPOSE = 'refresh-token';
/** Longer than a server keeps an unused refresh token, mostly; each renewal begins it again. */
const KEPT_MS = 400 * 86_400_000;
/** Between two looks at the one who renews. */
const LOOK_MS = 50;
/** The answer was given and is used up: it must not be lost because a store was busy. */
const WRITES = 3;

export async function renewed(renewals: Renewals, renewal: Renewal): Promise<Fetched> {
  const { permits, clock, random } = renewals;
  const key = `token:${renewal.name}`;
  const holder = random.uuid();
  const latest = clock.now() + renewal.timeoutMs;
  for (;;) {
    const at = clock.now();
    const found = await read(renewals, renewal);
    if (found?.fresh && found.fresh.token !== renewal.refused && at < found.fresh.freshUntil) return taken(found.fresh);
    // Twice: a request by header, and one by body.
    const asked = { holder, at, until: at + 2 * renewal.timeoutMs + 1_000, limit: 1 };
    if ((await permits.acquire(key, asked)).granted) break;
    if (at >= latest) return { ok: false, why: 'another process renews it, and takes too long' };
    await delay(clock, LOOK_MS);
  }
  try {
    return await renewAlone(renewals, renewal);
  } finally {
    await permits.release(key, holder);
  }
}

async function renewAlone(renewals: Renewals, renewal: Renewal): Promise<Fetched> {
  // Whoever had the permit before may have just renewed.
  const found = await read(renewals, renewal);
  const now = renewals.clock.now();
  if (found?.fresh && found.fresh.token !== renewal.refused && now < found.fresh.freshUntil) return taken(found.fresh);
  const used = found?.refreshToken ?? renewal.refreshToken;
  const answer = await renewal.request(used);
  if (!answer.ok) return answer;
  const kept: Kept = { refreshToken: answer.refreshToken ?? used, fresh: answer.fresh };
  return (await write(renewals, renewal, kept)) ? answer : { ok: false, why: 'its new refresh token cannot be kept' };
}

interface Kept {
  readonly refreshToken: string;
  readonly fresh?: FreshToken;
}

function taken(fresh: FreshToken): Fetched {
  return { ok: true, token: fresh.token, fresh };
}

async function read({ values, clock }: Renewals, { name, secret }: Renewal): Promise<Kept | undefined> {
  const value = await values.get(`token:${name}`, clock.now());
  const text = value && unseal(value.text, secret, PURPOSE);
  if (text === undefined) return undefined;
  const kept: unknown = JSON.parse(text);
  // Only `write` can have sealed it.
  return isObject(kept) ? (kept as unknown as Kept) : undefined;
}

async function write({ values, clock, random }: Renewals, { name, secret }: Renewal, kept: Kept): Promise<boolean> {
  const text = seal(JSON.stringify(kept), secret, { purpose: PURPOSE, nonce: random.uuid() });
  for (let tried = 1; ; tried += 1) {
    const at = clock.now();
    try {
      return await values.put(`token:${name}`, { text, at, until: at + KEPT_MS, kept: true });
    } catch (error) {
      if (tried >= WRITES) throw error;
      await delay(clock, LOOK_MS);
    }
  }
}
