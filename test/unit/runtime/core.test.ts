import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../../lib/model/json.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, scopeOf, stepOf, valuesOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;

/** stock (safe), reserve, pay: three steps; the workflow's outputs read the last two and the input. */
async function running(onFailure: 'compensate' | 'hold' = 'compensate'): Promise<CallHarness> {
  const steps = [
    stepOf({ path: 'stock', effect: 'safe', retry: NO_RETRY }),
    stepOf({ path: 'reserve', retry: NO_RETRY, outputs: { id: '$response.body#/id' } }),
    stepOf({ path: 'pay', retry: NO_RETRY }),
  ];
  const outputs = valuesOf({
    reservation: '$steps.reserve.outputs.id',
    none: '$steps.pay.outputs.none',
    amount: '$inputs.amount',
  });
  const members = { stock: { step: 'stock' }, reserve: { step: 'reserve' }, pay: { step: 'pay' } };
  const plan = planOf({
    steps,
    operations: [operationOf('stock', { method: 'get' })],
    scopes: [scopeOf('', { outputs, members })],
    rest: { onFailure },
  });
  return await new CallHarness(plan).start({ amount: 5 });
}

async function passing(harness: CallHarness, ...steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    harness.http.on(`/v1/${step}`, answered(200, { id: `${step}-1` }));
    await harness.call(step);
  }
}

function letterOf(answer: Json): { readonly [key: string]: Json } {
  const letter = isObject(answer) ? answer['letter'] : undefined;
  if (!isObject(letter)) throw new Error(`no letter in ${JSON.stringify(answer)}`);
  return letter;
}

describe('close', () => {
  it('computes the outputs and ends the run well; one without a value is null, and the log says so', async () => {
    const harness = await running();
    const refs = { reserve: { id: 'r1' }, pay: {} };
    const outputs = { reservation: 'r1', none: null, amount: 5 };
    expect(await harness.core({ op: 'close', scope: '', refs })).toEqual({ outputs });
    const header = await harness.journal.header(RUN);
    expect([header?.phase, header?.outputs]).toEqual(['succeeded', outputs]);
    expect(harness.journal.writes).toEqual(['close']);
    expect(harness.log.map(({ message }) => message)).toEqual([
      'the output of the workflow `none` is missing: $steps.pay.outputs.none is missing: the outputs of the step `pay` hold no `none`',
    ]);
    expect(harness.events).toMatchObject([{ type: 'run-ended', status: 'succeeded' }]);
  });

  it('answers the same when it is asked again, without a second end', async () => {
    const harness = await running();
    const first = await harness.core({ op: 'close', scope: '', refs: { reserve: { id: 'r1' } } });
    expect(await harness.core({ op: 'close', scope: '', refs: { reserve: { id: 'other' } } })).toEqual(first);
    expect(harness.events.length).toBe(1);
  });

  it('fails behind the fence, after a broken join, and for an epoch that is over', async () => {
    const harness = await running();
    await expect(harness.core({ op: 'close', scope: '', fenced: true })).rejects.toMatchObject({
      error: 'Interlock.Fenced',
    });
    await expect(harness.core({ op: 'close', scope: '', epoch: 2 })).rejects.toMatchObject({
      error: 'Interlock.StaleEpoch',
    });
    await harness.journal.fence(RUN, 1, { error: 'E', message: 'm' });
    await expect(harness.core({ op: 'close', scope: '' })).rejects.toMatchObject({ error: 'Interlock.Fenced' });
  });
});

describe('raise', () => {
  it('raises the fence for a failure that no handler saw, and says so once', async () => {
    const harness = await running();
    const task = { op: 'raise', step: 'pay', error: 'Lambda.Unknown' } as const;
    expect(await harness.core(task)).toEqual({ phase: 'fenced' });
    expect(await harness.core(task)).toEqual({ phase: 'fenced' });
    expect((await harness.journal.header(RUN))?.error).toEqual({
      error: 'Lambda.Unknown',
      message: 'pay failed and no handler has seen why',
      step: 'pay',
    });
    expect(harness.events).toMatchObject([{ type: 'run-fenced', step: 'pay', error: 'Lambda.Unknown' }]);
  });

  it('does nothing to another epoch', async () => {
    const harness = await running();
    harness.journal.change(RUN, { epoch: 2 });
    await expect(harness.core({ op: 'raise', step: 'pay', error: 'E' })).rejects.toMatchObject({
      error: 'Interlock.StaleEpoch',
    });
    expect((await harness.journal.header(RUN))?.phase).toBe('forward');
  });
});

describe('settle', () => {
  it('ends a run as failed in which nothing ever stood', async () => {
    const harness = await running();
    await passing(harness, 'stock');
    harness.http.on('/v1/reserve', answered(409));
    await harness.failing('reserve');
    expect(await harness.core({ op: 'settle', why: 'Interlock.Refused' })).toEqual({ do: 'end', status: 'failed' });
    expect((await harness.journal.header(RUN))?.phase).toBe('failed');
    expect(harness.events.at(-1)).toMatchObject({
      type: 'run-ended',
      status: 'failed',
      error: { error: 'Interlock.Refused', step: 'reserve' },
    });
  });

  it('raises the fence if nobody did', async () => {
    const harness = await running();
    expect(await harness.core({ op: 'settle', why: 'States.Timeout' })).toEqual({ do: 'end', status: 'failed' });
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ error: 'States.Timeout' });
  });

  it('parks a run with a letter that names exactly what stands and what is in doubt', async () => {
    const harness = await running();
    await passing(harness, 'stock', 'reserve');
    harness.http.on('/v1/pay', { kind: 'no-answer', why: 'timeout' });
    await harness.failing('pay');
    const answer = await harness.core({ op: 'settle', why: 'Interlock.InDoubt' });
    expect(answer).toMatchObject({ do: 'park', status: 'needs-attention' });
    const letter = letterOf(answer);
    const keys = [1, 2].map((index) => harness.http.header(index, 'idempotency-key') ?? '');
    expect(letter).toMatchObject({
      run: RUN,
      integration: 'shop',
      workflow: 'order',
      reason: 'in-doubt',
      error: { error: 'Interlock.InDoubt', step: 'pay' },
      stands: [
        {
          step: 'reserve',
          visit: 1,
          system: 'shop',
          operation: 'reserve',
          idempotencyKey: keys[0],
          attempts: [{ outcome: 'applied', status: 200 }],
        },
      ],
      inDoubt: [
        {
          step: 'pay',
          idempotencyKey: keys[1],
          error: { error: 'Interlock.InDoubt', message: 'shop gave no answer within 10000 ms' },
          mayLandUntil: '2026-01-01T00:00:20.000Z',
          look: `Look in shop for the request with the idempotency key ${keys[1]}.`,
        },
      ],
      commands: [`interlock runs show ${RUN}`],
    });
    expect(JSON.stringify(letter)).toMatch(/"requestDigest":"[0-9a-f]{64}"/);
  });

  it('gives the same letter when it is asked again, and ends the run once', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const first = await harness.core({ op: 'settle', why: null });
    harness.clock.pass(60_000);
    expect(await harness.core({ op: 'settle', why: null })).toEqual(first);
    expect(harness.events.filter(({ type }) => type === 'run-ended').length).toBe(1);
  });

  it('waits for what is under way, then takes it for doubt', async () => {
    const harness = await running();
    const at = harness.clock.now();
    const key = { step: 'pay', visit: 1, gen: 0 };
    await harness.journal.intend(RUN, { key, epoch: 1, at, leaseUntil: at + 12_300, nonce: 'n' });
    expect(await harness.core({ op: 'settle', why: 'Lambda.Unknown' })).toEqual({ do: 'wait', seconds: 13 });
    harness.clock.pass(13_000);
    const letter = letterOf(await harness.core({ op: 'settle', why: 'Lambda.Unknown' }));
    expect(letter).toMatchObject({ stands: [], inDoubt: [{ step: 'pay', error: { error: 'Interlock.InDoubt' } }] });
  });

  it('says that it holds where the workflow asks for that', async () => {
    const harness = await running('hold');
    await passing(harness, 'reserve');
    expect(letterOf(await harness.core({ op: 'settle', why: null }))['reason']).toBe('held');
  });

  it('names a visit once, by what its last generation came to', async () => {
    const harness = await running();
    const visit = { step: 'pay', visit: 1 };
    const at = harness.clock.now();
    for (const gen of [0, 1]) {
      await harness.journal.intend(RUN, { key: { ...visit, gen }, epoch: 1, at, leaseUntil: at, nonce: 'n' });
      const base = {
        key: { ...visit, gen },
        epoch: 1,
        planHash: 'p',
        startedAt: at,
        endedAt: at,
        attempts: [],
        dataDigest: '',
      };
      const outcome = gen === 0 ? 'in-doubt' : 'refused';
      await harness.journal.fail(RUN, { ...base, outcome, error: { error: 'E', message: outcome } }, gen === 1);
    }
    expect(await harness.core({ op: 'settle', why: null })).toEqual({ do: 'end', status: 'failed' });
  });

  it('leaves a run alone that succeeded, or that goes on in another epoch', async () => {
    const harness = await running();
    await harness.core({ op: 'close', scope: '' });
    expect(await harness.core({ op: 'settle', why: 'E' })).toEqual({ do: 'end', status: 'succeeded' });
    harness.journal.change(RUN, { epoch: 2, phase: 'forward' });
    expect(await harness.core({ op: 'settle', why: 'E' })).toEqual({ do: 'end', status: 'superseded' });
    expect((await harness.journal.header(RUN))?.phase).toBe('forward');
  });

  it('lets two of itself at once agree', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const answers = await Promise.all([
      harness.core({ op: 'settle', why: 'A' }),
      harness.core({ op: 'settle', why: 'B' }),
    ]);
    expect(answers[0]).toEqual(answers[1]);
    expect((await harness.journal.header(RUN))?.phase).toBe('needs-attention');
  });
});
