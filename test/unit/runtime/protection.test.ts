import { describe, expect, it } from 'vitest';
import type { SystemEnvironment } from '../../../lib/model/environment.ts';
import type { PlanSystem } from '../../../lib/model/plan.ts';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import type { CallReport, Protection } from '../../../lib/runtime/ports/protection.ts';
import { reportOf } from '../../../lib/runtime/protect/target.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const TIMEOUT: HttpAnswer = { kind: 'no-answer', why: 'timeout' };
const UNREACHABLE: HttpAnswer = { kind: 'not-sent', why: 'connection-refused' };
const ONCE = { retry: { attempts: 1, intervalMs: 500, backoff: 2, capMs: 20_000, jitter: 'full' } } as const;
const BREAKER = { failureRate: 0.5, windowMs: 60_000, minimumCalls: 2, openForMs: 5_000, trialCalls: 1 };

interface Setting {
  readonly system?: Partial<PlanSystem>;
  readonly environment?: SystemEnvironment;
  readonly step?: Omit<StepFixture, 'path'>;
}

/** A run with the step `pay`, which may be passed again and again. */
async function paying({ system, environment, step }: Setting, ...answers: readonly Scripted[]): Promise<CallHarness> {
  const shop: PlanSystem = {
    name: 'shop',
    title: 'Shop',
    servers: [{ url: 'https://shop.test/v1', variables: {} }],
    securitySchemes: {},
    ...system,
  };
  const method = step?.effect === 'safe' ? 'get' : 'post';
  const plan = planOf({
    steps: [stepOf({ path: 'pay', repeats: true, readsInputs: false, ...ONCE, ...step })],
    operations: [operationOf('pay', { method })],
    rest: { systems: { shop } },
  });
  const harness = await new CallHarness(plan, environment).start();
  harness.http.on('*', ...answers);
  return harness;
}

function visit(number: number): { readonly at: { readonly visit: number; readonly tries: Record<string, never> } } {
  return { at: { visit: number, tries: {} } };
}

describe('a call of a system with a breaker', () => {
  it('is not sent while the breaker is open, and the fence goes up as for any failure', async () => {
    const harness = await paying({ system: { breaker: BREAKER }, step: { effect: 'safe' } }, TIMEOUT);
    await harness.breakers.change('https://shop.test', 0, {
      phase: 'open',
      until: harness.clock.now() + 5_000,
      trials: 0,
    });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'the breaker of shop is open until 2026-01-01T00:00:05.000Z',
    });
    expect(harness.http.requests).toEqual([]);
    const [failure] = (await harness.journal.header(RUN))?.failures ?? [];
    expect(failure?.attempts).toMatchObject([{ outcome: 'not-sent', withheld: true }]);
  });

  it('waits for it where the retries of the step last long enough', async () => {
    const retry = { ...ONCE.retry, attempts: 2 };
    const harness = await paying({ system: { breaker: BREAKER }, step: { retry } }, answered(200));
    const began = harness.clock.now();
    await harness.breakers.change('https://shop.test', 0, { phase: 'open', until: began + 5_000, trials: 0 });
    expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    expect(harness.clock.now() - began).toBe(5_000);
    expect((await harness.breakers.read('https://shop.test')).phase).toBe('closed');
  });

  it('does not wait longer than the retries may', async () => {
    const retry = { ...ONCE.retry, attempts: 3, capMs: 4_999 };
    const harness = await paying({ system: { breaker: BREAKER }, step: { retry } }, answered(200));
    const until = harness.clock.now() + 5_000;
    await harness.breakers.change('https://shop.test', 0, { phase: 'open', until, trials: 0 });
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.NotSent' });
    expect(harness.clock.now()).toBe(until - 5_000);
  });

  it('tells a retry action when to come again', async () => {
    const retry = { afterMs: 1_000, limit: 3, again: 'pay' };
    const action = { name: 'again', type: 'retry', criteria: [], closes: [], label: 'retry pay#again', retry } as const;
    const step = { onFailure: [action], exits: ['next', 'retry pay#again'] };
    const harness = await paying({ system: { breaker: BREAKER }, step }, answered(200));
    const until = harness.clock.now() + 42_000;
    await harness.breakers.change('https://shop.test', 0, { phase: 'open', until, trials: 0 });
    expect(await harness.call('pay')).toMatchObject({ go: 'retry pay#again', seconds: 42 });
  });

  it('opens it by calls that ended in doubt, for every run that calls the system', async () => {
    const harness = await paying(
      { system: { breaker: BREAKER, identity: 'payments' }, step: { effect: 'safe' } },
      TIMEOUT,
    );
    await harness.failing('pay');
    harness.journal.change(RUN, { phase: 'forward' });
    await harness.failing('pay', visit(2));
    expect(await harness.breakers.read('payments')).toMatchObject({ phase: 'open' });
  });

  it('never opens it by refusals of the system, however many', async () => {
    const harness = await paying({ system: { breaker: BREAKER } }, answered(409), answered(429), answered(404));
    for (const number of [1, 2, 3]) {
      harness.journal.change(RUN, { phase: 'forward' });
      await harness.failing('pay', visit(number));
    }
    expect(await harness.breakers.read('https://shop.test')).toMatchObject({ phase: 'closed', round: 0 });
  });
});

describe('what an answer says about its system', () => {
  const at = { ms: 7, now: 1_000 };
  it.each<readonly [string, HttpAnswer, Parameters<typeof reportOf>[1]['outcome'], unknown]>([
    ['a 2xx that is wanted', answered(200), 'applied', { kind: 'answered', ms: 7 }],
    ['a 2xx that is not wanted', answered(200), 'unwanted', { kind: 'answered', ms: 7 }],
    ['a 4xx', answered(404), 'refused', { kind: 'answered', ms: 7 }],
    ['a 429', answered(429), 'throttled', { kind: 'answered', ms: 7, throttledUntil: 1_000 }],
    [
      'a 429 with Retry-After',
      answered(429, undefined, { 'retry-after': '30' }),
      'throttled',
      { kind: 'answered', ms: 7, throttledUntil: 31_000 },
    ],
    ['a 5xx', answered(503), 'in-doubt', { kind: 'failed', ms: 7 }],
    ['a timeout', TIMEOUT, 'in-doubt', { kind: 'failed', ms: 7 }],
    ['a reset', { kind: 'no-answer', why: 'reset' }, 'in-doubt', { kind: 'failed', ms: 7 }],
    ['a connection that is refused', UNREACHABLE, 'not-sent', { kind: 'failed', ms: 7 }],
    ['a request that was broken off here', { kind: 'no-answer', why: 'aborted' }, 'in-doubt', { kind: 'unused' }],
    ['a request that is no HTTP', { kind: 'not-sent', why: 'invalid-request' }, 'not-sent', { kind: 'unused' }],
  ])('%s', (_, answer, outcome, report) => {
    expect(reportOf(answer, { outcome, ...at })).toEqual(report);
  });
});

describe('a call of a system with limits', () => {
  it('waits for its turn within the lease', async () => {
    const rateLimit = { requests: 1, perMs: 2_000, burst: 1 };
    const harness = await paying({ system: { rateLimit } }, answered(200));
    const began = harness.clock.now();
    for (const number of [1, 2, 3]) await harness.call('pay', visit(number));
    expect(harness.clock.now() - began).toBe(4_000);
  });

  it('is not sent when its turn would come too late, and not as one that the system refused', async () => {
    const rateLimit = { requests: 1, perMs: 3_600_000, burst: 1 };
    const harness = await paying({ system: { rateLimit } }, answered(200));
    await harness.call('pay', visit(1));
    expect(await harness.failing('pay', visit(2))).toMatchObject({
      error: 'Interlock.NotSent',
      cause: 'the rate limit of shop has no call left before 2026-01-01T01:00:00.000Z',
    });
  });

  it('takes no turn that would come after its lease', async () => {
    const rateLimit = { requests: 1, perMs: 4_000, burst: 1 };
    const harness = await paying({ system: { rateLimit }, step: { leaseMs: 11_000 } }, answered(200));
    await harness.call('pay', visit(1));
    // One second of the lease is left beside the attempt: the token of four seconds later is not taken.
    expect(await harness.failing('pay', visit(2))).toMatchObject({ error: 'Interlock.NotSent' });
    expect(harness.http.requests).toHaveLength(1);
  });

  it('is not sent when the store took so long that the lease is used up, and says that it was not', async () => {
    const retry = { ...ONCE.retry, attempts: 3 };
    const harness = await paying({ step: { leaseMs: 11_000, retry } }, answered(200));
    const reports: CallReport[] = [];
    const protection: Protection = {
      health: () => Promise.resolve([]),
      admit: async () => {
        harness.clock.pass(1_001);
        return { ok: true, done: async (report) => void reports.push(report) };
      },
    };
    Object.assign(harness.ports, { protection });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'the time of its lease or of the run is used up',
    });
    expect([harness.http.requests, reports]).toEqual([[], [{ kind: 'unused' }]]);
  });

  it('is not repeated in doubt when its turn came so late that the system may have forgotten the key', async () => {
    const retry = { ...ONCE.retry, attempts: 3 };
    const idempotency = { header: 'Idempotency-Key', retentionMs: 40_000 };
    const step = { effect: 'idempotent', idempotency, leaseMs: 120_000, graceMs: 10_000, retry } as const;
    const harness = await paying({ step }, TIMEOUT, answered(200));
    const begun = harness.clock.now();
    const latest: number[] = [];
    const protection: Protection = {
      health: () => Promise.resolve([]),
      admit: async (asking) => {
        harness.clock.pass(10_001);
        latest.push(asking.latest - begun);
        return { ok: true, done: async () => undefined };
      },
    };
    Object.assign(harness.ports, { protection });
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.InDoubt' });
    // Ten seconds of its own and ten of grace later the key is still known: by a millisecond.
    expect(latest).toEqual([110_000, 19_999]);
    expect(harness.http.requests).toHaveLength(1);
  });
});

describe('a call of a system with several servers', () => {
  const environment = { servers: ['https://one.test/v1', 'https://two.test/v1/'] };
  const hostsOf = ({ http }: CallHarness): readonly string[] => http.requests.map(({ url }) => new URL(url).host);

  it('goes to another one after a request that was not sent, and the record says where it was done', async () => {
    const retry = { ...ONCE.retry, attempts: 3 };
    const harness = await paying({ environment, step: { retry } }, UNREACHABLE, answered(200));
    await harness.call('pay');
    expect(hostsOf(harness)).toEqual(['two.test', 'one.test']);
    expect(harness.http.requests.map(({ url }) => new URL(url).pathname)).toEqual(['/v1/pay', '/v1/pay']);
    const [applied] = (await harness.journal.record(RUN))?.applied ?? [];
    expect(applied?.attempts.map(({ server }) => server)).toEqual(['https://two.test/v1', 'https://one.test/v1']);
  });

  it('stays at the one where it may have been done, in this visit and its later generations', async () => {
    const retry = { ...ONCE.retry, attempts: 3 };
    const idempotency = { header: 'Idempotency-Key', retentionMs: 86_400_000 };
    const again = { afterMs: 1_000, limit: 3, again: 'pay' };
    const action = {
      name: 'again',
      type: 'retry',
      criteria: [],
      closes: [],
      label: 'retry pay#again',
      retry: again,
    } as const;
    const step: Setting['step'] = {
      effect: 'idempotent',
      retry,
      idempotency,
      onFailure: [action],
      exits: ['next', 'retry pay#again'],
    };
    const harness = await paying({ environment, step }, TIMEOUT, UNREACHABLE, UNREACHABLE, UNREACHABLE, answered(200));
    const { at } = await harness.call('pay');
    await harness.call('pay', { ...(at && { at }) });
    expect(hostsOf(harness)).toEqual(Array(5).fill('two.test'));
  });

  it('is not made again when nobody knows at which one it may have been done', async () => {
    const idempotency = { header: 'Idempotency-Key', retentionMs: 86_400_000 };
    const step: Setting['step'] = { effect: 'idempotent', idempotency };
    const harness = await paying({ environment, step }, answered(200));
    const lost = { key: { step: 'pay', visit: 1, gen: 0 }, outcome: 'in-doubt', startedAt: 0, endedAt: 1 } as const;
    const error = { error: 'Interlock.InDoubt', message: 'lost' };
    const record = { ...lost, epoch: 1, planHash: 'plan-1', attempts: [], dataDigest: '', error };
    await harness.journal.fail(RUN, { ...record, attempts: [{ startedAt: 0, ms: 1, outcome: 'in-doubt' }] }, false);
    const answer = await harness.failing('pay', { at: { visit: 1, tries: { again: 1 } } });
    expect(answer).toEqual({
      error: 'Interlock.InDoubt',
      cause: 'nobody knows at which server of shop it may have been done',
    });
    expect(harness.http.requests).toEqual([]);
  });

  it('stays at one that answered, whatever it answered', async () => {
    const retry = { ...ONCE.retry, attempts: 3 };
    const harness = await paying({ environment, step: { retry } }, answered(429), answered(200));
    await harness.call('pay');
    expect(hostsOf(harness)).toEqual(['two.test', 'two.test']);
  });

  it('may read at another one after a read that failed', async () => {
    const retry = { ...ONCE.retry, attempts: 2 };
    const harness = await paying({ environment, step: { effect: 'safe', retry } }, TIMEOUT, answered(200));
    await harness.call('pay');
    expect(hostsOf(harness)).toEqual(['two.test', 'one.test']);
  });

  it('avoids one whose breaker is open', async () => {
    const system = { identity: 'payments', breaker: BREAKER };
    const harness = await paying({ environment, system }, answered(200));
    const until = harness.clock.now() + 60_000;
    await harness.breakers.change('payments@https://two.test', 0, { phase: 'open', until, trials: 0 });
    for (const number of [1, 2, 3, 4]) await harness.call('pay', visit(number));
    expect(hostsOf(harness)).toEqual(Array(4).fill('one.test'));
  });

  it('counts the health of each without a breaker, and lets none of them be closed by it', async () => {
    const harness = await paying({ environment, step: { effect: 'safe' } }, TIMEOUT);
    for (let number = 1; number <= 20; number += 1) {
      harness.journal.change(RUN, { phase: 'forward' });
      await harness.failing('pay', visit(number));
    }
    expect(new Set(hostsOf(harness))).toEqual(new Set(['one.test', 'two.test']));
    for (const host of ['one', 'two']) {
      expect((await harness.breakers.read(`https://${host}.test`)).phase).toBe('closed');
    }
  });
});
