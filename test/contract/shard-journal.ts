/**
 * The journal's shards (run-contract section 8): how a part of a list is opened, what begins a group of it, what records
 * one, what closes it, and what a run's record tells of all that. Between the calls of a case nothing but the port is used.
 */
import { describe, expect, it } from 'vitest';
import type { GroupIntent, GroupRecord, Intent, Journal, ShardKey } from '../../lib/runtime/ports/journal.ts';
import {
  applied,
  compensating,
  ended,
  failed,
  fenced,
  group,
  header,
  intent,
  itemKey,
  NO_STOCK,
  opened,
  recordOf,
  SHARD,
  shardsOf,
  sixOf,
  start,
} from './journal-cases.ts';

export function shardContract(given: () => Journal): void {
  openingContract(given);
  intentContract(given);
  recordingContract(given);
  closingContract(given);
  tellingContract(given);
  namingContract(given);
}

const GRANTED = { kind: 'granted' };
const RECORDED = { kind: 'recorded' };
const CLOSED = { kind: 'closed' };
const NONE = { key: SHARD, groups: [] };
const NEXT = group({ group: 1, at: 1_700, leaseUntil: 2_200, nonce: 'group-1', items: [{ key: itemKey(2) }] });
const SECOND_EPOCH = group({ epoch: 2, nonce: 'again-0' });

/** The items that a group's intent stands for, as intents of their own. */
function intentsOf({ items, epoch, at, leaseUntil, nonce }: GroupIntent): readonly Intent[] {
  return items.map((item) => ({ ...item, epoch, at, leaseUntil, nonce }));
}

/** A run in its second epoch, whose shard was opened in the first one. */
async function reopened(journal: Journal, runId: string): Promise<void> {
  await opened(journal, runId);
  await journal.fence(runId, 1, NO_STOCK);
  await journal.compensate(runId, { epoch: 1, owner: 'settle-1', at: 1_500, leaseUntil: 3_000 });
  await journal.finish(runId, { epoch: 1, owner: 'settle-1', at: 4_000, phase: 'failed' });
  await journal.reopen(runId, { epoch: 2, deadline: 50_000, planHash: 'plan-1' });
}

function openingContract(given: () => Journal): void {
  describe('opens a shard', () => {
    const by = { epoch: 1, at: 1_100 };

    it('and hands over what its attempts need of the header', async () => {
      await given().start({ ...start('so1'), traceparent: '00-abc-def-01' });
      const granted = { kind: 'granted', deadline: 10_000, traceparent: '00-abc-def-01' };
      expect(await given().openShard('so1', SHARD, by)).toEqual(granted);
      await given().start(start('so2'));
      expect(await given().openShard('so2', SHARD, by)).toEqual({ kind: 'granted', deadline: 10_000 });
    });

    it('twice, as once', async () => {
      await given().start(start('so3'));
      const first = await given().openShard('so3', SHARD, by);
      expect(await given().openShard('so3', SHARD, { ...by, at: 1_200 })).toEqual(first);
      expect(await shardsOf(given(), 'so3')).toEqual([NONE]);
      await given().intendGroup('so3', group());
      await given().recordGroup('so3', recordOf());
      expect(await given().openShard('so3', SHARD, { ...by, at: 1_700 })).toEqual(first);
      expect(await shardsOf(given(), 'so3')).toEqual([{ key: SHARD, last: group(), groups: [recordOf()] }]);
    });

    it('not behind the fence, though it was opened before', async () => {
      await opened(given(), 'so4');
      await given().fence('so4', 1, NO_STOCK);
      expect(await given().openShard('so4', SHARD, by)).toEqual({ kind: 'fenced', phase: 'fenced' });
      const other = { ...SHARD, batch: 1 };
      expect(await given().openShard('so4', other, by)).toEqual({ kind: 'fenced', phase: 'fenced' });
      expect(await shardsOf(given(), 'so4')).toEqual([NONE]);
      await compensating(given(), 'so5');
      expect(await given().openShard('so5', SHARD, by)).toEqual({ kind: 'fenced', phase: 'compensating' });
      expect(await shardsOf(given(), 'so5')).toEqual([]);
    });

    it('not to an execution of another epoch, also where that one is over', async () => {
      await given().start(start('so6'));
      expect(await given().openShard('so6', SHARD, { ...by, epoch: 2 })).toEqual({ kind: 'stale', epoch: 1 });
      await reopened(given(), 'so7');
      expect(await given().openShard('so7', { ...SHARD, batch: 1 }, by)).toEqual({ kind: 'stale', epoch: 2 });
      expect(await shardsOf(given(), 'so7')).toEqual([NONE]);
      const granted = { kind: 'granted', deadline: 50_000 };
      expect(await given().openShard('so7', SHARD, { epoch: 2, at: 20_000 })).toEqual(granted);
    });

    it('not at the deadline or after it', async () => {
      await given().start(start('so8'));
      const late = { kind: 'past-deadline', deadline: 10_000 };
      expect(await given().openShard('so8', SHARD, { ...by, at: 10_000 })).toEqual(late);
      expect(await given().openShard('so8', SHARD, { ...by, at: 10_001 })).toEqual(late);
      expect(await shardsOf(given(), 'so8')).toEqual([]);
      expect(await given().openShard('so8', SHARD, { ...by, at: 9_999 })).toMatchObject(GRANTED);
    });

    it('not of a run that nobody started', async () => {
      expect(await given().openShard('so-none', SHARD, by)).toEqual({ kind: 'unknown-run' });
      expect(await given().record('so-none')).toBeUndefined();
      expect(await given().shard('so-none', SHARD)).toEqual(NONE);
    });

    it('and keeps the execution that it runs in, and counts no intent', async () => {
      await given().start(start('so9'));
      await given().openShard('so9', SHARD, { ...by, execution: 'arn:exec-1' });
      expect(await given().header('so9')).toEqual({ ...header('so9'), execution: 'arn:exec-1' });
      expect(await given().intend('so9', intent())).toMatchObject({ kind: 'granted', seq: 1 });
      await given().openShard('so9', SHARD, by);
      expect(await given().header('so9')).toMatchObject({ execution: 'arn:exec-1' });
    });

    it('of many at once, each for itself', async () => {
      await given().start(start('so10'));
      const batches = Array.from({ length: 12 }, (_, batch) => ({ ...SHARD, batch }));
      const answers = await Promise.all(batches.map((shard) => given().openShard('so10', shard, by)));
      expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['granted']));
      expect((await shardsOf(given(), 'so10'))?.map(({ key }) => key)).toEqual(batches);
    });
  });
}

function intentContract(given: () => Journal): void {
  describe('begins a group', () => {
    it('of a shard that has none', async () => {
      await opened(given(), 'si1');
      expect(await given().intendGroup('si1', group())).toEqual(GRANTED);
      expect(await given().shard('si1', SHARD)).toEqual({ key: SHARD, last: group(), groups: [] });
    });

    it('after the last one', async () => {
      await opened(given(), 'si2');
      await given().intendGroup('si2', group());
      await given().recordGroup('si2', recordOf());
      expect(await given().intendGroup('si2', NEXT, group())).toEqual(GRANTED);
      expect(await given().shard('si2', SHARD)).toEqual({ key: SHARD, last: NEXT, groups: [recordOf()] });
    });

    it('not after another one than the last, and not as the first one where there is one', async () => {
      await opened(given(), 'si3');
      await given().intendGroup('si3', group());
      const taken = { kind: 'taken', by: group() };
      expect(await given().intendGroup('si3', group({ nonce: 'other' }))).toEqual(taken);
      expect(await given().intendGroup('si3', NEXT, group({ nonce: 'other' }))).toEqual(taken);
      await given().intendGroup('si3', NEXT, group());
      const third = group({ group: 2, nonce: 'group-2' });
      expect(await given().intendGroup('si3', third, group())).toEqual({ kind: 'taken', by: NEXT });
      expect(await given().shard('si3', SHARD)).toMatchObject({ last: NEXT });
    });

    it('to the same invocation again, whose first answer was lost, also when the shard is closed by now', async () => {
      await opened(given(), 'si4');
      await given().intendGroup('si4', group());
      expect(await given().intendGroup('si4', group())).toEqual(GRANTED);
      await given().intendGroup('si4', NEXT, group());
      expect(await given().intendGroup('si4', NEXT, group())).toEqual(GRANTED);
      await given().closeShard('si4', SHARD, 1);
      expect(await given().intendGroup('si4', NEXT, group())).toEqual(GRANTED);
      expect(await given().shard('si4', SHARD)).toEqual({ key: SHARD, closed: 1, last: NEXT, groups: [] });
    });

    it('not of a closed shard, be it the first or the next', async () => {
      await opened(given(), 'si5');
      await given().closeShard('si5', SHARD, 1);
      expect(await given().intendGroup('si5', group())).toEqual(CLOSED);
      await opened(given(), 'si6');
      await given().intendGroup('si6', group());
      await given().closeShard('si6', SHARD, 1);
      expect(await given().intendGroup('si6', NEXT, group())).toEqual(CLOSED);
      expect(await given().shard('si6', SHARD)).toEqual({ key: SHARD, closed: 1, last: group(), groups: [] });
    });

    it('of a new epoch over a closed one', async () => {
      await opened(given(), 'si7');
      await given().intendGroup('si7', group());
      await given().closeShard('si7', SHARD, 1);
      expect(await given().intendGroup('si7', SECOND_EPOCH)).toEqual(GRANTED);
      expect(await given().shard('si7', SHARD)).toEqual({ key: SHARD, closed: 1, last: SECOND_EPOCH, groups: [] });
      const next = { ...NEXT, epoch: 2, nonce: 'again-1' };
      expect(await given().intendGroup('si7', next, SECOND_EPOCH)).toEqual(GRANTED);
    });

    it('of a new epoch over one that nobody closed', async () => {
      await opened(given(), 'si8');
      await given().intendGroup('si8', group());
      expect(await given().intendGroup('si8', SECOND_EPOCH)).toEqual(GRANTED);
    });

    it('not of an older epoch than the last one', async () => {
      await opened(given(), 'si9');
      await given().intendGroup('si9', group());
      await given().intendGroup('si9', SECOND_EPOCH);
      expect(await given().intendGroup('si9', NEXT, group())).toEqual({ kind: 'taken', by: SECOND_EPOCH });
      expect(await given().intendGroup('si9', NEXT, SECOND_EPOCH)).toEqual({ kind: 'taken', by: SECOND_EPOCH });
      expect(await given().intendGroup('si9', NEXT)).toEqual({ kind: 'taken', by: SECOND_EPOCH });
      await given().closeShard('si9', SHARD, 1);
      expect(await given().intendGroup('si9', NEXT, group())).toEqual(CLOSED);
      expect(await given().shard('si9', SHARD)).toMatchObject({ closed: 1, last: SECOND_EPOCH });
    });

    it('to one of six that ask at once; the others see the winner', async () => {
      await opened(given(), 'si10');
      const ask = (index: number): ReturnType<Journal['intendGroup']> =>
        given().intendGroup('si10', group({ nonce: `group-0-${index}` }));
      expect(await sixOf('granted', ask)).toBe(1);
      const { last } = await given().shard('si10', SHARD);
      const others = await Promise.all([6, 7, 8].map(ask));
      expect(others).toEqual(others.map(() => ({ kind: 'taken', by: last })));
      const next = await sixOf('granted', (index) =>
        given().intendGroup('si10', { ...NEXT, nonce: `group-1-${index}` }, last),
      );
      expect(next).toBe(1);
    });

    it('of each shard for itself, whatever the phase of the run', async () => {
      const other = { ...SHARD, batch: 1 };
      await opened(given(), 'si11');
      await given().openShard('si11', other, { epoch: 1, at: 1_100 });
      await given().closeShard('si11', SHARD, 1);
      await given().fence('si11', 1, NO_STOCK);
      const second = group({ shard: other, nonce: 'other-0' });
      expect(await given().intendGroup('si11', second)).toEqual(GRANTED);
      expect(await given().shard('si11', other)).toEqual({ key: other, last: second, groups: [] });
      expect(await given().shard('si11', SHARD)).toEqual({ ...NONE, closed: 1 });
    });

    it('that has no effects to begin, with all that belongs to it', async () => {
      await opened(given(), 'si12');
      expect(await given().intendGroup('si12', group({ items: [] }))).toEqual(GRANTED);
      expect((await given().shard('si12', SHARD)).last).toEqual(group({ items: [] }));
      expect((await given().record('si12'))?.header.intents).toEqual([]);
    });
  });
}

function recordingContract(given: () => Journal): void {
  describe('records a group', () => {
    it('once: what comes later and is something else is late', async () => {
      await opened(given(), 'sr1');
      await given().intendGroup('sr1', group());
      expect(await given().recordGroup('sr1', recordOf())).toEqual(RECORDED);
      const nothing = recordOf(group(), { applied: [], failed: [] });
      expect(await given().recordGroup('sr1', nothing)).toEqual({ kind: 'late' });
      expect((await given().shard('sr1', SHARD)).groups).toEqual([recordOf()]);
    });

    it('again by the one who did, whose first answer was lost', async () => {
      await opened(given(), 'sr2');
      await given().intendGroup('sr2', group());
      await given().recordGroup('sr2', recordOf());
      expect(await given().recordGroup('sr2', recordOf())).toEqual(RECORDED);
      expect((await given().shard('sr2', SHARD)).groups).toEqual([recordOf()]);
    });

    it('of which nothing is told: its own invocation is late then', async () => {
      await opened(given(), 'sr3');
      await given().intendGroup('sr3', group());
      const lost = recordOf(group(), { applied: [], failed: [] });
      expect(await given().recordGroup('sr3', lost)).toEqual(RECORDED);
      expect(await given().recordGroup('sr3', recordOf())).toEqual({ kind: 'late' });
      expect(await given().shard('sr3', SHARD)).toEqual({ key: SHARD, last: group(), groups: [lost] });
    });

    it('behind the fence, after the close of its shard and in the next epoch, and raises no fence itself', async () => {
      await opened(given(), 'sr4');
      await given().intendGroup('sr4', group());
      await given().recordGroup('sr4', recordOf());
      expect(await given().header('sr4')).toMatchObject({ phase: 'forward' });
      await given().intendGroup('sr4', NEXT, group());
      await given().closeShard('sr4', SHARD, 1);
      await given().fence('sr4', 1, NO_STOCK);
      await given().intendGroup('sr4', SECOND_EPOCH);
      expect(await given().recordGroup('sr4', recordOf(NEXT))).toEqual(RECORDED);
      const expected = { key: SHARD, closed: 1, last: SECOND_EPOCH, groups: [recordOf(), recordOf(NEXT)] };
      expect(await given().shard('sr4', SHARD)).toEqual(expected);
    });

    it('by one of six that come at once', async () => {
      await opened(given(), 'sr5');
      await given().intendGroup('sr5', group());
      const won = await sixOf('recorded', (index) => {
        const own = applied({ key: itemKey(0), outputs: { index } });
        return given().recordGroup('sr5', recordOf(group(), { applied: [own] }));
      });
      expect(won).toBe(1);
      expect((await given().shard('sr5', SHARD)).groups).toHaveLength(1);
    });

    it('with all that belongs to it', async () => {
      await opened(given(), 'sr6');
      const outputs = { '': [null, 1e-7, 'ü\u0000\n'], __proto__2: {} };
      const whole = recordOf(group(), {
        applied: [applied({ key: itemKey(0), degraded: true, seconds: 2, quietAfter: 5_000, outputs })],
        failed: [failed({ key: itemKey(1), outcome: 'in-doubt', quietAfter: 9_000, given: { id: 'x' } })],
      });
      await given().intendGroup('sr6', group());
      await given().recordGroup('sr6', whole);
      expect((await given().shard('sr6', SHARD)).groups).toEqual([whole]);
    });

    it('of all epochs, in the order in which they began, however late they were recorded', async () => {
      await opened(given(), 'sr7');
      const begun = [0, 1, 2, 9, 10, 11, 100].map((index) => group({ group: index, nonce: `g-${index}`, items: [] }));
      const again = [2, 10].map((epoch) => group({ epoch, nonce: `e-${epoch}`, items: [] }));
      const all = [...begun, ...again];
      for (const one of all.toReversed()) await given().recordGroup('sr7', recordOf(one));
      expect((await given().shard('sr7', SHARD)).groups.map((one) => one.intent)).toEqual(all);
      expect((await shardsOf(given(), 'sr7'))?.[0]?.groups.map((one) => one.intent)).toEqual(all);
    });
  });
}

function closingContract(given: () => Journal): void {
  describe('closes a shard', () => {
    it('before any group, opened or not', async () => {
      await opened(given(), 'sc1');
      await given().closeShard('sc1', SHARD, 1);
      expect(await given().shard('sc1', SHARD)).toEqual({ ...NONE, closed: 1 });
      const other = { ...SHARD, batch: 1 };
      await given().closeShard('sc1', other, 1);
      expect(await given().intendGroup('sc1', group({ shard: other }))).toEqual(CLOSED);
      expect(await shardsOf(given(), 'sc1')).toEqual([{ ...NONE, closed: 1 }]);
    });

    it('between groups, and keeps the last one', async () => {
      await opened(given(), 'sc2');
      await given().intendGroup('sc2', group());
      await given().recordGroup('sc2', recordOf());
      await given().intendGroup('sc2', NEXT, group());
      await given().closeShard('sc2', SHARD, 1);
      const expected = { key: SHARD, closed: 1, last: NEXT, groups: [recordOf()] };
      expect(await given().shard('sc2', SHARD)).toEqual(expected);
      expect(await given().intendGroup('sc2', group({ group: 2, nonce: 'group-2' }), NEXT)).toEqual(CLOSED);
    });

    it('twice, as once', async () => {
      await opened(given(), 'sc3');
      await given().intendGroup('sc3', group());
      await given().closeShard('sc3', SHARD, 1);
      const once = await given().shard('sc3', SHARD);
      await given().closeShard('sc3', SHARD, 1);
      expect(await given().shard('sc3', SHARD)).toEqual(once);
    });

    it('of an older epoch without closing a newer one', async () => {
      await opened(given(), 'sc4');
      await given().intendGroup('sc4', SECOND_EPOCH);
      await given().closeShard('sc4', SHARD, 1);
      const next = { ...NEXT, epoch: 2, nonce: 'again-1' };
      expect(await given().intendGroup('sc4', next, SECOND_EPOCH)).toEqual(GRANTED);
    });

    it('of a newer epoch for good: an older one does not open it', async () => {
      await opened(given(), 'sc5');
      await given().closeShard('sc5', SHARD, 2);
      await given().closeShard('sc5', SHARD, 1);
      expect(await given().shard('sc5', SHARD)).toEqual({ ...NONE, closed: 2 });
      expect(await given().intendGroup('sc5', group())).toEqual(CLOSED);
      expect(await given().intendGroup('sc5', SECOND_EPOCH)).toEqual(CLOSED);
      expect(await given().intendGroup('sc5', group({ epoch: 3 }))).toEqual(GRANTED);
    });

    it('or begins a group before, and then tells of it', async () => {
      await opened(given(), 'sc6');
      const [answer] = await Promise.all([given().intendGroup('sc6', group()), given().closeShard('sc6', SHARD, 1)]);
      const { closed, last } = await given().shard('sc6', SHARD);
      expect([answer.kind, closed, last]).toEqual(
        answer.kind === 'granted' ? ['granted', 1, group()] : ['closed', 1, undefined],
      );
    });
  });
}

function tellingContract(given: () => Journal): void {
  describe('tells of shards in the record of a run', () => {
    it('as soon as they are opened, in the order of their lists', async () => {
      await given().start(start('st1'));
      const places: readonly (readonly [string, number, number])[] = [
        ['charge', 1, 10],
        ['charge', 2, 0],
        ['charge', 1, 2],
        ['book', 1, 0],
      ];
      for (const [step, visit, batch] of places) {
        await given().openShard('st1', { step, visit, batch }, { epoch: 1, at: 1_100 });
      }
      const told = await shardsOf(given(), 'st1');
      expect(told?.map(({ key }) => [key.step, key.visit, key.batch])).toEqual([
        ['book', 1, 0],
        ['charge', 1, 2],
        ['charge', 1, 10],
        ['charge', 2, 0],
      ]);
      expect(told?.every(({ groups, last, closed }) => groups.length === 0 && !last && closed === undefined)).toBe(
        true,
      );
      expect(await given().header('st1')).toEqual(header('st1'));
    });

    it('and of their items as of intents, outcomes and failures, in the record alone', async () => {
      await opened(given(), 'st2');
      await given().intend('st2', intent());
      await given().apply('st2', applied());
      await given().intendGroup('st2', group());
      await given().recordGroup('st2', recordOf());
      const record = await given().record('st2');
      expect(record?.header.intents).toEqual([intent(), ...intentsOf(group())]);
      expect(record?.header.failures).toEqual(recordOf().failed);
      expect(record?.applied).toEqual([applied(), ...recordOf().applied]);
      expect(record?.shards).toEqual([{ key: SHARD, last: group(), groups: [recordOf()] }]);
      expect(await given().header('st2')).toEqual({ ...header('st2'), intents: [intent()] });
    });

    it('of items that were begun and are not told of yet, as of intents without an outcome', async () => {
      await opened(given(), 'st3');
      await given().intendGroup('st3', group());
      const record = await given().record('st3');
      expect(record?.header.intents).toEqual(intentsOf(group()));
      expect([record?.applied, record?.header.failures]).toEqual([[], []]);
      await given().closeShard('st3', SHARD, 1);
      expect(await shardsOf(given(), 'st3')).toEqual([{ key: SHARD, closed: 1, last: group(), groups: [] }]);
      await given().openShard('st3', { ...SHARD, batch: 1 }, { epoch: 1, at: 1_100 });
      expect(await shardsOf(given(), 'st3')).toHaveLength(2);
    });

    it('of a group that tells of a part of its items, and has lost the others', async () => {
      await opened(given(), 'st4');
      await given().intendGroup('st4', group());
      const part = recordOf(group(), { failed: [] });
      await given().recordGroup('st4', part);
      const record = await given().record('st4');
      expect(record?.header.intents).toEqual(intentsOf(group()));
      expect([record?.applied, record?.header.failures]).toEqual([part.applied, []]);
    });

    it('of an item that was begun again under its key, as of the later intent', async () => {
      await opened(given(), 'st5');
      const lost = recordOf(group(), { applied: [], failed: [] });
      await given().intendGroup('st5', group());
      await given().recordGroup('st5', lost);
      const again = group({ group: 1, at: 1_700, leaseUntil: 2_200, nonce: 'group-1', items: [{ key: itemKey(1) }] });
      await given().intendGroup('st5', again, group());
      const [first] = intentsOf(group());
      expect((await given().record('st5'))?.header.intents).toEqual([first, ...intentsOf(again)]);
      await given().recordGroup('st5', recordOf(again));
      const record = await given().record('st5');
      expect(record?.header.intents).toEqual([first, ...intentsOf(again)]);
      expect(record?.applied.map(({ key }) => key)).toEqual([itemKey(1)]);
    });

    it('also when the run has ended, and in the epochs after', async () => {
      await reopened(given(), 'st6');
      await given().recordGroup('st6', recordOf());
      await given().openShard('st6', SHARD, { epoch: 2, at: 20_000 });
      await given().intendGroup('st6', SECOND_EPOCH);
      expect(await shardsOf(given(), 'st6')).toEqual([{ key: SHARD, last: SECOND_EPOCH, groups: [recordOf()] }]);
    });

    it('of none where there is none', async () => {
      await fenced(given(), 'st7');
      expect(await shardsOf(given(), 'st7')).toEqual([]);
      await ended(given(), 'st8', 'needs-attention');
      expect(await shardsOf(given(), 'st8')).toEqual([]);
    });

    it('of a hundred shards with groups as big as they get, all of them', async () => {
      await given().start({ ...start('st9'), deadline: 9_000_000 });
      const shards = Array.from({ length: 100 }, (_, batch) => ({ ...SHARD, batch }));
      await Promise.all(shards.map((shard) => given().openShard('st9', shard, { epoch: 1, at: 1_100 })));
      const written = await Promise.all(shards.map((shard) => bigGroup(given(), 'st9', shard)));
      const record = await given().record('st9');
      expect(record?.shards.map(({ key }) => key)).toEqual(shards);
      expect(record?.shards.map(({ groups }) => groups)).toEqual(written.map((one) => [one]));
      expect(record?.header.intents).toHaveLength(1_000);
      expect(new Set(record?.applied.map(({ key }) => key.step)).size).toBe(1_000);
    });
  });
}

/** Ten items with 4 KB of outputs each: a hundred groups are far more than a page of any store. */
async function bigGroup(journal: Journal, runId: string, shard: ShardKey): Promise<GroupRecord> {
  const keys = Array.from({ length: 10 }, (_, index) => itemKey(shard.batch * 10 + index));
  const begun = group({ shard, nonce: `of-${shard.batch}`, items: keys.map((key) => ({ key })) });
  await journal.intendGroup(runId, begun);
  const outputs = { text: 'ü'.repeat(2_000) };
  const record = recordOf(begun, { applied: keys.map((key) => applied({ key, outputs })), failed: [] });
  expect(await journal.recordGroup(runId, record)).toEqual(RECORDED);
  return record;
}

function namingContract(given: () => Journal): void {
  describe('tells shards apart', () => {
    /** Paths that look like names of a store, and some that begin as others do. */
    const STEPS = [
      'a',
      'a.1.0',
      'a.1.0#H',
      'a.1.0#S00000001.00000000',
      'a/b',
      'a/b#c',
      'a[0]',
      "a['1.0']/b",
      'F#a',
      's:a',
      '#',
      '$',
      '.',
      '',
      'H',
      'ä€ 😀',
      'a\nb',
      '__proto__',
      'constructor',
    ];

    it('whatever characters the path of a step has', async () => {
      const shards = STEPS.map((step): ShardKey => ({ step, visit: 1, batch: 0 }));
      await given().start(start('sn1'));
      const written = new Map<string, GroupRecord>();
      for (const shard of shards) {
        expect(await given().openShard('sn1', shard, { epoch: 1, at: 1_100 })).toMatchObject(GRANTED);
        const begun = group({
          shard,
          nonce: `of ${shard.step}`,
          items: [{ key: { ...itemKey(0), step: shard.step } }],
        });
        expect(await given().intendGroup('sn1', begun)).toEqual(GRANTED);
        expect(await given().recordGroup('sn1', recordOf(begun))).toEqual(RECORDED);
        written.set(shard.step, recordOf(begun));
      }
      await given().closeShard('sn1', { step: 'a', visit: 1, batch: 0 }, 1);
      for (const key of shards) {
        const record = written.get(key.step);
        const closed = key.step === 'a' ? { closed: 1 } : {};
        expect(await given().shard('sn1', key)).toEqual({ key, ...closed, last: record?.intent, groups: [record] });
      }
      const told = (await shardsOf(given(), 'sn1')) ?? [];
      expect(told.map(({ key }) => key.step)).toEqual(STEPS.toSorted());
      expect(told.map(({ groups }) => groups)).toEqual(STEPS.toSorted().map((step) => [written.get(step)]));
    });

    it('of one step by visit and batch', async () => {
      await given().start(start('sn2'));
      const shards = [
        { ...SHARD, visit: 1, batch: 1 },
        { ...SHARD, visit: 1, batch: 11 },
        { ...SHARD, visit: 11, batch: 1 },
      ];
      for (const shard of shards) {
        await given().openShard('sn2', shard, { epoch: 1, at: 1_100 });
        await given().intendGroup('sn2', group({ shard, nonce: `${shard.visit} ${shard.batch}` }));
      }
      for (const shard of shards) {
        const { last } = await given().shard('sn2', shard);
        expect(last?.nonce).toBe(`${shard.visit} ${shard.batch}`);
      }
    });

    it('and runs', async () => {
      await opened(given(), 'sn3');
      await opened(given(), 'sn4');
      await given().intendGroup('sn3', group());
      await given().recordGroup('sn3', recordOf());
      expect(await given().shard('sn4', SHARD)).toEqual(NONE);
      expect(await given().intendGroup('sn4', group())).toEqual(GRANTED);
      expect(await given().recordGroup('sn4', recordOf(group(), { applied: [] }))).toEqual(RECORDED);
    });
  });
}
