/**
 * What every journal promises (lib/runtime/ports/journal.ts, run-contract sections 3, 5, 7 and 9), as one suite for all
 * adapters. Each case names the rule; the store behind the port is never looked at.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Journal } from '../../lib/runtime/ports/journal.ts';
import {
  applied,
  compensating,
  failed,
  fenced,
  group,
  header,
  intent,
  NO_STOCK,
  OWNER,
  recordOf,
  RESERVE,
  SHARD,
  sixOf,
  start,
  verdict,
} from './journal-cases.ts';
import { settlingContract } from './settling-journal.ts';
import { shardContract } from './shard-journal.ts';

export interface JournalUnderTest {
  readonly journal: Journal;
  /** How many writes the store has made durable for the journal so far. */
  writes(): number;
  close(): Promise<void>;
}

export function journalContract(adapter: string, make: () => Promise<JournalUnderTest>): void {
  describe(`the journal over ${adapter}`, () => {
    let subject: JournalUnderTest;
    let journal: Journal;
    beforeAll(async () => {
      subject = await make();
      journal = subject.journal;
    });
    afterAll(() => subject.close());

    settlingContract(() => journal);
    shardContract(() => journal);

    describe('starts a run', () => {
      it('once: the second caller sees the header of the first', async () => {
        expect(await journal.start(start('s1'))).toEqual({ kind: 'started' });
        const again = await journal.start({ ...start('s1'), actor: 'somebody else' });
        expect(again).toEqual({ kind: 'exists', header: header('s1') });
      });

      it('keeps the first input, whatever a later caller brings', async () => {
        await journal.start(start('s2'));
        await journal.start({ ...start('s2'), input: { sku: 'other' }, inputDigest: 'other-digest' });
        expect(await journal.input('s2')).toEqual({ sku: 'a-1', lines: [1, 2.5, null] });
        expect(await journal.header('s2')).toEqual(header('s2'));
      });

      it('once, however many try at the same time', async () => {
        const tries = await Promise.all(Array.from({ length: 8 }, () => journal.start(start('s3'))));
        expect(tries.filter(({ kind }) => kind === 'started')).toHaveLength(1);
      });

      it('keeps any JSON as it is: numbers, order of lists, odd names, nothing', async () => {
        const input = { '': 1e300, __proto__2: [[], {}], 'a.b#c': 'ü\u0000\n', no: null, yes: true, small: 5e-324 };
        await journal.start({ ...start('s4'), input });
        expect(await journal.input('s4')).toEqual(input);
      });

      it('knows nothing of a run that was not started', async () => {
        expect(await journal.header('s-none')).toBeUndefined();
        expect(await journal.input('s-none')).toBeUndefined();
        expect(await journal.record('s-none')).toBeUndefined();
        expect(await journal.applied('s-none', RESERVE)).toBeUndefined();
      });
    });

    describe('grants an intent', () => {
      it('and counts it, and hands over what the attempt needs of the header', async () => {
        await journal.start({ ...start('i1'), traceparent: '00-abc-def-01' });
        const granted = await journal.intend('i1', intent(), { execution: 'arn:exec-1' });
        expect(granted).toEqual({ kind: 'granted', deadline: 10_000, seq: 1, traceparent: '00-abc-def-01' });
        const next = await journal.intend('i1', intent({ key: { step: 'pay/capture', visit: 2, gen: 1 } }));
        expect(next).toMatchObject({ kind: 'granted', seq: 2 });
        expect(await journal.header('i1')).toMatchObject({ execution: 'arn:exec-1' });
        const intents = (await journal.header('i1'))?.intents ?? [];
        expect(intents.map(({ key }) => key.step).sort()).toEqual(['pay/capture', 'reserve']);
      });

      it('to one of many that ask at once; the others see the winner', async () => {
        await journal.start(start('i2'));
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, index) => journal.intend('i2', intent({ nonce: `n${index}` }))),
        );
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
        const nonces = answers.flatMap((answer) => (answer.kind === 'repeat' ? [answer.intent.nonce] : []));
        expect([nonces.length, new Set(nonces).size]).toEqual([5, 1]);
      });

      it('not again for the same visit, and says how the first one failed', async () => {
        await journal.start(start('i3'));
        await journal.intend('i3', intent());
        await journal.fail('i3', failed(), false);
        const answer = await journal.intend('i3', intent({ nonce: 'other' }));
        expect(answer).toEqual({ kind: 'repeat', intent: intent(), failure: failed() });
      });

      it('for the next generation of a visit that failed', async () => {
        await journal.start(start('i4'));
        await journal.intend('i4', intent());
        await journal.fail('i4', failed(), false);
        const answer = await journal.intend('i4', intent({ key: { ...RESERVE, gen: 1 } }));
        expect(answer).toMatchObject({ kind: 'granted', seq: 2 });
      });

      it('not behind the fence', async () => {
        await journal.start(start('i5'));
        await journal.fence('i5', 1, NO_STOCK);
        expect(await journal.intend('i5', intent())).toEqual({ kind: 'fenced', phase: 'fenced' });
      });

      it('not to an execution of another epoch', async () => {
        await journal.start(start('i6'));
        expect(await journal.intend('i6', intent({ epoch: 2 }))).toEqual({ kind: 'stale', epoch: 1 });
      });

      it('not at the deadline or after it', async () => {
        await journal.start(start('i7'));
        expect(await journal.intend('i7', intent({ at: 10_000 }))).toEqual({ kind: 'past-deadline', deadline: 10_000 });
        expect(await journal.intend('i7', intent({ at: 9_999 }))).toMatchObject({ kind: 'granted', seq: 1 });
      });

      it('not for a run that nobody started', async () => {
        expect(await journal.intend('i-none', intent())).toEqual({ kind: 'unknown-run' });
        expect(await journal.header('i-none')).toBeUndefined();
      });

      it('to the same invocation again, whose first answer was lost, and counts it once', async () => {
        await journal.start(start('i8'));
        const first = await journal.intend('i8', intent());
        expect(await journal.intend('i8', intent())).toEqual(first);
        await journal.fence('i8', 1, NO_STOCK);
        expect(await journal.intend('i8', intent())).toEqual(first);
      });

      it('keeps the execution that the first one names', async () => {
        await journal.start(start('i9'));
        await journal.intend('i9', intent(), { execution: 'arn:exec-1' });
        await journal.intend('i9', intent({ key: { ...RESERVE, step: 'pay' }, nonce: 'n2' }));
        expect(await journal.header('i9')).toMatchObject({ execution: 'arn:exec-1', intents: [{}, {}] });
      });
    });

    describe('grants the repeat of an intent', () => {
      const again = intent({ at: 1_600, leaseUntil: 2_100, nonce: 'nonce-2' });

      it('once its lease is over, in its place', async () => {
        await journal.start(start('r1'));
        await journal.intend('r1', intent());
        const granted = await journal.intend('r1', again, { after: intent() });
        expect(granted).toEqual({ kind: 'granted', deadline: 10_000, seq: 1 });
        expect((await journal.header('r1'))?.intents).toEqual([again]);
      });

      it('not inside the lease', async () => {
        await journal.start(start('r2'));
        await journal.intend('r2', intent());
        const early = await journal.intend('r2', { ...again, at: 1_599 }, { after: intent() });
        expect(early).toEqual({ kind: 'repeat', intent: intent() });
        expect((await journal.header('r2'))?.intents).toEqual([intent()]);
      });

      it('not after another one than the last', async () => {
        await journal.start(start('r3'));
        await journal.intend('r3', intent());
        await journal.intend('r3', again, { after: intent() });
        const late = intent({ at: 9_000, leaseUntil: 9_500, nonce: 'nonce-3' });
        expect(await journal.intend('r3', late, { after: intent() })).toEqual({ kind: 'repeat', intent: again });
        expect(await journal.intend('r3', late, { after: again })).toMatchObject({ kind: 'granted' });
      });

      it('not of a visit that has failed meanwhile', async () => {
        await journal.start(start('r4'));
        await journal.intend('r4', intent());
        await journal.fail('r4', failed(), false);
        const answer = await journal.intend('r4', again, { after: intent() });
        expect(answer).toEqual({ kind: 'repeat', intent: intent(), failure: failed() });
      });

      it('not behind the fence, at the deadline or in another epoch', async () => {
        await journal.start(start('r5'));
        await journal.intend('r5', intent());
        const repeat = { kind: 'repeat', intent: intent() };
        expect(await journal.intend('r5', { ...again, at: 10_000 }, { after: intent() })).toEqual(repeat);
        const stale = { kind: 'stale', epoch: 1 };
        expect(await journal.intend('r5', { ...again, epoch: 2 }, { after: intent() })).toEqual(stale);
        await journal.fence('r5', 1, NO_STOCK);
        expect(await journal.intend('r5', again, { after: intent() })).toEqual(repeat);
        expect((await journal.header('r5'))?.intents).toEqual([intent()]);
      });

      it('to one of six that ask at once', async () => {
        await journal.start(start('r6'));
        await journal.intend('r6', intent());
        const won = await sixOf('granted', (index) =>
          journal.intend('r6', { ...again, nonce: `again-${index}` }, { after: intent() }),
        );
        expect(won).toBe(1);
      });
    });

    describe('records an applied outcome', () => {
      it('once: a late answer and an earlier one exclude each other', async () => {
        await journal.start(start('a1'));
        expect(await journal.apply('a1', applied())).toEqual({ kind: 'recorded' });
        const late = applied({ outputs: { stock: 0 } });
        expect(await journal.apply('a1', late)).toEqual({ kind: 'exists', outcome: applied() });
        expect(await journal.applied('a1', RESERVE)).toEqual(applied());
      });

      it('also behind the fence, for what was under way', async () => {
        await journal.start(start('a2'));
        await journal.fence('a2', 1, NO_STOCK);
        expect(await journal.apply('a2', applied())).toEqual({ kind: 'recorded' });
      });

      it('again by the one who did, whose first answer was lost', async () => {
        await journal.start(start('a4'));
        await journal.apply('a4', applied());
        expect(await journal.apply('a4', applied())).toEqual({ kind: 'recorded' });
      });

      it('not after a word of settle on the visit', async () => {
        await compensating(journal, 'a5');
        await journal.decide('a5', verdict(), OWNER);
        expect(await journal.apply('a5', applied())).toEqual({ kind: 'late', verdict: verdict() });
        expect(await journal.applied('a5', RESERVE)).toBeUndefined();
        expect(await journal.record('a5')).toMatchObject({ applied: [], verdicts: [verdict()] });
      });

      it('with all that belongs to it', async () => {
        await journal.start(start('a6'));
        const whole = applied({ degraded: true, seconds: 2, quietAfter: 5_000, outputs: { '': [null, 1e-7, 'ü'] } });
        await journal.apply('a6', whole);
        expect(await journal.applied('a6', RESERVE)).toEqual(whole);
      });

      it('or settle its word, never both', async () => {
        await compensating(journal, 'a7');
        const [outcome, word] = await Promise.all([
          journal.apply('a7', applied()),
          journal.decide('a7', verdict(), OWNER),
        ]);
        const kinds = [outcome.kind, word.kind];
        expect([
          ['recorded', 'exists'],
          ['late', 'recorded'],
        ]).toContainEqual(kinds);
        const record = await journal.record('a7');
        expect((record?.applied.length ?? 0) + (record?.verdicts.length ?? 0)).toBe(1);
      });

      it('not after a step has failed that another try of its execution passes, too', async () => {
        await journal.start(start('a8'));
        const decided = verdict({ verdict: 'failed', by: 'step', failed: failed() });
        expect(await journal.decideFailed('a8', decided)).toEqual({ kind: 'recorded' });
        expect(await journal.decideFailed('a8', decided)).toEqual({ kind: 'recorded' });
        expect(await journal.apply('a8', applied())).toEqual({ kind: 'late', verdict: decided });
        expect(await journal.applied('a8', RESERVE)).toBeUndefined();
        // The failing outcome itself tells of it, also before it is written.
        const told = { applied: [], verdicts: [], header: { failures: [failed()] } };
        expect(await journal.record('a8')).toMatchObject(told);
        await journal.fail('a8', failed(), false);
        expect(await journal.record('a8')).toMatchObject(told);
      });

      it('or that it has failed, never both: who is slower is told of the other', async () => {
        await journal.start(start('a9'));
        const decided = verdict({ verdict: 'failed', by: 'step', failed: failed() });
        const answers = await Promise.all([journal.apply('a9', applied()), journal.decideFailed('a9', decided)]);
        const kinds = answers.map(({ kind }) => kind);
        expect([
          ['recorded', 'exists'],
          ['late', 'recorded'],
        ]).toContainEqual(kinds);
        await journal.apply('a9', applied());
        const other = verdict({ verdict: 'failed', by: 'step', at: 2_001, failed: failed() });
        const by = kinds[0] === 'recorded' ? applied() : decided;
        expect(await journal.decideFailed('a9', other)).toEqual({ kind: 'exists', by });
      });

      it('of each visit and generation for itself, all in the record', async () => {
        await journal.start(start('a3'));
        const second = applied({ key: { ...RESERVE, visit: 2 } });
        await journal.apply('a3', applied());
        await journal.apply('a3', second);
        const record = await journal.record('a3');
        expect(record?.header).toEqual(header('a3'));
        expect([...(record?.applied ?? [])].sort((one, other) => one.key.visit - other.key.visit)).toEqual([
          applied(),
          second,
        ]);
      });
    });

    describe('records a failing outcome', () => {
      it('once: who comes later hears of the first, and changes nothing', async () => {
        await journal.start(start('b1'));
        const doubt = failed({ outcome: 'in-doubt', absent: true, go: 'again', seconds: 3, quietAfter: 9_000 });
        expect(await journal.fail('b1', doubt, false)).toEqual({ kind: 'recorded' });
        expect(await journal.fail('b1', failed(), false)).toEqual({ kind: 'exists', outcome: doubt });
        expect(await journal.fail('b1', failed(), true)).toEqual({ kind: 'exists', outcome: doubt });
        expect(await journal.header('b1')).toEqual({ ...header('b1'), failures: [doubt] });
      });

      it('of the invocation that holds the intent: what one failed at that was taken over from says nothing', async () => {
        await journal.start(start('b1-taken'));
        const lost = intent();
        const next = intent({
          at: lost.leaseUntil,
          leaseUntil: lost.leaseUntil + 10_000,
          nonce: 'next',
          since: lost.at,
        });
        await journal.intend('b1-taken', lost);
        await journal.intend('b1-taken', next, { after: lost });
        expect(await journal.fail('b1-taken', failed(), true, lost)).toEqual({ kind: 'superseded' });
        expect(await journal.header('b1-taken')).toMatchObject({ phase: 'forward', failures: [] });
        const own = failed({ outcome: 'in-doubt' });
        expect(await journal.fail('b1-taken', own, true, next)).toEqual({ kind: 'recorded' });
        expect(await journal.fail('b1-taken', own, true, next)).toEqual({ kind: 'recorded' });
        expect(await journal.fail('b1-taken', failed(), true, lost)).toEqual({ kind: 'exists', outcome: own });
      });

      it('of each visit and generation for itself', async () => {
        await journal.start(start('b2'));
        await journal.fail('b2', failed(), false);
        const next = failed({ key: { ...RESERVE, gen: 1 } });
        expect(await journal.fail('b2', next, false)).toEqual({ kind: 'recorded' });
        expect((await journal.header('b2'))?.failures).toHaveLength(2);
      });

      it('once more by the one who did, and then raises the fence if that is asked for now', async () => {
        await journal.start(start('b3'));
        await journal.fail('b3', failed(), false);
        expect(await journal.fail('b3', failed(), false)).toEqual({ kind: 'recorded' });
        expect(await journal.header('b3')).toMatchObject({ phase: 'forward' });
        expect(await journal.fail('b3', failed(), true)).toEqual({ kind: 'recorded' });
        const expected = { ...header('b3'), phase: 'fenced', error: NO_STOCK, failures: [failed()] };
        expect(await journal.header('b3')).toEqual(expected);
      });

      it('behind the fence too, for what was under way', async () => {
        await fenced(journal, 'b4');
        const other = failed({ error: { ...NO_STOCK, message: 'the second' } });
        expect(await journal.fail('b4', other, false)).toEqual({ kind: 'recorded' });
        expect(await journal.header('b4')).toMatchObject({ phase: 'fenced', error: NO_STOCK, failures: [other] });
      });

      it('not once the run compensates, is another epoch or unknown: that is late', async () => {
        await compensating(journal, 'b5');
        expect(await journal.fail('b5', failed(), true)).toEqual({ kind: 'late', phase: 'compensating' });
        expect((await journal.header('b5'))?.failures).toEqual([]);
        await journal.start(start('b6'));
        expect(await journal.fail('b6', failed({ epoch: 2 }), true)).toEqual({ kind: 'late', phase: 'forward' });
        expect(await journal.header('b6')).toEqual(header('b6'));
        expect(await journal.fail('b-none', failed(), true)).toEqual({ kind: 'late', phase: 'failed' });
        expect(await journal.header('b-none')).toBeUndefined();
      });

      it('though its first answer was lost and the run compensates by now', async () => {
        await journal.start(start('b7'));
        await journal.fail('b7', failed(), true);
        await journal.compensate('b7', { epoch: 1, owner: OWNER, at: 1_500, leaseUntil: 3_000 });
        expect(await journal.fail('b7', failed(), true)).toEqual({ kind: 'recorded' });
        expect(await journal.header('b7')).toMatchObject({ phase: 'compensating' });
      });

      it('of one of six that come at once; the others see it', async () => {
        await journal.start(start('b8'));
        const won = await sixOf('recorded', (index) => journal.fail('b8', failed({ endedAt: 1_200 + index }), true));
        expect(won).toBe(1);
        expect((await journal.header('b8'))?.failures).toHaveLength(1);
      });
    });

    describe('raises the fence', () => {
      it('in the same write as the outcome that failed', async () => {
        await journal.start(start('f1'));
        expect(await journal.fail('f1', failed(), true)).toEqual({ kind: 'recorded' });
        expect(await journal.header('f1')).toEqual({
          ...header('f1'),
          phase: 'fenced',
          error: NO_STOCK,
          failures: [failed()],
        });
      });

      it('not for a failure that an action was found for', async () => {
        await journal.start(start('f2'));
        await journal.fail('f2', failed({ go: 'goto other' }), false);
        expect(await journal.header('f2')).toMatchObject({ phase: 'forward' });
      });

      it('by two at once, and names the first', async () => {
        await journal.start(start('f3'));
        await journal.fail('f3', failed(), true);
        const other = failed({ key: { step: 'pay', visit: 1, gen: 0 }, error: { ...NO_STOCK, message: 'the second' } });
        expect(await journal.fail('f3', other, true)).toEqual({ kind: 'recorded' });
        expect(await journal.header('f3')).toMatchObject({ error: NO_STOCK });
        expect((await journal.header('f3'))?.failures).toHaveLength(2);
      });

      it('for failures that no handler saw; again it is harmless', async () => {
        await journal.start(start('f4'));
        expect(await journal.fence('f4', 1, NO_STOCK)).toEqual({ phase: 'fenced' });
        expect(await journal.fence('f4', 1, { ...NO_STOCK, message: 'again' })).toEqual({ phase: 'fenced' });
        expect(await journal.header('f4')).toMatchObject({ error: NO_STOCK });
      });

      it('not for another epoch, and not of an unknown run', async () => {
        await journal.start(start('f5'));
        expect(await journal.fence('f5', 2, NO_STOCK)).toEqual({ phase: 'forward' });
        expect(await journal.fence('f-none', 1, NO_STOCK)).toBeUndefined();
      });

      it('no more when the run is over: the outcome comes late', async () => {
        await journal.start(start('f6'));
        await journal.close('f6', { epoch: 1, at: 2_000, outputs: {} });
        expect(await journal.fail('f6', failed(), true)).toEqual({ kind: 'late', phase: 'succeeded' });
        expect(await journal.fence('f6', 1, NO_STOCK)).toEqual({ phase: 'succeeded' });
      });
    });

    describe('closes a run', () => {
      it('once, and answers a repeat with the same outputs', async () => {
        await journal.start(start('c1'));
        expect(await journal.close('c1', { epoch: 1, at: 2_000, outputs: { parcel: 'p-1' } })).toEqual({
          kind: 'closed',
        });
        const again = await journal.close('c1', { epoch: 1, at: 3_000, outputs: { parcel: 'other' } });
        expect(again).toEqual({ kind: 'again', outputs: { parcel: 'p-1' } });
        const expected = { ...header('c1'), phase: 'succeeded', endedAt: 2_000, outputs: { parcel: 'p-1' } };
        expect(await journal.header('c1')).toEqual(expected);
      });

      it('not behind the fence', async () => {
        await journal.start(start('c2'));
        await journal.fence('c2', 1, NO_STOCK);
        expect(await journal.close('c2', { epoch: 1, at: 2_000, outputs: {} })).toEqual({
          kind: 'fenced',
          phase: 'fenced',
        });
      });

      it('not for another epoch', async () => {
        await journal.start(start('c3'));
        expect(await journal.close('c3', { epoch: 2, at: 2_000, outputs: {} })).toEqual({ kind: 'stale', epoch: 1 });
      });

      it('that a fallback stood in for', async () => {
        await journal.start(start('c5'));
        await journal.close('c5', { epoch: 1, at: 2_000, outputs: {}, degraded: true });
        expect(await journal.header('c5')).toMatchObject({ phase: 'succeeded', degraded: true });
      });

      it('not one that nobody started', async () => {
        expect(await journal.close('c-none', { epoch: 1, at: 2_000, outputs: {} })).toEqual({
          kind: 'stale',
          epoch: 0,
        });
      });

      it('for one of six that ask at once; the others get its outputs', async () => {
        await journal.start(start('c6'));
        const won = await sixOf('closed', (index) =>
          journal.close('c6', { epoch: 1, at: 2_000 + index, outputs: { index } }),
        );
        expect(won).toBe(1);
      });

      it('or raises its fence, never both', async () => {
        await journal.start(start('c4'));
        const [closed, fenced] = await Promise.all([
          journal.close('c4', { epoch: 1, at: 2_000, outputs: {} }),
          journal.fence('c4', 1, NO_STOCK),
        ]);
        const phase = (await journal.header('c4'))?.phase;
        expect([closed.kind, fenced?.phase, phase]).toEqual(
          phase === 'succeeded' ? ['closed', 'succeeded', 'succeeded'] : ['fenced', 'fenced', 'fenced'],
        );
      });
    });

    describe('writes no more than it must', () => {
      const writesOf = async (work: () => Promise<unknown>): Promise<number> => {
        const before = subject.writes();
        await work();
        return subject.writes() - before;
      };

      it('one for a start, beside the input, and one for a close', async () => {
        const started = await writesOf(() => journal.start(start('w-1')));
        expect(started).toBeGreaterThanOrEqual(1);
        expect(started).toBeLessThanOrEqual(2);
        expect(await writesOf(() => journal.close('w-1', { epoch: 1, at: 2_000, outputs: { a: 1 } }))).toBe(1);
      });

      it('two for a step with an effect, applied or failed, the fence included; one for a safe one', async () => {
        await journal.start(start('w-2'));
        const pay = { step: 'pay', visit: 1, gen: 0 };
        expect(await writesOf(() => journal.intend('w-2', intent(), { execution: 'run-1' }))).toBe(1);
        expect(await writesOf(() => journal.apply('w-2', applied()))).toBe(1);
        expect(await writesOf(() => journal.apply('w-2', applied({ key: { ...RESERVE, step: 'look' } })))).toBe(1);
        expect(await writesOf(() => journal.intend('w-2', intent({ key: pay, nonce: 'n-2' })))).toBe(1);
        expect(await writesOf(() => journal.fail('w-2', failed({ key: pay }), true))).toBe(1);
      });

      it('one for the opening of a shard, two for each of its groups, and one for its close', async () => {
        await journal.start(start('w-4'));
        expect(await writesOf(() => journal.openShard('w-4', SHARD, { epoch: 1, at: 1_100, execution: 'run-1' }))).toBe(
          1,
        );
        for (const [intent, after] of [[group()], [group({ group: 1, nonce: 'group-1' }), group()]] as const) {
          expect(await writesOf(() => journal.intendGroup('w-4', intent, after))).toBe(1);
          expect(await writesOf(() => journal.recordGroup('w-4', recordOf(intent)))).toBe(1);
        }
        expect(await writesOf(() => journal.closeShard('w-4', SHARD, 1))).toBe(1);
        expect(await writesOf(() => Promise.all([journal.shard('w-4', SHARD), journal.record('w-4')]))).toBe(0);
      });

      it('none for what is only read', async () => {
        await journal.start(start('w-3'));
        const reads = async (): Promise<unknown> =>
          Promise.all([journal.header('w-3'), journal.input('w-3'), journal.record('w-3'), journal.audits('w-3')]);
        expect(await writesOf(reads)).toBe(0);
      });
    });

    describe('lists runs', () => {
      it('newest first, by workflow and phase', async () => {
        await journal.start({ ...start('l1'), workflowId: 'refund', startedAt: 1_000 });
        await journal.start({ ...start('l2'), workflowId: 'refund', startedAt: 3_000 });
        await journal.start({ ...start('l3'), workflowId: 'refund', startedAt: 2_000 });
        await journal.close('l3', { epoch: 1, at: 5_000, outputs: {} });
        const all = await journal.list({ workflowId: 'refund', limit: 10 });
        expect(all.runs.map(({ runId }) => runId)).toEqual(['l2', 'l3', 'l1']);
        expect(all.next).toBeUndefined();
        const ended = await journal.list({ workflowId: 'refund', phases: ['succeeded', 'failed'], limit: 10 });
        expect(ended.runs).toEqual([
          { runId: 'l3', workflowId: 'refund', phase: 'succeeded', startedAt: 2_000, endedAt: 5_000 },
        ]);
      });

      it('page by page, each run once, also where several began in one millisecond', async () => {
        for (let index = 0; index < 7; index += 1) {
          await journal.start({ ...start(`p${index}`), workflowId: 'restock', startedAt: index < 4 ? 1_000 : 2_000 });
        }
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await journal.list({ workflowId: 'restock', limit: 2, ...(after !== undefined && { after }) });
          expect(page.runs.length).toBeLessThanOrEqual(2);
          seen.push(...page.runs.map(({ runId }) => runId));
          after = page.next;
        } while (after !== undefined);
        expect(seen.slice(0, 3).sort()).toEqual(['p4', 'p5', 'p6']);
        expect(seen.slice(3).sort()).toEqual(['p0', 'p1', 'p2', 'p3']);
      });

      it('of all workflows together', async () => {
        await journal.start({ ...start('w1'), workflowId: 'refund', startedAt: 900_001 });
        await journal.start({ ...start('w2'), workflowId: 'restock', startedAt: 900_002 });
        const { runs } = await journal.list({ limit: 2 });
        expect(runs.map(({ runId }) => runId)).toEqual(['w2', 'w1']);
      });

      it('of an unknown workflow as none', async () => {
        expect(await journal.list({ workflowId: 'none', limit: 5 })).toEqual({ runs: [] });
      });
    });
  });
}
