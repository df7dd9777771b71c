import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../lib/runtime/ports/http.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, type StepFixture, stepOf, valuesOf } from '../../support/plan-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const TIMEOUT: HttpAnswer = { kind: 'no-answer', why: 'timeout' };
const REFUSED: HttpAnswer = { kind: 'not-sent', why: 'connection-refused' };

/** A run with the one step `pay`, answered by the list; the last answer repeats. */
async function paying(step: Omit<StepFixture, 'path'>, ...answers: readonly Scripted[]): Promise<CallHarness> {
  const method = step.effect === 'safe' ? 'get' : 'post';
  const plan = planOf({ steps: [stepOf({ path: 'pay', ...step })], operations: [operationOf('pay', { method })] });
  const harness = await new CallHarness(plan).start({ amount: 5 });
  harness.http.on('/v1/pay', ...answers);
  return harness;
}

describe('a call that succeeds', () => {
  it('answers with the outputs and the way on', async () => {
    const harness = await paying(
      { outputs: { id: '$response.body#/id', code: '$statusCode' } },
      answered(201, { id: 'p1' }),
    );
    expect(await harness.call('pay')).toEqual({ out: { id: 'p1', code: 201 }, go: 'next' });
  });

  it('costs two writes with an effect, and one without', async () => {
    const effect = await paying({}, answered(200));
    await effect.call('pay');
    expect([effect.journal.writes, effect.journal.reads]).toEqual([['intend', 'apply'], ['input']]);
    const safe = await paying({ effect: 'safe', readsInputs: false }, answered(200));
    await safe.call('pay');
    expect([safe.journal.writes, safe.journal.reads]).toEqual([['apply'], ['header']]);
  });

  it('leaves an output out that has no value, and says so: null would be a value', async () => {
    const harness = await paying({ outputs: { id: '$response.body#/id' } }, answered(200, {}));
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'next' });
    expect(harness.log).toEqual([
      {
        level: 'warn',
        message:
          'the output `id` is missing: $response.body#/id is missing: the body of the response has nothing at /id',
        run: RUN,
        step: 'pay',
        visit: 1,
      },
    ]);
  });

  it('records what it did, without a payload', async () => {
    const harness = await paying({}, answered(200, { card: 'canary-4111' }));
    await harness.call('pay', { exec: 'arn:execution' });
    const record = await harness.journal.record(RUN);
    expect(record?.header.execution).toBe('arn:execution');
    expect(record?.applied).toMatchObject([
      {
        key: { step: 'pay', visit: 1, gen: 0 },
        epoch: 1,
        planHash: 'plan-1',
        go: 'next',
        attempts: [{ outcome: 'applied', status: 200, ms: 0 }],
      },
    ]);
    expect(JSON.stringify(record)).not.toContain('canary-4111');
  });

  it('emits what happens', async () => {
    const harness = await paying({}, TIMEOUT);
    await harness.failing('pay');
    expect(harness.events.map(({ type }) => type)).toEqual([
      'step-started',
      'attempt-ended',
      'step-ended',
      'run-fenced',
    ]);
    expect(harness.events[2]).toMatchObject({ step: 'pay', visit: 1, status: 'in-doubt', attempts: 1 });
  });

  it('continues the trace of the run, with a span for each attempt', async () => {
    const plan = planOf({ steps: [stepOf({ path: 'pay' })] });
    const traceparent = '00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01';
    const harness = await new CallHarness(plan).start({}, { traceparent });
    harness.http.on('*', REFUSED, answered(200));
    await harness.call('pay');
    const spans = [0, 1].map((index) => harness.http.header(index, 'traceparent'));
    expect(spans.every((span) => span?.startsWith('00-0123456789abcdef0123456789abcdef-'))).toBe(true);
    expect(new Set(spans).size).toBe(2);
  });
});

describe('the idempotency key', () => {
  it('is the same for every attempt and repetition, and another for another visit', async () => {
    const harness = await paying({ repeats: true }, REFUSED, answered(200));
    await harness.call('pay');
    await harness.call('pay', { at: { visit: 2, tries: {} } });
    const keys = [0, 1, 2].map((index) => harness.http.header(index, 'idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([keys[0] === keys[1], keys[1] === keys[2]]).toEqual([true, false]);
  });
});

describe('a call that fails', () => {
  it.each<readonly [string, Scripted, string, string]>([
    ['refused', answered(402), 'Interlock.Refused', 'shop answered 402'],
    ['in doubt after a 500', answered(500), 'Interlock.InDoubt', 'shop answered 500'],
    ['in doubt without an answer', TIMEOUT, 'Interlock.InDoubt', 'shop gave no answer within 10000 ms'],
    ['throttled', answered(429), 'Interlock.Throttled', 'shop answered 429'],
    ['not sent', REFUSED, 'Interlock.NotSent', 'shop refuses connections at https://shop.test'],
  ])('is %s: it raises the fence in the write that records it', async (_, answer, error, cause) => {
    const harness = await paying({}, answer);
    expect(await harness.failing('pay')).toEqual({ error, cause });
    expect(harness.journal.writes).toEqual(['intend', 'fail']);
    const header = await harness.journal.header(RUN);
    expect([header?.phase, header?.error]).toEqual(['fenced', { error, message: cause, step: 'pay' }]);
  });

  it('is unwanted when its criteria do not hold, and says which', async () => {
    const criteria = [{ type: 'simple', condition: "$response.body#/state == 'done'" }] as const;
    const harness = await paying({ criteria }, answered(200, { state: 'open' }));
    const failure = await harness.failing('pay');
    expect(failure.error).toBe('Interlock.Unwanted');
    expect(failure.cause).toMatch(/^shop answered 200, and the step is no success: /);
    expect(failure.cause).not.toContain('open');
  });

  it('is in doubt when a success cannot be read', async () => {
    const broken: HttpAnswer = {
      kind: 'response',
      status: 200,
      headers: [['content-type', 'application/json']],
      body: new TextEncoder().encode('{"id":'),
      url: '',
    };
    const harness = await paying({}, broken);
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.InDoubt',
      cause: 'shop answered 200, but it says that it is JSON and is not',
    });
  });

  it('is not sent, and nothing is asked of the system, when a value it must have is missing', async () => {
    const harness = await paying({ body: { payload: { kind: 'expression', text: '$inputs.card' }, replacements: [] } });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'the payload has no value: $inputs.card is missing: the inputs hold no `card`',
    });
    expect(harness.http.requests).toEqual([]);
  });

  it('records until when its effect may still land: deadline of the attempt and grace', async () => {
    const harness = await paying({ timeoutsMs: [2_000], graceMs: 7_000 }, TIMEOUT);
    const sentAt = harness.clock.now();
    await harness.failing('pay');
    expect((await harness.journal.header(RUN))?.failures[0]?.quietAfter).toBe(sentAt + 9_000);
  });
});

describe('repetition within a call', () => {
  it('repeats an unsafe call only where nothing can have happened', async () => {
    const harness = await paying({}, REFUSED, answered(429), answered(200));
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'next' });
    expect(harness.journal.writes).toEqual(['intend', 'apply']);
    const doubtful = await paying({}, TIMEOUT, answered(200));
    await doubtful.failing('pay');
    expect(doubtful.http.requests.length).toBe(1);
  });

  it.each(['safe', 'idempotent'] as const)('repeats a call in doubt that is %s', async (effect) => {
    const idempotency = { header: 'Idempotency-Key', retentionMs: 3_600_000 };
    const harness = await paying(
      { effect, ...(effect === 'idempotent' && { idempotency }) },
      TIMEOUT,
      answered(503),
      answered(200),
    );
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'next' });
    expect(harness.http.requests.length).toBe(3);
  });

  it('does not repeat what the system refuses', async () => {
    const harness = await paying({ effect: 'safe' }, answered(404), answered(200));
    await harness.failing('pay');
    expect(harness.http.requests.length).toBe(1);
  });

  it('keeps the doubt when a later attempt is refused', async () => {
    const harness = await paying(
      { effect: 'idempotent', idempotency: { retentionMs: 3_600_000 } },
      TIMEOUT,
      answered(409),
    );
    expect((await harness.failing('pay')).error).toBe('Interlock.InDoubt');
  });

  it('ends with the attempts of the policy', async () => {
    const harness = await paying({ effect: 'safe' }, answered(500));
    await harness.failing('pay');
    expect(harness.http.requests.length).toBe(3);
  });

  it('waits longer each time, with full jitter', async () => {
    const harness = await paying({ effect: 'safe' }, answered(500));
    const begun = harness.clock.now();
    await harness.failing('pay');
    expect(harness.clock.now() - begun).toBe(250 + 500);
  });

  it('waits as long as the system asks, and ends when that is longer than the cap', async () => {
    const asking = await paying({ effect: 'safe' }, answered(503, undefined, { 'retry-after': '7' }), answered(200));
    const begun = asking.clock.now();
    await asking.call('pay');
    expect(asking.clock.now() - begun).toBe(7_000);
    const long = await paying({ effect: 'safe' }, answered(503, undefined, { 'retry-after': '21' }), answered(200));
    await long.failing('pay');
    expect(long.http.requests.length).toBe(1);
  });

  it('understands a Retry-After that is a date', async () => {
    const date = new Date(Date.UTC(2026, 0, 1, 0, 0, 3)).toUTCString();
    const harness = await paying({ effect: 'safe' }, answered(503, undefined, { 'retry-after': date }), answered(200));
    const begun = harness.clock.now();
    await harness.call('pay');
    expect(harness.clock.now() - begun).toBe(3_000);
  });

  it('sends nothing that could outlast the lease', async () => {
    const slow =
      (harness: () => CallHarness): Scripted =>
      () => {
        harness().clock.pass(10_000);
        return TIMEOUT;
      };
    const harness: CallHarness = await paying(
      { effect: 'safe', leaseMs: 25_000 },
      slow(() => harness),
    );
    await harness.failing('pay');
    expect(harness.http.requests.length).toBe(2);
  });

  it('gives an attempt the timeout of its number', async () => {
    const timeouts: number[] = [];
    const note: Scripted = (_, { timeoutMs }) => {
      timeouts.push(timeoutMs);
      return answered(500);
    };
    const harness = await paying({ effect: 'safe', timeoutsMs: [1_000, 2_000] }, note);
    await harness.failing('pay');
    expect(timeouts).toEqual([1_000, 2_000, 2_000]);
  });

  it('gives up before the first send when the lease is over: a paused process sends nothing late', async () => {
    const harness = await paying({ timeoutsMs: [10_000], leaseMs: 12_000 }, answered(200));
    const { journal, clock } = harness;
    const intend = journal.intend.bind(journal);
    journal.intend = async (...given) => {
      const answer = await intend(...given);
      clock.pass(5_000);
      return answer;
    };
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: 'the time of its lease or of the run is used up',
    });
    expect(harness.http.requests).toEqual([]);
  });
});

describe('a task that comes twice', () => {
  it('gets the same answer, and nothing is sent again', async () => {
    const harness = await paying(
      { outputs: { id: '$response.body#/id' } },
      answered(200, { id: 1 }),
      answered(200, { id: 2 }),
    );
    const first = await harness.call('pay');
    expect(await harness.call('pay')).toEqual(first);
    expect(harness.http.requests.length).toBe(1);
  });

  it('fails the same way', async () => {
    const harness = await paying({}, answered(402), answered(200));
    const first = await harness.failing('pay');
    expect(await harness.failing('pay')).toEqual(first);
    expect(harness.http.requests.length).toBe(1);
  });

  it('reads a safe step again, but answers with what was recorded', async () => {
    const harness = await paying(
      { effect: 'safe', outputs: { n: '$response.body#/n' } },
      answered(200, { n: 1 }),
      answered(200, { n: 2 }),
    );
    await harness.call('pay');
    expect(await harness.call('pay')).toEqual({ out: { n: 1 }, go: 'next' });
  });

  it('fails as leased while the first may still be acting, and as in doubt after that', async () => {
    const harness = await paying({ leaseMs: 60_000, graceMs: 5_000 }, answered(200));
    const at = harness.clock.now();
    const key = { step: 'pay', visit: 1, gen: 0 };
    await harness.journal.intend(RUN, { key, epoch: 1, at, leaseUntil: at + 60_000, nonce: 'lost' });
    expect((await harness.failing('pay')).error).toBe('Interlock.Leased');
    harness.clock.pass(60_000);
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.InDoubt',
      cause: 'an earlier invocation of pay was lost between its intent and its outcome',
    });
    expect(harness.http.requests).toEqual([]);
    expect((await harness.journal.header(RUN))?.failures[0]?.quietAfter).toBe(at + 65_000);
  });

  it('does both at once: one acts, the other is told to come back', async () => {
    const harness = await paying({}, answered(200));
    const settled = await Promise.allSettled([harness.call('pay'), harness.call('pay')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(harness.http.requests.length).toBe(1);
  });
});

describe('nothing begins', () => {
  it.each(['safe', 'unsafe'] as const)('behind the fence (%s)', async (effect) => {
    const harness = await paying({ effect }, answered(200));
    await harness.journal.fence(RUN, 1, { error: 'E', message: 'm' });
    expect((await harness.failing('pay')).error).toBe('Interlock.Fenced');
    expect(harness.http.requests).toEqual([]);
  });

  it('after a join with a failed branch, without even a look at the journal', async () => {
    const harness = await paying({}, answered(200));
    expect((await harness.failing('pay', { fenced: true })).error).toBe('Interlock.Fenced');
    expect([harness.journal.writes, harness.journal.reads]).toEqual([[], []]);
  });

  it.each(['safe', 'unsafe'] as const)('in an epoch that is over (%s)', async (effect) => {
    const harness = await paying({ effect }, answered(200));
    harness.journal.change(RUN, { epoch: 2 });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.StaleEpoch',
      cause: 'the run goes on in epoch 2',
    });
  });

  it.each(['safe', 'unsafe'] as const)('after the deadline, which raises the fence (%s)', async (effect) => {
    const harness = await paying({ effect }, answered(200));
    harness.clock.pass(3_600_000);
    expect((await harness.failing('pay')).error).toBe('Interlock.Fenced');
    const header = await harness.journal.header(RUN);
    expect([header?.phase, header?.error?.error]).toEqual(['fenced', 'States.Timeout']);
    expect(harness.http.requests).toEqual([]);
  });

  it('in a run that the journal does not have', async () => {
    const harness = await paying({}, answered(200));
    expect(await harness.failing('pay', { run: 'other' })).toEqual({
      error: 'Interlock.RunInvalid',
      cause: 'the journal has no run other',
    });
  });

  it.each(['safe', 'unsafe'] as const)('beyond the step budget, which fails the run (%s)', async (effect) => {
    const harness = await paying({ effect, repeats: true }, answered(200));
    expect(await harness.failing('pay', { at: { visit: 501, tries: {} } })).toEqual({
      error: 'Interlock.RunInvalid',
      cause: 'the budget of 500 step visits is used up',
    });
    expect((await harness.journal.header(RUN))?.phase).toBe('fenced');
    expect(harness.http.requests).toEqual([]);
  });
});

describe('an outcome that comes too late', () => {
  it('is told so: settle was faster', async () => {
    const harness = await paying({}, async () => {
      await harness.journal.fence(RUN, 1, { error: 'E', message: 'm' });
      const ours = { epoch: 1, owner: 'exec-1', at: 0 } as const;
      await harness.journal.compensate(RUN, { ...ours, leaseUntil: 1 });
      await harness.journal.finish(RUN, { ...ours, phase: 'needs-attention', reason: 'in-doubt' });
      return answered(402);
    });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.Fenced',
      cause: 'the outcome came too late: the run is needs-attention (shop answered 402)',
    });
  });
});

describe('XPath', () => {
  it('is loaded for a plan that uses it', async () => {
    const criteria = [
      { type: 'xpath', version: 'xpath-31', context: '$response.body', condition: '/order/@id = "7"' },
    ] as const;
    const xml: HttpAnswer = {
      kind: 'response',
      status: 200,
      headers: [['content-type', 'application/xml']],
      body: new TextEncoder().encode('<order id="7"/>'),
      url: '',
    };
    const harness = await paying({ criteria }, xml);
    expect(await harness.call('pay')).toEqual({ out: {}, go: 'next' });
  });
});

describe('values of the run', () => {
  it('reach the request from inputs and from the steps before', async () => {
    const body = {
      payload: {
        kind: 'object',
        fields: Object.entries(valuesOf({ a: '$inputs.amount', r: '$steps.reserve.outputs.id' })).map(
          ([name, value]) => ({ name, value }),
        ),
      },
      replacements: [],
    } as const;
    const plan = planOf({ steps: [stepOf({ path: 'reserve' }), stepOf({ path: 'pay', reads: ['reserve'], body })] });
    const harness = await new CallHarness(plan).start({ amount: 5 });
    harness.http.on('*', answered(200));
    await harness.call('pay', { refs: { reserve: { id: 'r1' } } });
    expect(harness.http.body(0)).toEqual({ a: 5, r: 'r1' });
  });
});
