import { describe, expect, it } from 'vitest';
import type { TrailEntry } from '../../../lib/model/run.ts';
import { resolve } from '../../../lib/runtime/operator/resolve.ts';
import { retry } from '../../../lib/runtime/operator/retry.ts';
import { trailOf } from '../../../lib/runtime/trail.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { probeOf, undoOf } from '../../support/plan-fixture.ts';
import { lost, passing, refusing, running } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

async function trail(harness: CallHarness): Promise<readonly TrailEntry[]> {
  const record = await harness.journal.record(RUN);
  if (!record) throw new Error('the run is there');
  return trailOf(record, await harness.journal.audits(RUN));
}

function told(entries: readonly TrailEntry[]): readonly string[] {
  return entries.map(({ what, by, of, step, attempt, result }) =>
    [what, by, of, step, attempt?.outcome, attempt?.status, result].filter((one) => one !== undefined).join(' '),
  );
}

describe('the audit trail', () => {
  it('tells in the order of time who began, every request, what steps came to, each undo and each action', async () => {
    const harness = await running();
    harness.http.on('/v1/pay/pay-1', answered(409));
    await passing(harness, 'reserve', 'pay');
    harness.http.on('/v1/ship', answered(422));
    harness.clock.pass(10);
    await harness.failing('ship');
    harness.clock.pass(10);
    await harness.settled();
    harness.clock.pass(10);
    const { ports } = operating(harness);
    await resolve({ run: RUN, actor: 'ann', step: 'pay', as: 'undone', note: 'refunded by hand' }, ports);
    harness.clock.pass(10);
    await harness.settled({ owner: 'exec-undo' });
    const entries = await trail(harness);
    expect(told(entries)).toEqual([
      'started tester',
      'attempt step reserve applied 200',
      'outcome reserve applied',
      'attempt step pay applied 200',
      'outcome pay applied',
      'attempt step ship refused 422',
      'outcome ship refused',
      'attempt undo pay refused 409',
      'undo ann pay done',
      'action ann pay resolved',
      'action interlock undo-asked',
      'attempt undo reserve applied 204',
      'undo reserve done',
      'ended compensated',
    ]);
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(entries.find(({ what }) => what === 'action')).toMatchObject({
      note: 'refunded by hand',
      detail: { as: 'undone' },
    });
  });

  it('has the digests of each request and response, and of the input, and no payload', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    const entries = await trail(harness);
    expect(entries[0]?.detail).toMatchObject({
      inputDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      planHash: 'plan-1',
    });
    expect(entries[1]?.attempt).toMatchObject({
      requestDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      responseDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(entries)).not.toContain('reserve-1');
  });

  it('tells what a probe asked and decided', async () => {
    const pay = { probe: probeOf('pay'), undo: undoOf('pay', { whenInDoubt: 'probe' }), leaseMs: 15_000 };
    const harness = await running({ steps: { pay } });
    await passing(harness, 'reserve');
    harness.http.on('/v1/pay', lost).on('/v1/pay-probe', answered(404));
    await harness.failing('pay');
    await harness.settled();
    expect(told((await trail(harness)).filter(({ step }) => step === 'pay'))).toEqual([
      'attempt step pay in-doubt',
      'outcome pay in-doubt',
      'attempt probe pay refused 404',
      'decision probe pay absent',
    ]);
  });

  it('keeps how an epoch ended when the next one begins, and tells the generations apart', async () => {
    const harness = await running();
    await passing(harness, 'reserve');
    await refusing(harness, 'pay');
    await harness.settled();
    harness.clock.pass(10);
    await retry({ run: RUN, actor: 'ann' }, operating(harness).ports);
    harness.clock.pass(10);
    await harness.call('reserve', { epoch: 2 });
    const entries = await trail(harness);
    const retried = entries.find(({ result }) => result === 'retried');
    expect(retried).toMatchObject({ by: 'ann', detail: { epoch: 2, ended: { status: 'compensated' } } });
    const reserved = entries.filter(({ what, step }) => what === 'outcome' && step === 'reserve');
    expect(reserved.map(({ epoch, generation }) => [epoch, generation])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });
});
