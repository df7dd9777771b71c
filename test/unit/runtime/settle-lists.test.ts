/**
 * What becomes of long lists when their run fails (run-contract sections 6 and 8): shards are closed before anything is
 * judged, a lapsed group and its late outcome exclude each other, and many undos of one list go in bundles.
 */
import { describe, expect, it } from 'vitest';
import type { PlanBatches, PlanForEach } from '../../../lib/model/plan.ts';
import { type SettleAnswer, TaskError, type WaveEntry } from '../../../lib/model/task.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import type { GroupRecord } from '../../../lib/runtime/ports/journal.ts';
import { TaskFailure } from '../../../lib/runtime/task-failure.ts';
import { type CallHarness, RUN } from '../../support/call-harness.ts';
import { listPlan, runningList, shipped, shipping } from '../../support/list-fixture.ts';
import { probeOf, undoOf } from '../../support/plan-fixture.ts';
import { statuses, undone } from '../../support/saga-fixture.ts';
import { answered, type Scripted } from '../../support/scripted-http.ts';

const SMALL: PlanBatches = { over: 2, size: 4, group: 2, atOnce: 1, forMs: 60_000 };
const LARGE: PlanBatches = { over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 };
const CANCELLED = { error: 'Interlock.Cancelled', message: 'somebody asked' } as const;

type Ship = NonNullable<Parameters<typeof listPlan>[1]>;

function plan(more: Partial<PlanForEach> = {}, ship: Ship = {}): ReturnType<typeof listPlan> {
  return listPlan({ batches: SMALL, key: parseValue('$item.sku'), ...more }, ship);
}

function linesOf(length: number): readonly { readonly sku: string }[] {
  return Array.from({ length }, (_, index) => ({ sku: `s${index}` }));
}

/** With a list of that length, all of it undoable. */
async function runningWith(length: number, given = plan({ batches: LARGE })): Promise<CallHarness> {
  const lines = linesOf(length);
  const harness = await runningList(given, [...lines]);
  for (const { sku } of lines) harness.http.on(`/v1/ship/parcel-${sku}`, answered(204));
  return harness;
}

async function fenced(harness: CallHarness): Promise<void> {
  await harness.journal.fence(RUN, 1, CANCELLED);
  harness.journal.writes.length = 0;
  harness.journal.reads.length = 0;
}

async function settleOnce(harness: CallHarness, more: { readonly brief?: boolean } = {}): Promise<SettleAnswer> {
  return (await harness.core({ op: 'settle', why: 'E', owner: 'exec-1', ...more })) as unknown as SettleAnswer;
}

function waveIn(answer: SettleAnswer): readonly WaveEntry[] {
  if (answer.do !== 'undo') throw new Error(`no wave: ${JSON.stringify(answer)}`);
  return answer.wave;
}

/** Answers for all but these: their invocation is lost while it waits. */
function silentFor(...skus: readonly string[]): Scripted {
  return (request, limits) => {
    const { sku } = JSON.parse(new TextDecoder().decode(request.body)) as { sku: string };
    if (skus.includes(sku)) return new Promise(() => undefined);
    return typeof shipping === 'function' ? shipping(request, limits) : shipping;
  };
}

/** The first batch, of which nothing is heard after its first group has begun. */
async function abandoned(harness: CallHarness, ...skus: readonly string[]): Promise<void> {
  harness.http.on('/v1/ship', silentFor(...skus));
  void harness.call('ship', { item: { batch: 0 } });
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

describe('settling a run with shards', () => {
  it('closes each of them before it judges, looks again, and closes none twice', async () => {
    const harness = await runningWith(6, plan());
    await shipped(harness);
    await fenced(harness);
    const answer = await settleOnce(harness);
    expect(harness.journal.writes).toEqual(['closeShard', 'closeShard', 'compensate']);
    expect(harness.journal.reads.filter((name) => name === 'record')).toHaveLength(2);
    expect(waveIn(answer)).toHaveLength(6);
    await settleOnce(harness);
    expect(harness.journal.writes.filter((name) => name === 'closeShard')).toHaveLength(2);
  });

  it('closes at most ten at once', async () => {
    const harness = await runningWith(60, plan());
    await shipped(harness);
    await fenced(harness);
    let now = 0;
    let most = 0;
    const close = harness.journal.closeShard.bind(harness.journal);
    harness.journal.closeShard = async (...given) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      await close(...given);
      now -= 1;
    };
    await settleOnce(harness);
    expect(most).toBe(10);
    expect((await harness.journal.record(RUN))?.shards.map(({ closed }) => closed)).toEqual(Array(15).fill(1));
  });

  it('sees what was begun while it closed them', async () => {
    const harness = await runningWith(6, plan());
    await harness.call('ship', { item: { batch: 1 } });
    await harness.journal.openShard(RUN, { step: 'ship', visit: 1, batch: 0 }, { epoch: 1, at: 0 });
    await fenced(harness);
    const shard = { step: 'ship', visit: 1, batch: 0 };
    const key = { step: 'ship[s0]', visit: 1, gen: 0 };
    const at = harness.clock.now();
    const intent = { shard, epoch: 1, group: 0, at, leaseUntil: at + 5_000, nonce: 'n', items: [{ key }] };
    const close = harness.journal.closeShard.bind(harness.journal);
    harness.journal.closeShard = async (run, of, epoch) => {
      if (of.batch === 0) expect(await harness.journal.intendGroup(RUN, intent)).toEqual({ kind: 'granted' });
      await close(run, of, epoch);
    };
    expect(await settleOnce(harness)).toEqual({ do: 'wait', seconds: 5 });
  });

  it('leaves all of that to the undo machine where it has no time', async () => {
    const harness = await runningWith(6, plan({}, { undo: { kind: 'none', reason: 'It stays.' } }));
    await shipped(harness);
    await fenced(harness);
    expect(await settleOnce(harness, { brief: true })).toEqual({ do: 'hand-over' });
    expect(harness.journal.writes).toEqual([]);
  });

  it('waits for a group that is under way, but for none of a safe step', async () => {
    const harness = await runningWith(6, plan());
    await abandoned(harness, 's1');
    await fenced(harness);
    expect(await settleOnce(harness)).toMatchObject({ do: 'wait' });
    const reading = await runningWith(6, plan({}, { effect: 'safe' }));
    await abandoned(reading, 's1');
    await fenced(reading);
    expect(await settleOnce(reading)).toEqual({ do: 'end', status: 'failed' });
    expect(reading.journal.writes).toEqual(['closeShard', 'compensate', 'finish']);
  });

  it('tells of a lapsed group before it says of its items that they are in doubt', async () => {
    const harness = await runningWith(6, plan());
    await abandoned(harness, 's1');
    await fenced(harness);
    harness.clock.pass(600_000);
    expect(await settleOnce(harness)).toMatchObject({ do: 'park' });
    expect(harness.journal.writes).toEqual(['closeShard', 'compensate', 'recordGroup', 'decide', 'decide', 'finish']);
    const record = await harness.journal.record(RUN);
    expect(record?.shards[0]?.groups).toMatchObject([{ applied: [], failed: [] }]);
    const group = record?.shards[0]?.groups[0] as GroupRecord;
    expect(await harness.journal.recordGroup(RUN, { ...group, applied: [appliedBy(group)] })).toEqual({ kind: 'late' });
  });

  it('believes an outcome that came while it looked, and decides nothing against it', async () => {
    const harness = await runningWith(6, plan());
    await abandoned(harness, 's1');
    await fenced(harness);
    harness.clock.pass(600_000);
    const record = harness.journal.recordGroup.bind(harness.journal);
    let mine = true;
    harness.journal.recordGroup = async (run, told) => {
      const [first, second] = told.intent.items;
      const applied = [first, second].map((item) => appliedBy(told, item?.key.step));
      if (mine) await record(run, { ...told, applied });
      mine = false;
      return await record(run, told);
    };
    expect(waveIn(await settleOnce(harness)).map(({ step }) => step)).toEqual(['ship[s0]', 'ship[s1]']);
    expect((await harness.journal.record(RUN))?.verdicts).toEqual([]);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
  });
});

function appliedBy({ intent }: GroupRecord, step = 'ship[s0]'): GroupRecord['applied'][number] {
  const key = { step, visit: 1, gen: 0 };
  const times = { startedAt: intent.at, endedAt: intent.at, attempts: [], dataDigest: 'd' };
  const outputs = { id: `parcel-${step.slice(5, -1)}` };
  return { key, epoch: 1, planHash: 'plan-1', ...times, outputs, go: 'next' };
}

describe('the wave of a long list', () => {
  it('is bundles of 250, four at once, and what is left comes next', async () => {
    const harness = await runningWith(1_050);
    await shipped(harness);
    await fenced(harness);
    const wave = waveIn(await settleOnce(harness));
    expect(wave.map(({ items }) => items?.length)).toEqual([250, 250, 250, 250]);
    expect(wave[1]).toMatchObject({ step: 'ship[s250]', call: 'ship#undo', items: { 249: { step: 'ship[s499]' } } });
    expect(Buffer.byteLength(JSON.stringify(wave))).toBeLessThan(60_000);
    for (const entry of wave) expect(await harness.undo(entry)).toBe('250 of 250');
    expect(waveIn(await settleOnce(harness)).map(({ items }) => items?.length)).toEqual([50]);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone(harness)).toHaveLength(1_050);
    expect(new Set(undone(harness)).size).toBe(1_050);
  });

  it('is an entry each up to forty', async () => {
    const harness = await runningWith(40);
    await shipped(harness);
    await fenced(harness);
    const wave = waveIn(await settleOnce(harness));
    expect(wave).toHaveLength(40);
    expect(wave.every(({ items }) => items === undefined)).toBe(true);
  });

  it('fits a payload of a state, whatever the items are called', async () => {
    const lines = Array.from({ length: 2_000 }, (_, index) => ({ sku: 'ü'.repeat(55) + index }));
    const harness = await runningList(plan({ batches: LARGE }), lines);
    await shipped(harness);
    await fenced(harness);
    const answer = await settleOnce(harness);
    expect(waveIn(answer)).toHaveLength(4);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeGreaterThan(128 * 1_024);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(256 * 1_024);
  });

  it('is claimed for as long as a bundle may take', async () => {
    const harness = await runningWith(50);
    await shipped(harness);
    await fenced(harness);
    await settleOnce(harness);
    const { compensator } = (await harness.journal.record(RUN))?.header ?? {};
    // A minute between two looks, a minute to begin items, and 20 s for the last of them.
    expect(compensator?.leaseUntil).toBe(harness.clock.now() + 140_000);
  });
});

describe('a bundle', () => {
  async function bundled(length = 50, given = plan({ batches: LARGE })): Promise<[CallHarness, WaveEntry]> {
    const harness = await runningWith(length, given);
    await shipped(harness);
    await fenced(harness);
    const [entry] = waveIn(await settleOnce(harness));
    if (!entry) throw new Error('a wave has an entry');
    harness.journal.reads.length = 0;
    return [harness, entry];
  }

  it('costs one look at the run and one at its input, and two writes for each item', async () => {
    const [harness, entry] = await bundled();
    harness.journal.writes.length = 0;
    expect(await harness.undo(entry)).toBe('50 of 50');
    expect(harness.journal.reads).toEqual(['record', 'input']);
    expect(harness.journal.writes.filter((name) => name === 'intendUndo')).toHaveLength(50);
    expect(harness.journal.writes).toHaveLength(100);
  });

  it('has ten under way at once', async () => {
    const [harness, entry] = await bundled();
    let now = 0;
    let most = 0;
    for (const { sku } of linesOf(50))
      harness.http.on(`/v1/ship/parcel-${sku}`, async () => {
        now += 1;
        most = Math.max(most, now);
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        now -= 1;
        return answered(204);
      });
    await harness.undo(entry);
    expect(most).toBe(10);
  });

  it('begins no further one when its time is up; the others come with the next wave', async () => {
    const [harness, entry] = await bundled();
    for (const { sku } of linesOf(50))
      harness.http.on(`/v1/ship/parcel-${sku}`, () => {
        harness.clock.pass(3_000);
        return answered(204);
      });
    expect(await harness.undo(entry)).toBe('20 of 50');
    expect(waveIn(await settleOnce(harness))).toHaveLength(30);
  });

  it('tries the others where somebody else is at one of them', async () => {
    const [harness, entry] = await bundled();
    const [first] = entry.items ?? [];
    await harness.undo({ ...entry, ...first, items: [] });
    const intend = harness.journal.intendUndo.bind(harness.journal);
    harness.journal.intendUndo = async (run, record, more) =>
      record.key.step === first?.step
        ? { kind: 'exists', record: { ...record, state: 'live' } }
        : await intend(run, record, more);
    expect(await harness.undo(entry)).toBe('49 of 50');
    expect(undone(harness)).toHaveLength(49);
  });

  it('fails with the first reason where nothing at all could be done, so that the machine waits', async () => {
    const [harness, entry] = await bundled();
    harness.journal.intendUndo = async (_run, record) => ({ kind: 'exists', record: { ...record, state: 'live' } });
    expect(await harness.undo(entry)).toBe('Interlock.Leased');
  });

  it('stops where somebody else settles the run', async () => {
    const [harness, entry] = await bundled();
    let asked = 0;
    harness.journal.intendUndo = async () => {
      asked += 1;
      return { kind: 'not-now', phase: 'compensating', epoch: 1 };
    };
    expect(await harness.undo(entry)).toBe('Interlock.Fenced');
    expect(asked).toBe(10);
  });

  it('hands on what is no failure of a task, after those that are under way', async () => {
    const [harness, entry] = await bundled();
    harness.journal.recordUndo = () => Promise.reject(new Error('the store is away'));
    await expect(harness.undo(entry)).rejects.toThrow('the store is away');
    expect(undone(harness).length).toBeLessThanOrEqual(10);
  });

  it('probes as it undoes, and what is found applied is undone next', async () => {
    const undo = undoOf('ship', { whenInDoubt: 'probe' });
    const probing = plan({ batches: LARGE }, { effect: 'unsafe', probe: probeOf('ship'), undo });
    const harness = await runningWith(60, probing);
    harness.http.on('/v1/ship', () => new Promise(() => undefined));
    harness.http.on('/v1/ship-probe', ({ url }) =>
      answered(200, { id: `parcel-${new URL(url).searchParams.get('sku')}` }),
    );
    const keys = linesOf(60).map(({ sku }) => ({ key: { step: `ship[${sku}]`, visit: 1, gen: 0 } }));
    const at = harness.clock.now();
    for (let batch = 0; batch < 6; batch += 1) {
      const shard = { step: 'ship', visit: 1, batch };
      await harness.journal.openShard(RUN, shard, { epoch: 1, at });
      const items = keys.slice(batch * 10, batch * 10 + 10);
      const intent = { shard, epoch: 1, group: 0, at, leaseUntil: at + 5_000, nonce: `n${batch}`, items };
      await harness.journal.intendGroup(RUN, intent);
    }
    await fenced(harness);
    expect(await harness.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(harness.waves).toEqual(['probe ship[s0]', 'undo ship[s0]']);
    expect(new Set(Object.values(await statuses(harness)))).toEqual(new Set(['undone']));
  });

  it('is stale with its epoch', async () => {
    const [harness, entry] = await bundled();
    expect(await harness.undo(entry, { epoch: 2 })).toBe(TaskError.StaleEpoch);
    expect(new TaskFailure(TaskError.StaleEpoch, '').error).toBe('Interlock.StaleEpoch');
  });
});
