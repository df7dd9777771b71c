/**
 * What looks after runs by the clock, through the path that AWS takes: the functions as bundled, asking each other, the
 * machines that they start, and the systems that they ask.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { openWorld } from './open-world.ts';
import { orderInput, underWay } from './order-input.ts';
import type { AwsWorld } from './world.ts';

let world: AwsWorld;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => world.reset());

const SCHEDULED = { source: 'aws.events', 'detail-type': 'Scheduled Event' };

describe('the sweeper', () => {
  it('starts a run that was recorded and never started, and does nothing the next time', async () => {
    const { run } = await world.record(orderInput('example'), 120_000);
    expect(await asked('Sweep', SCHEDULED)).toMatchObject([{ run, workflow: 'place-order', what: 'started' }]);
    expect(await asked('Sweep', SCHEDULED)).toEqual([]);
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded' });
    expect(await asked('Sweep', SCHEDULED)).toEqual([]);
  });

  it('settles a run whose execution ended without anybody being told', async () => {
    const run = await world.unheard(async () => {
      const begun = await underWay(world);
      await world.stop(begun);
      return begun;
    });
    expect(await asked('Sweep', SCHEDULED)).toEqual([]);
    await world.expire(run);
    expect(await asked('Sweep', SCHEDULED)).toMatchObject([{ run, what: 'settled' }]);
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    expect(await world.standing()).toEqual([]);
  });

  it('says how many runs are stuck also when there is none, so that an alarm can tell well from dead', async () => {
    await asked('Sweep', SCHEDULED);
    expect(world.logs()).toContainEqual(expect.objectContaining({ RunsStuck: 0, integration: 'order-fulfilment' }));
  });
});

describe('reconciliation', () => {
  it('tells of what the system no longer has, once in the audit trail, and repairs it where that is asked', async () => {
    const run = await needingAttention();
    await world.well('inventory');
    const report = [{ run, step: 'reserve-stock', journal: 'stands', found: 'absent' }];
    expect(await asked('Reconcile', SCHEDULED)).toMatchObject(report);
    expect(await asked('Reconcile', { run })).toMatchObject(report);
    expect(await world.view(run)).toMatchObject({ status: 'needs-attention' });
    const repaired = await asked('Reconcile', { run, repair: true, actor: 'ann' });
    expect(repaired).toMatchObject([{ run, repaired: 'undone' }]);
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    const audits = await world.operator().journal.audits(run);
    expect(audits.filter(({ action }) => action === 'reconciled')).toHaveLength(1);
    expect(audits).toContainEqual(expect.objectContaining({ action: 'resolved', actor: 'ann', step: 'reserve-stock' }));
  });

  it('finds nothing where runs and systems agree', async () => {
    const run = await world.start(orderInput('example'));
    await world.ended(run);
    expect(await asked('Reconcile', { run })).toEqual([]);
  });

  it('refuses a question that it does not know, by name', async () => {
    const answer = await world.invoke('Reconcile', { repare: true });
    expect(answer).toMatchObject({ ok: false, errorMessage: expect.stringContaining('there is no member repare') });
  });
});

describe('health', () => {
  it('is asked on demand, of the systems that are named, and measured', async () => {
    expect(await asked('Health', { systems: ['inventory', 'nobody'] })).toMatchObject([
      { system: 'inventory', state: 'well' },
      { system: 'nobody', state: 'unknown' },
    ]);
    expect(world.logs()).toContainEqual(expect.objectContaining({ SystemUnwell: 0, system: 'inventory' }));
  });

  it('is asked in the minute in which it is due', async () => {
    const answers = (await asked('Health', SCHEDULED)) as readonly JsonObject[];
    expect(answers).toContainEqual(expect.objectContaining({ system: 'shipping', state: 'well' }));
  });
});

describe('the redrive of dead letters', () => {
  it('tries again what could not be undone, and leaves no letter of a run that is settled', async () => {
    const run = await needingAttention();
    await world.well('inventory', 'faults');
    expect(await asked('Redrive', { actor: 'ann' })).toMatchObject([{ run, what: 'resumed' }]);
    expect(await world.ended(run)).toMatchObject({ status: 'compensated' });
    expect(await world.standing()).toEqual([]);
    expect(await asked('Redrive', { actor: 'ann' })).toEqual([]);
  });

  it('is refused to whom nobody knows', async () => {
    expect(await world.invoke('Redrive', {})).toMatchObject({ ok: false });
  });
});

/** The reservation stands, because its release is refused. */
async function needingAttention(): Promise<string> {
  await world.fault('inventory', { operation: 'releaseReservation', times: 100, effect: 'none', answer: 409 });
  const run = await world.start(orderInput('undeliverable'));
  expect(await world.ended(run)).toMatchObject({ status: 'needs-attention', reason: 'undo-failed' });
  return run;
}

async function asked(name: string, payload: JsonObject): Promise<Json> {
  const answer = await world.invoke(name, payload);
  if (!answer.ok) throw new Error(`${answer.errorType}: ${answer.errorMessage}`);
  return answer.payload;
}
