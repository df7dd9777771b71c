/** Answers that are used again: by HTTP's own rules, between runs, for one client, and never past a change. */
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../../lib/model/environment.ts';
import type { PlanCache } from '../../../lib/model/plan.ts';
import type { SecurityScheme } from '../../../lib/model/openapi.ts';
import { CallHarness } from '../../support/call-harness.ts';
import { operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const KEY = { env: 'KEY' };
const once = { attempts: 1, intervalMs: 1, backoff: 1, capMs: 1, jitter: 'none' } as const;

interface Asked {
  readonly cache?: PlanCache;
  readonly step?: Omit<StepFixture, 'path'>;
  readonly scheme?: SecurityScheme;
  readonly credential?: Credential;
}

async function harnessFor({
  cache = {},
  step = {},
  scheme = { type: 'apiKey', in: 'header', name: 'X-Key' },
  credential = KEY,
}: Asked): Promise<CallHarness> {
  const plan = planOf({
    steps: [
      stepOf({
        path: 'look',
        effect: 'safe',
        repeats: true,
        retry: once,
        cache,
        outputs: { n: '$response.body#/n', tag: '$response.header.X-Tag' },
        ...step,
      }),
      stepOf({ path: 'change', effect: 'idempotent', repeats: true, retry: once }),
    ],
    operations: [
      operationOf('look', { method: 'get', path: '/thing', security: [{ it: [] }] }),
      operationOf('change', { method: 'put', path: '/thing' }),
    ],
    rest: {
      systems: {
        shop: {
          name: 'shop',
          title: 'Shop',
          servers: [{ url: 'https://shop.test', variables: {} }],
          securitySchemes: { it: scheme },
        },
      },
    },
  });
  const harness = await new CallHarness(plan, { auth: { it: credential } }).start({});
  harness.secrets.set(JSON.stringify(KEY), 'secret-key');
  return harness;
}

let visit = 0;

async function look(harness: CallHarness): Promise<unknown> {
  visit += 1;
  return (await harness.call('look', { at: { visit, tries: {} } })).out;
}

function of(n: number, headers: { readonly [name: string]: string } = {}): ReturnType<typeof answered> {
  return answered(200, { n }, headers);
}

function heard({ http }: CallHarness, method = 'GET'): number {
  return http.requests.filter((request) => request.method === method).length;
}

describe('an answer', () => {
  it('is used again as long as it says, and no longer', async () => {
    const harness = await harnessFor({});
    harness.http.on('/thing', of(1, { 'cache-control': 'max-age=60' }), of(2));
    expect([await look(harness), await look(harness)]).toEqual([{ n: 1 }, { n: 1 }]);
    harness.clock.pass(59_000);
    expect(await look(harness)).toEqual({ n: 1 });
    harness.clock.pass(1_000);
    expect([await look(harness), heard(harness)]).toEqual([{ n: 2 }, 2]);
    const cached = harness.events.flatMap((event) => (event.type === 'attempt-ended' ? [event.cached] : []));
    expect(cached).toEqual([undefined, 'fresh', 'fresh', undefined]);
  });

  it('that does not say is used as long as the policy says, and never where it forbids it', async () => {
    const silent = await harnessFor({ cache: { ttlMs: 60_000 } });
    silent.http.on('/thing', of(1), of(2));
    expect([await look(silent), await look(silent)]).toEqual([{ n: 1 }, { n: 1 }]);
    for (const headers of [{ 'cache-control': 'no-store' }, { vary: '*' }, { expires: '0' }]) {
      const forbidding = await harnessFor({ cache: { ttlMs: 60_000 } });
      forbidding.http.on('/thing', of(1, headers), of(2));
      expect([await look(forbidding), await look(forbidding)]).toEqual([{ n: 1 }, { n: 2 }]);
    }
    const without = await harnessFor({});
    without.http.on('/thing', of(1), of(2));
    expect([await look(without), await look(without)]).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('that has aged is asked about, and holds on where nothing has changed', async () => {
    const harness = await harnessFor({});
    harness.http.on(
      '/thing',
      of(1, { 'cache-control': 'max-age=1', etag: '"a"', 'x-tag': 'old' }),
      answered(304, undefined, { 'cache-control': 'max-age=60', 'x-tag': 'new' }),
    );
    await look(harness);
    harness.clock.pass(2_000);
    expect(await look(harness)).toEqual({ n: 1, tag: 'new' });
    expect(harness.http.header(1, 'if-none-match')).toBe('"a"');
    expect([await look(harness), heard(harness)]).toEqual([{ n: 1, tag: 'new' }, 2]);
  });

  it.each([
    ['is down', { kind: 'not-sent', why: 'connection-refused' }],
    ['is broken', answered(503)],
    ['does not answer', { kind: 'no-answer', why: 'timeout' }],
    ['has enough', answered(429)],
  ] as const)('of before stands in while its system %s, with a note', async (_, failing) => {
    const harness = await harnessFor({ cache: { ttlMs: 1_000, staleIfErrorMs: 60_000 } });
    harness.http.on('/thing', of(1), failing);
    await look(harness);
    harness.clock.pass(30_000);
    expect(await look(harness)).toEqual({ n: 1 });
    expect(harness.log.map(({ message }) => message).join()).toContain('an answer of before stands in: ');
    harness.clock.pass(32_000);
    await expect(look(harness)).rejects.toThrow();
  });

  it('does not stand in where it must be asked about, or for a refusal', async () => {
    const strict = await harnessFor({ cache: { ttlMs: 1_000, staleIfErrorMs: 60_000 } });
    strict.http.on('/thing', of(1, { 'cache-control': 'max-age=1, must-revalidate' }), answered(503));
    const refused = await harnessFor({ cache: { ttlMs: 1_000, staleIfErrorMs: 60_000 } });
    refused.http.on('/thing', of(1), answered(404));
    for (const harness of [strict, refused]) {
      await look(harness);
      harness.clock.pass(2_000);
      await expect(look(harness)).rejects.toThrow();
    }
  });

  it('is void after a change at its address', async () => {
    const harness = await harnessFor({ cache: { ttlMs: 60_000 } });
    harness.http.on('/thing', of(1), answered(200), of(2));
    await look(harness);
    await harness.call('change', { at: { visit: 1, tries: {} } });
    expect([await look(harness), heard(harness)]).toEqual([{ n: 2 }, 2]);
  });

  it('is of one client: other credentials ask for themselves, a renewed token of the same client does not', async () => {
    const harness = await harnessFor({ cache: { ttlMs: 60_000 } });
    harness.http.on('/thing', of(1), of(2));
    await look(harness);
    harness.secrets.set(JSON.stringify(KEY), 'other-key');
    expect(await look(harness)).toEqual({ n: 2 });
    const flows = { clientCredentials: { tokenUrl: 'https://auth.test/token' } };
    const tokens = await harnessFor({
      cache: { ttlMs: 600_000 },
      scheme: { type: 'oauth2', flows },
      credential: { clientId: 'me', clientSecret: KEY },
    });
    const token = (name: string): ReturnType<typeof answered> =>
      answered(200, { access_token: name, token_type: 'Bearer', expires_in: 60 });
    tokens.http.on('/thing', of(1), of(2)).on('/token', token('t1'), token('t2'));
    await look(tokens);
    tokens.clock.pass(61_000);
    expect(await look(tokens)).toEqual({ n: 1 });
  });

  it('lies in the store unreadable, and not at all where it is sensitive', async () => {
    const harness = await harnessFor({ cache: { ttlMs: 60_000 } });
    harness.http.on('/thing', answered(200, { n: 'canary' }, { 'x-tag': 'canary' }));
    await look(harness);
    expect(harness.answers.texts().length).toBeGreaterThan(0);
    for (const text of harness.answers.texts()) {
      expect(text + Buffer.from(text, 'base64').toString('latin1')).not.toMatch(/canary|secret-key|Y2FuYXJ5/);
    }
    const sensitive = await harnessFor({ cache: { ttlMs: 60_000 }, step: { sensitive: ['n'] } });
    sensitive.http.on('/thing', of(1));
    await look(sensitive);
    expect(sensitive.answers.texts()).toEqual([]);
  });

  it('that is refused or too large is not kept', async () => {
    const harness = await harnessFor({ cache: { ttlMs: 60_000 } });
    harness.http.on('/thing', answered(200, { n: 'x'.repeat(400_000) }), of(2));
    await look(harness);
    expect(await look(harness)).toEqual({ n: 2 });
    const refused = await harnessFor({ cache: { ttlMs: 60_000 } });
    refused.http.on('/thing', answered(404));
    await expect(look(refused)).rejects.toThrow();
    expect(refused.answers.texts()).toEqual([]);
  });

  it('is asked for where the store does not answer', async () => {
    const harness = await harnessFor({ cache: { ttlMs: 60_000 } });
    harness.http.on('/thing', of(1), of(2));
    harness.answers.failing = 10;
    expect([await look(harness), await look(harness)]).toEqual([{ n: 1 }, { n: 2 }]);
  });
});
