import { describe, expect, it } from 'vitest';
import type { PlanCall, PlanFallback, PlanStep } from '../../../lib/model/plan.ts';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import { viewFromRecord } from '../../../lib/runtime/view.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, scopeOf, type StepFixture, stepOf, valuesOf } from '../../support/plan-fixture.ts';
import { viewOf } from '../../support/saga-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const TIMEOUT: HttpAnswer = { kind: 'no-answer', why: 'timeout' };
const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;
const OUTPUTS: PlanFallback = { kind: 'outputs', criteria: [], outputs: valuesOf({ price: 9.9, of: '$inputs.sku' }) };
const CALL: PlanFallback = { kind: 'call', criteria: [], call: 'quote#fallback' };

interface Setting {
  readonly fallback: PlanFallback;
  readonly step?: Omit<StepFixture, 'path'>;
  readonly call?: Partial<PlanCall>;
  readonly breaker?: boolean;
}

/** A run with the step `quote`, and another request that can stand in for it. */
function planFor({ fallback, step, call, breaker }: Setting): ReturnType<typeof planOf> {
  const quote = stepOf({
    path: 'quote',
    effect: 'safe',
    retry: NO_RETRY,
    outputs: { price: '$response.body#/price' },
    fallback,
    ...step,
  });
  const {
    onSuccess: _on,
    onFailure: _of,
    onChange: _oc,
    repeats: _r,
    closes: _c,
    exits: _e,
    ...rest
  } = stepOf({
    path: 'quote#fallback',
    operation: 'lists',
    effect: 'safe',
    retry: NO_RETRY,
    outputs: { price: '$response.body#/list' },
  });
  const other: PlanCall = { ...rest, scope: '', ...call };
  const policy = { failureRate: 0.5, windowMs: 60_000, minimumCalls: 2, openForMs: 5_000, trialCalls: 1 };
  const shop = {
    name: 'shop',
    title: 'Shop',
    servers: [{ url: 'https://shop.test/v1', variables: {} }],
    securitySchemes: {},
    ...(breaker === true && { breaker: policy }),
  };
  return planOf({
    steps: [quote],
    operations: [
      operationOf('quote', { method: quote.effect === 'safe' ? 'get' : 'post' }),
      operationOf('lists', { method: 'get' }),
    ],
    scopes: [
      scopeOf('', {
        members: { quote: { step: 'quote' } },
        outputs: valuesOf({ price: '$steps.quote.outputs.price' }),
      }),
    ],
    rest: { calls: { 'quote#fallback': other }, systems: { shop } },
  });
}

async function quoting(setting: Setting, ...answers: readonly Scripted[]): Promise<CallHarness> {
  const harness = await new CallHarness(planFor(setting)).start({ sku: 'a-1' });
  harness.http.on('/v1/quote', ...answers);
  return harness;
}

describe('a step with a fallback', () => {
  it.each<readonly [string, PlanStep['effect'], Scripted]>([
    ['was refused', 'unsafe', answered(409)],
    ['was throttled', 'unsafe', answered(429)],
    ['was not sent', 'unsafe', { kind: 'not-sent', why: 'dns' }],
    ['only reads and was not answered', 'safe', TIMEOUT],
    ['only reads and was answered with a 500', 'safe', answered(500)],
  ])('that %s goes on with its fallback', async (_, effect, answer) => {
    const harness = await quoting({ fallback: OUTPUTS, step: { effect } }, answer);
    expect(await harness.call('quote')).toEqual({ out: { price: 9.9, of: 'a-1' }, go: 'next' });
    expect((await harness.journal.header(RUN))?.phase).toBe('forward');
    const [applied] = (await harness.journal.record(RUN))?.applied ?? [];
    expect(applied).toMatchObject({ degraded: true, go: 'next', attempts: [{}] });
    // Shown at the step: its outputs are not those of its own request.
    expect((await viewOf(harness)).steps).toMatchObject([{ path: 'quote', status: 'applied', degraded: true }]);
    expect(harness.log.map(({ message }) => message)).toEqual([expect.stringMatching(/^its fallback stands in: /)]);
  });

  it('never takes it while its effect may stand', async () => {
    for (const answer of [TIMEOUT, answered(500)]) {
      const harness = await quoting({ fallback: OUTPUTS, step: { effect: 'unsafe' } }, answer);
      expect(await harness.failing('quote')).toMatchObject({ error: 'Interlock.InDoubt' });
      expect((await harness.journal.record(RUN))?.applied).toEqual([]);
    }
  });

  it('never takes it for an effect that stands and is not wanted', async () => {
    const criteria = [{ type: 'simple', condition: '$statusCode == 201' }] as const;
    const harness = await quoting({ fallback: OUTPUTS, step: { effect: 'unsafe', criteria } }, answered(200, {}));
    expect(await harness.failing('quote')).toMatchObject({ error: 'Interlock.Unwanted' });
  });

  it('answers as itself where it succeeds', async () => {
    const harness = await quoting({ fallback: OUTPUTS }, answered(200, { price: 5 }));
    expect(await harness.call('quote')).toEqual({ out: { price: 5 }, go: 'next' });
    expect((await harness.journal.record(RUN))?.applied[0]).not.toHaveProperty('degraded');
    expect((await viewOf(harness)).steps[0]).not.toHaveProperty('degraded');
  });

  it('takes it only where its criteria hold', async () => {
    const criteria = [{ type: 'simple', condition: '$statusCode == 503' }] as const;
    const fallback = { ...OUTPUTS, criteria };
    expect(await (await quoting({ fallback }, answered(503))).call('quote')).toMatchObject({ go: 'next' });
    expect(await (await quoting({ fallback }, answered(500))).failing('quote')).toMatchObject({
      error: 'Interlock.InDoubt',
    });
  });

  it('asks its failure actions first', async () => {
    const action = { name: 'other', type: 'goto', criteria: [], closes: [], label: 'goto other' } as const;
    const step = { onFailure: [action], exits: ['next', 'goto other'] };
    const harness = await quoting({ fallback: OUTPUTS, step }, answered(404));
    expect(await harness.call('quote')).toEqual({ out: {}, go: 'goto other' });
  });

  it('fails where an action ends it: that is what its author has decided', async () => {
    const action = { name: 'stop', type: 'end', criteria: [], closes: [] } as const;
    const harness = await quoting({ fallback: OUTPUTS, step: { onFailure: [action] } }, answered(404));
    expect(await harness.failing('quote')).toMatchObject({ error: 'Interlock.Refused' });
  });

  it('leaves by its success actions, as if it had given these outputs itself', async () => {
    const action = { name: 'dear', type: 'goto', criteria: [], closes: [], label: 'goto dear' } as const;
    const step = { onSuccess: [action], exits: ['next', 'goto dear'] };
    const harness = await quoting({ fallback: OUTPUTS, step }, answered(404));
    expect(await harness.call('quote')).toMatchObject({ out: { price: 9.9 }, go: 'goto dear' });
  });

  it('answers the same when it is asked again, without another request', async () => {
    const harness = await quoting({ fallback: OUTPUTS, step: { effect: 'unsafe' } }, answered(409));
    const first = await harness.call('quote');
    expect(await harness.call('quote')).toEqual(first);
    expect(harness.http.requests).toHaveLength(1);
  });

  it('does not take it where the step repairs for a retry', async () => {
    const harness = await quoting({ fallback: OUTPUTS }, answered(404));
    expect(await harness.failing('quote', { repair: true })).toMatchObject({ error: 'Interlock.Refused' });
  });

  it('does not wait for a breaker that is open', async () => {
    const retry = { ...NO_RETRY, attempts: 3, capMs: 20_000 };
    const harness = await quoting({ fallback: OUTPUTS, breaker: true, step: { retry } }, answered(200));
    const began = harness.clock.now();
    await harness.breakers.change('https://shop.test', 0, { phase: 'open', until: began + 5_000, trials: 0 });
    expect(await harness.call('quote')).toMatchObject({ out: { price: 9.9 } });
    expect([harness.clock.now() - began, harness.http.requests.length]).toEqual([0, 0]);
  });
});

describe('a fallback that is another request', () => {
  it('gives its outputs, and its attempts are in the record', async () => {
    const harness = await quoting({ fallback: CALL }, answered(500));
    harness.http.on('/v1/lists', answered(200, { list: 7 }));
    expect(await harness.call('quote')).toEqual({ out: { price: 7 }, go: 'next' });
    const [applied] = (await harness.journal.record(RUN))?.applied ?? [];
    expect(applied?.attempts.map(({ outcome }) => outcome)).toEqual(['in-doubt', 'applied']);
  });

  it('that fails leaves the step failed as it was, and says both', async () => {
    const harness = await quoting({ fallback: CALL, step: { effect: 'unsafe' } }, answered(409));
    harness.http.on('/v1/lists', answered(404));
    expect(await harness.failing('quote')).toEqual({
      error: 'Interlock.Refused',
      cause: 'shop answered 409; its fallback failed, too: shop answered 404',
    });
    const [failure] = (await harness.journal.header(RUN))?.failures ?? [];
    expect(failure).toMatchObject({ outcome: 'refused', attempts: [{ status: 409 }, { status: 404 }] });
  });

  it('is not made where it would change something', async () => {
    const harness = await quoting({ fallback: CALL, call: { effect: 'unsafe' } }, answered(404));
    expect(await harness.failing('quote')).toEqual({
      error: 'Interlock.Refused',
      cause: 'shop answered 404; its fallback would change something, and nobody could undo that',
    });
    expect(harness.http.requests).toHaveLength(1);
  });

  it('is not made where the lease has no time left for it', async () => {
    const slow = (): HttpAnswer => {
      harness.clock.pass(9_000);
      return { kind: 'not-sent', why: 'connect-timeout' };
    };
    const harness = await quoting({ fallback: CALL, step: { leaseMs: 12_000 } }, slow);
    const { cause } = await harness.failing('quote');
    expect(cause).toMatch(/its fallback failed, too: the time of its lease or of the run is used up$/);
  });
});

describe('a run in which a fallback stood in', () => {
  it('is degraded while it runs and when it has ended', async () => {
    const setting: Setting = { fallback: OUTPUTS };
    const harness = await quoting(setting, answered(500));
    const plan = planFor(setting);
    const { out } = await harness.call('quote');
    const degraded = async (): Promise<boolean | undefined> => {
      const record = await harness.journal.record(RUN);
      return record && viewFromRecord(record, () => ({ plan: plan, planHash: 'plan-1' }), harness.clock.now()).degraded;
    };
    expect(await degraded()).toBe(true);
    await harness.core({ op: 'close', scope: '', refs: { quote: out } });
    expect(await degraded()).toBe(true);
  });

  it('is not, where the step succeeded', async () => {
    const setting: Setting = { fallback: OUTPUTS };
    const harness = await quoting(setting, answered(200, { price: 1 }));
    await harness.call('quote');
    const record = await harness.journal.record(RUN);
    expect(record && viewFromRecord(record, () => ({ plan: planFor(setting), planHash: 'plan-1' }), 0).degraded).toBe(
      false,
    );
  });
});
