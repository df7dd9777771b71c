/** Where run state and a system's own differ: what is reported, what may be repaired, and what is only told. */
import { describe, expect, it } from 'vitest';
import type { LookAnswer } from '../../../lib/model/upkeep-task.ts';
import { type Difference, reconcile } from '../../../lib/runtime/upkeep/reconcile.ts';
import { lookFor } from '../../../lib/runtime/upkeep/look.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { operating } from '../../support/operator-ports.ts';
import { probeOf } from '../../support/plan-fixture.ts';
import { lost, passing, refusing, running } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const PROBED = { steps: { pay: { probe: probeOf('pay'), leaseMs: 60_000, graceMs: 10_000 } } };
const ASKED = { repair: false, actor: 'ann', runs: 10, withinMs: 86_400_000 } as const;

async function reconciled(
  harness: CallHarness,
  found: LookAnswer['found'],
  repair = false,
): Promise<readonly Difference[]> {
  const { ports } = operating(harness);
  const looking = { look: () => Promise.resolve({ found, why: 'it was looked for' }) };
  return await reconcile({ ...ASKED, repair }, { ...ports, looking });
}

/** The undo of `pay` is refused. */
async function needingAttention(): Promise<CallHarness> {
  const harness = await running(PROBED);
  harness.http.on('/v1/pay/pay-1', answered(409));
  await passing(harness, 'reserve', 'pay');
  await refusing(harness, 'ship');
  expect(await harness.settled()).toMatchObject({ do: 'park' });
  return harness;
}

/** The answer of `pay` is lost, and its probe finds nothing: the run ends compensated. */
async function settledDoubt(): Promise<CallHarness> {
  const harness = await running(PROBED);
  harness.http.on('/v1/pay', lost, { kind: 'not-sent', why: 'connection-refused' });
  harness.http.on('/v1/pay-probe', answered(404));
  await passing(harness, 'reserve');
  await harness.failing('pay');
  expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  return harness;
}

describe('reconciliation', () => {
  it('reports what its system no longer has, changes nothing, and writes it down once', async () => {
    const harness = await needingAttention();
    for (let turn = 0; turn < 3; turn += 1)
      expect(await reconciled(harness, 'absent')).toMatchObject([{ run: RUN, step: 'pay', journal: 'stands' }]);
    const audits = await harness.journal.audits(RUN);
    expect(audits.filter(({ action }) => action === 'reconciled')).toMatchObject([{ actor: 'ann', step: 'pay' }]);
    expect(await harness.journal.header(RUN)).toMatchObject({ phase: 'needs-attention' });
  });

  it('repairs it where that is asked, by an operator action under the name of who asked', async () => {
    const harness = await needingAttention();
    expect(await reconciled(harness, 'absent', true)).toMatchObject([{ repaired: 'undone' }]);
    expect(await harness.settled({ owner: 'exec-2' })).toMatchObject({ do: 'end', status: 'compensated' });
    expect(await harness.journal.audits(RUN)).toContainEqual(
      expect.objectContaining({ action: 'resolved', actor: 'ann', note: 'it was looked for' }),
    );
  });

  it('says nothing where both agree, or where the system cannot tell what the journal is sure of', async () => {
    const harness = await needingAttention();
    expect(await reconciled(harness, 'applied')).toEqual([]);
    expect(await reconciled(harness, 'unknown')).toEqual([]);
  });

  it('tells of an effect that landed after its run was compensated, and undoes nothing by itself', async () => {
    const harness = await settledDoubt();
    const [difference] = await reconciled(harness, 'applied', true);
    expect(difference).toMatchObject({ step: 'pay', journal: 'gone', found: 'applied' });
    expect(difference?.repaired).toBeUndefined();
  });

  it('leaves alone what ended longer ago than it was asked for', async () => {
    const harness = await settledDoubt();
    harness.clock.pass(2 * 86_400_000);
    expect(await reconciled(harness, 'applied')).toEqual([]);
  });
});

describe('a look for an effect', () => {
  it('asks the probe of the step and writes nothing', async () => {
    const harness = await needingAttention();
    harness.http.on('/v1/pay-probe', answered(200, { found: true }));
    harness.journal.writes.length = 0;
    const answer = await lookFor({ op: 'look', run: RUN, step: 'pay', visit: 1 }, harness.ports);
    expect(answer.found).toBe('applied');
    expect(harness.journal.writes).toEqual([]);
  });

  it.each([
    ['reserve', 'has no probe'],
    ['elsewhere', 'no effect of elsewhere'],
  ])('cannot tell of %s: %s', async (step, why) => {
    const harness = await needingAttention();
    const answer = await lookFor({ op: 'look', run: RUN, step, visit: 1 }, harness.ports);
    expect(answer).toMatchObject({ found: 'unknown', why: expect.stringContaining(why) });
  });
});
