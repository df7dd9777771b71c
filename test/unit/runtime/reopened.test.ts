import { describe, expect, it } from 'vitest';
import { afterExecution } from '../../../lib/runtime/lifecycle.ts';
import type { JsonObject } from '../../../lib/model/json.ts';
import type { PlanUndo } from '../../../lib/model/plan.ts';
import { cancel } from '../../../lib/runtime/operator/cancel.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { undoRun } from '../../../lib/runtime/operator/resume.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { skip } from '../../../lib/runtime/operator/skip.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { undoOf, valuesOf } from '../../support/plan-fixture.ts';
import { lost, passing, planWith, refusing, running, statuses, undone, viewOf } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

/** The operator's actions, and runs that are opened again. Numbers in brackets: run-contract section 12. */
const BY = { run: RUN, actor: 'ann' } as const;

async function failed(harness: CallHarness): Promise<void> {
  await passing(harness, 'reserve', 'pay');
  await refusing(harness, 'ship');
  await harness.settled();
}

function keysOf(harness: CallHarness, path: string): readonly string[] {
  return harness.http.requests
    .filter(({ method, url }) => method === 'POST' && new URL(url).pathname === `/v1/${path}`)
    .map(({ headers }) => headers.find(([name]) => name === 'Idempotency-Key')?.[1] ?? '');
}

describe('cancelling', () => {
  it('raises the fence, stops what only waits, and has it undone', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const { ports, started } = operating(harness);
    expect(await cancel(BY, ports)).toEqual({ kind: 'cancelled' });
    expect(started).toEqual([{ what: 'stop', epoch: 1 }]);
    expect(await afterExecution({ run: RUN, epoch: 1, execution: 'exec-1' }, ports)).toBe('settling');
    expect(started.at(-1)).toEqual({ what: 'undo', epoch: 1, number: 1 });
    expect(await harness.failing('pay')).toMatchObject({ error: 'Interlock.Fenced' });
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect((await viewOf(harness)).error).toMatchObject({
      error: 'Interlock.Cancelled',
      message: 'ann cancelled the run',
    });
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'cancelled', actor: 'ann' },
      { action: 'undo-asked' },
    ]);
  });

  it('waits for what is under way [19]', async () => {
    const harness = await running();
    const { ports, started } = operating(harness);
    harness.http.on('/v1/reserve', async () => {
      await cancel(BY, ports);
      return answered(200, { id: 'reserve-1' });
    });
    await harness.call('reserve');
    expect(started).toEqual([]);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  });

  it('is refused when the run is over', async () => {
    const harness = await running();
    await harness.core({ op: 'close', scope: '' });
    expect(await cancel(BY, operating(harness).ports)).toMatchObject({
      kind: 'refused',
      why: `The run ${RUN} is over: succeeded`,
    });
    expect(await cancel({ ...BY, run: 'other' }, operating(harness).ports)).toMatchObject({ code: 'run-unknown' });
  });
});

describe('resolving', () => {
  it('an undo that failed brings the run to its end, and what it held back is undone', async () => {
    const harness = await running();
    harness.http.on('/v1/pay/pay-1', answered(409));
    await failed(harness);
    const { ports, started } = operating(harness);
    expect(await resolve({ ...BY, step: 'pay', as: 'undone', note: 'refunded by hand' }, ports)).toEqual({
      kind: 'resolved',
      step: 'pay',
      visit: 1,
    });
    expect(started).toEqual([{ what: 'undo', epoch: 1, number: 1 }]);
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1']);
    expect(await harness.journal.audits(RUN)).toMatchObject([
      { action: 'resolved', actor: 'ann', step: 'pay', note: 'refunded by hand', detail: { as: 'undone' } },
      { action: 'undo-asked' },
    ]);
  });

  it('a doubt as applied has it undone, as undone has it absent, as ignore lets it stay', async () => {
    for (const [as, ends] of [
      ['applied', 'undo-failed'],
      ['undone', 'refused'],
      ['ignore', 'in-doubt'],
    ] as const) {
      const harness = await running();
      harness.http.on('/v1/pay', lost).on('*', answered(204));
      await passing(harness, 'reserve');
      await harness.failing('pay');
      await harness.settled();
      const { ports } = operating(harness);
      harness.clock.pass(20_000);
      await resolve({ ...BY, step: 'pay', as }, ports);
      await harness.settled({ owner: 'exec-undo' });
      expect([as, (await statuses(harness))['pay']]).toEqual([as, ends]);
    }
  });

  it('a doubt as applied once more does not end it where its undo has failed since', async () => {
    const harness = await running();
    harness.http.on('/v1/pay', lost);
    await harness.failing('pay');
    await harness.settled();
    const { ports } = operating(harness);
    harness.clock.pass(20_000);
    for (const owner of ['exec-1', 'exec-2']) {
      expect(await resolve({ ...BY, step: 'pay', as: 'applied' }, ports)).toMatchObject({ kind: 'resolved' });
      expect(await harness.settled({ owner })).toMatchObject({
        do: 'park',
        letter: { stands: [{ step: 'pay', fate: 'undo-failed' }] },
      });
    }
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({ kind: 'resolved' });
    expect(await harness.settled({ owner: 'exec-3' })).toEqual({ do: 'end', status: 'compensated' });
  });

  it('a doubt as undone is refused while its effect may still land: whoever has looked has seen nothing yet [4]', async () => {
    const harness = await running();
    const begun = harness.clock.now();
    harness.http.on('/v1/pay', lost);
    await harness.failing('pay');
    await harness.settled();
    const { ports } = operating(harness);
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({
      code: 'not-now',
      why: `The effect of pay may still land until ${new Date(begun + 20_000).toISOString()}: look again after that`,
    });
    harness.clock.pass(20_000);
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({ kind: 'resolved' });
  });

  it('is refused where nothing is open, for a step that the run does not have, and for a run that goes on', async () => {
    const harness = await running();
    const { ports } = operating(harness);
    expect(await resolve({ ...BY, step: 'pay', as: 'undone' }, ports)).toMatchObject({ code: 'not-now' });
    harness.http.on('/v1/pay/pay-1', answered(409));
    await failed(harness);
    expect(await resolve({ ...BY, step: 'ship', as: 'undone' }, ports)).toMatchObject({ code: 'not-open' });
    expect(await resolve({ ...BY, step: 'shop', as: 'undone' }, ports)).toMatchObject({
      code: 'step-unknown',
      why: `The run ${RUN} has no effect of a step shop; it has: reserve, pay, ship`,
    });
    expect(await resolve({ ...BY, step: 'pay', as: 'applied' }, ports)).toMatchObject({ code: 'conflict' });
  });
});

describe('asking for the undo again', () => {
  const unsafe = { 'pay#undo': { effect: 'unsafe', operation: 'pay-refund' } } as const;

  it('does not repeat an undo that is in doubt and may not be repeated: a refund is not made twice', async () => {
    const harness = await running({ calls: unsafe });
    harness.http.on('/v1/pay-refund', lost, answered(200));
    await failed(harness);
    const refunds = (): number => harness.http.requests.filter(({ url }) => url.endsWith('/pay-refund')).length;
    expect(refunds()).toBe(1);
    harness.clock.pass(3_600_000);
    expect(await undoRun(BY, operating(harness).ports)).toEqual({ kind: 'resumed' });
    expect(await harness.settled({ owner: 'exec-undo' })).toMatchObject({
      do: 'park',
      letter: {
        stands: [{ step: 'reserve' }, { step: 'pay', fate: 'undo-failed', undo: [{ outcome: 'in-doubt' }, {}] }],
      },
    });
    expect(refunds()).toBe(1);
  });

  it('tries anew what was refused, or put off until its budget was used up', async () => {
    const harness = await running({ calls: unsafe });
    harness.http.on('/v1/pay-refund', answered(409), answered(200));
    await failed(harness);
    expect(await undoRun(BY, operating(harness).ports)).toEqual({ kind: 'resumed' });
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
  });
});

describe('a run that holds', () => {
  it('keeps what stands, and undoes it when asked to', async () => {
    const harness = await running({ onFailure: 'hold' });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    expect(await harness.settled()).toMatchObject({
      do: 'park',
      letter: { reason: 'held', stands: [{ fate: 'held' }, { fate: 'held' }] },
    });
    const { ports } = operating(harness);
    expect(await undoRun(BY, ports)).toEqual({ kind: 'resumed' });
    expect(await harness.settled({ owner: 'exec-undo' })).toEqual({ do: 'end', status: 'compensated' });
  });

  it('goes on when retried: what stands answers and is not done again', async () => {
    const harness = await running({ onFailure: 'hold' });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.settled();
    const { ports, started } = operating(harness);
    expect(await retry(BY, ports)).toEqual({ kind: 'retried', epoch: 2 });
    expect(started).toEqual([{ what: 'start', epoch: 2 }]);
    harness.http.on('/v1/ship', answered(200, { id: 'ship-2' }));
    for (const step of ['reserve', 'pay'])
      expect(await harness.call(step, { epoch: 2 })).toEqual({ out: { id: `${step}-1` }, go: 'next' });
    expect(await harness.call('ship', { epoch: 2 })).toMatchObject({ out: { id: 'ship-2' } });
    expect([keysOf(harness, 'reserve').length, keysOf(harness, 'pay').length]).toEqual([1, 1]);
    expect(new Set(keysOf(harness, 'ship')).size).toBe(2);
  });

  it('does not succeed beside what stands and is no longer on its way: that is named, and left to an operator [1]', async () => {
    const harness = await running({ onFailure: 'hold' });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.settled();
    const { ports } = operating(harness);
    await retry(BY, ports);
    await harness.call('reserve', { epoch: 2 });
    await expect(harness.core({ op: 'close', scope: '', epoch: 2 })).rejects.toThrow(
      'pay stands from before, and the run no longer comes to it',
    );
    expect(await harness.settled({ epoch: 2 })).toMatchObject({ do: 'park', letter: { reason: 'held' } });
    expect((await harness.journal.header(RUN))?.error).toMatchObject({ error: 'Interlock.Changed', step: 'pay' });
    expect(await resolve({ ...BY, step: 'pay', as: 'ignore' }, ports)).toMatchObject({ kind: 'resolved' });
    await harness.settled({ epoch: 2, owner: 'exec-undo' });
    expect(await retry(BY, ports)).toEqual({ kind: 'retried', epoch: 3 });
    await harness.call('reserve', { epoch: 3 });
    await harness.core({ op: 'close', scope: '', epoch: 3 });
    expect((await harness.journal.header(RUN))?.phase).toBe('succeeded');
  });

  it('succeeds where all that stands was passed again, and what may stay was not', async () => {
    const none: PlanUndo = { kind: 'none', reason: 'It stays.' };
    const harness = await running({ onFailure: 'hold', steps: { pay: { undo: none } } });
    await passing(harness, 'reserve', 'pay');
    await refusing(harness, 'ship');
    await harness.settled();
    await retry(BY, operating(harness).ports);
    await harness.call('reserve', { epoch: 2 });
    await harness.core({ op: 'close', scope: '', epoch: 2 });
    expect((await harness.journal.header(RUN))?.phase).toBe('succeeded');
  });

  it('refuses by name what stands and was made from other data [10]', async () => {
    const harness = await running({ onFailure: 'hold', steps: { reserve: { body: amountBody(), readsInputs: true } } });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    const { ports } = operating(harness);
    await retry({ ...BY, input: { amount: 6 } }, ports);
    expect(await harness.failing('reserve', { epoch: 2 })).toEqual({
      error: 'Interlock.Changed',
      cause: 'reserve is not done again: it stands, and was made from other data',
    });
  });

  it('redoes what was made from other data where the author said so: undone first, then under a new key', async () => {
    const harness = await running({
      onFailure: 'hold',
      steps: { reserve: { body: amountBody(), readsInputs: true, onChange: 'redo' } },
    });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    const { ports } = operating(harness);
    await retry({ ...BY, input: { amount: 6 } }, ports);
    harness.http.on('/v1/reserve', answered(200, { id: 'reserve-2' }));
    expect(await harness.call('reserve', { epoch: 2 })).toMatchObject({ out: { id: 'reserve-2' } });
    expect(undone(harness)).toEqual(['/v1/reserve/reserve-1']);
    expect(new Set(keysOf(harness, 'reserve')).size).toBe(2);
    expect(await harness.call('reserve', { epoch: 2 })).toMatchObject({ out: { id: 'reserve-2' } });
    expect(keysOf(harness, 'reserve').length).toBe(2);
  });
});

describe('what a step did not want', () => {
  const APPROVED = { criteria: [{ type: 'simple', condition: "$response.body#/id == 'yes'" }] } as const;

  async function declined(
    undo: PlanUndo,
    onFailure: 'compensate' | 'hold',
    said: JsonObject = { id: 'no' },
  ): Promise<CallHarness> {
    const harness = await running({ onFailure, steps: { pay: { ...APPROVED, undo } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', answered(200, said)).on('/v1/pay/no', answered(204));
    expect((await harness.failing('pay')).error).toBe('Interlock.Unwanted');
    await harness.settled();
    await retry(BY, operating(harness).ports);
    await harness.call('reserve', { epoch: 2 });
    return harness;
  }

  it('is no answer when the run is retried: it is asked anew, and may fail anew', async () => {
    const harness = await declined({ kind: 'none', reason: 'an opinion' }, 'compensate');
    expect((await harness.failing('pay', { epoch: 2 })).error).toBe('Interlock.Unwanted');
    expect(new Set(keysOf(harness, 'pay')).size).toBe(2);
  });

  it('is not held back by what this epoch has done under a corrected description', async () => {
    const opinion: PlanUndo = { kind: 'none', reason: 'an opinion' };
    const harness = await running({ steps: { pay: { ...APPROVED, undo: opinion } } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', answered(200, { id: 'no' }));
    await harness.failing('pay');
    await harness.settled();
    const plan = planWith({ steps: { pay: { undo: opinion } } });
    harness.plans.set('plan-2', plan);
    await retry({ ...BY, corrected: { plan, planHash: 'plan-2' } }, operating(harness).ports);
    harness.clock.pass(10);
    const corrected = { epoch: 2, plan: 'plan-2' };
    await harness.call('reserve', corrected);
    harness.clock.pass(10);
    expect(await harness.call('pay', corrected)).toMatchObject({ out: { id: 'no' } });
  });

  it('passes where it is what the step wants by now', async () => {
    const harness = await declined({ kind: 'none', reason: 'an opinion' }, 'compensate');
    harness.http.on('/v1/pay', answered(200, { id: 'yes' }));
    expect(await harness.call('pay', { epoch: 2 })).toMatchObject({ out: { id: 'yes' } });
  });

  it('ends the run again where it is held, and its undo cannot be made without what the step did not give', async () => {
    const harness = await declined(undoOf('pay'), 'hold', {});
    expect(await harness.failing('pay', { epoch: 2 })).toMatchObject({
      error: 'Interlock.Changed',
      cause: expect.stringContaining('pay is not done again'),
    });
    expect(keysOf(harness, 'pay')).toHaveLength(1);
  });

  it('is undone by what it gave, and done anew, where it is held', async () => {
    const harness = await declined(undoOf('pay'), 'hold');
    harness.http.on('/v1/pay', answered(200, { id: 'yes' }));
    expect(await harness.call('pay', { epoch: 2 })).toMatchObject({ out: { id: 'yes' } });
    expect(undone(harness)).toEqual(['/v1/pay/no']);
    expect(new Set(keysOf(harness, 'pay')).size).toBe(2);
  });
});

describe('what may stay', () => {
  const opinion = { body: amountBody(), readsInputs: true, undo: { kind: 'none', reason: 'an opinion' } } as const;

  async function corrected(onChange: 'redo' | 'refuse'): Promise<CallHarness> {
    const harness = await running({ steps: { reserve: { ...opinion, onChange } } });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    await retry({ ...BY, input: { amount: 6 } }, operating(harness).ports);
    harness.http.on('/v1/reserve', answered(200, { id: 'reserve-2' }));
    return harness;
  }

  it('stays when the data has changed, and is done anew beside it where the author said so', async () => {
    const harness = await corrected('redo');
    expect(await harness.call('reserve', { epoch: 2 })).toMatchObject({ out: { id: 'reserve-2' } });
    expect(undone(harness)).toEqual([]);
    expect(new Set(keysOf(harness, 'reserve')).size).toBe(2);
  });

  it('else ends the run with the reason, which the operator reads', async () => {
    const harness = await corrected('refuse');
    const { cause } = await harness.failing('reserve', { epoch: 2 });
    expect((await viewOf(harness)).error).toEqual({
      error: 'Interlock.Changed',
      message: 'reserve is not done again: it stands, and was made from other data',
      step: 'reserve',
    });
    expect(cause).toContain('made from other data');
  });
});

describe('retrying', () => {
  it('does anew, under new keys, what was undone or refused [11]', async () => {
    const harness = await running();
    await failed(harness);
    const { ports } = operating(harness);
    expect(await retry({ ...BY, note: 'stock is back' }, ports)).toEqual({ kind: 'retried', epoch: 2 });
    harness.http.on('/v1/ship', answered(200, { id: 'ship-1' }));
    for (const step of ['reserve', 'pay', 'ship']) await harness.call(step, { epoch: 2 });
    for (const step of ['reserve', 'pay', 'ship']) expect(new Set(keysOf(harness, step)).size).toBe(2);
    await harness.core({ op: 'close', scope: '', epoch: 2 });
    expect(await statuses(harness)).toEqual({ reserve: 'applied', pay: 'applied', ship: 'applied' });
    expect(await viewOf(harness)).toMatchObject({ status: 'succeeded', epoch: 2 });
  });

  it('lets nothing of the old epoch act any more [9]', async () => {
    const harness = await running();
    await failed(harness);
    await retry(BY, operating(harness).ports);
    expect(await harness.failing('reserve', { at: { visit: 2, tries: {} } })).toMatchObject({
      error: 'Interlock.StaleEpoch',
    });
    expect(await harness.core({ op: 'settle', why: 'E', owner: 'exec-1' })).toEqual({
      do: 'end',
      status: 'superseded',
    });
    await expect(harness.core({ op: 'close', scope: '' })).rejects.toMatchObject({ error: 'Interlock.StaleEpoch' });
  });

  it('can fail and be undone once more, with each epoch in its own plan and input', async () => {
    const harness = await running();
    await failed(harness);
    await retry(BY, operating(harness).ports);
    harness.clock.pass(10);
    await harness.call('reserve', { epoch: 2 });
    harness.http.on('/v1/pay', answered(422));
    await harness.failing('pay', { epoch: 2 });
    expect(await harness.settled({ owner: 'exec-2', epoch: 2 })).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toEqual(['/v1/pay/pay-1', '/v1/reserve/reserve-1', '/v1/reserve/reserve-1']);
  });

  it('is refused while anything is open, and names it', async () => {
    const harness = await running();
    harness.http.on('/v1/pay/pay-1', answered(409));
    await failed(harness);
    expect(await retry(BY, operating(harness).ports)).toMatchObject({
      kind: 'refused',
      why: 'Resolve these first: reserve (blocked), pay (undo-failed)',
    });
  });

  it('is refused while an undo may still land [6]', async () => {
    const harness = await running({ steps: { reserve: { undo: undoOf('reserve') } } });
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    harness.http.on('/v1/reserve/reserve-1', lost, answered(204));
    await harness.settled();
    const { ports } = operating(harness);
    expect(await retry(BY, ports)).toMatchObject({ kind: 'refused', code: 'not-now' });
    harness.clock.pass(60_000);
    expect(await retry(BY, ports)).toEqual({ kind: 'retried', epoch: 2 });
  });

  it('is refused for a run that succeeded', async () => {
    const harness = await running();
    await harness.core({ op: 'close', scope: '' });
    expect(await retry(BY, operating(harness).ports)).toMatchObject({ kind: 'refused', code: 'not-now' });
  });

  it('passes a skipped step without a call', async () => {
    const harness = await running();
    await failed(harness);
    const { ports } = operating(harness);
    expect(await skip({ ...BY, step: 'ship', note: 'sent by hand' }, ports)).toEqual({
      kind: 'skipped',
      step: 'ship',
      visit: 1,
    });
    await retry(BY, ports);
    const before = harness.http.requests.length;
    expect(await harness.call('ship', { epoch: 2 })).toEqual({ out: {}, go: 'next' });
    expect(harness.http.requests.length).toBe(before);
    expect((await statuses(harness))['ship']).toBe('skipped');
  });
});

function amountBody(): {
  readonly payload: NonNullable<ReturnType<typeof valuesOf>[string]>;
  readonly replacements: [];
} {
  const payload = valuesOf({ body: { amount: '$inputs.amount' } })['body'];
  if (!payload) throw new Error('the body is there');
  return { payload, replacements: [] };
}
