/**
 * What every store of breakers and limits promises (lib/runtime/ports/breakers.ts and limits.ts), as one suite for all
 * adapters. Times are the caller's; the store never looks at a clock.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Breakers, Bucket, Counts } from '../../lib/runtime/ports/breakers.ts';
import type { Permits, Rates } from '../../lib/runtime/ports/limits.ts';

export interface StoresUnderTest {
  readonly breakers: Breakers;
  readonly rates: Rates;
  readonly permits: Permits;
  close(): Promise<void>;
}

const AT = 1_700_000_000_000;
const CLOSED = { phase: 'closed', until: 0, trials: 0, results: { calls: 0, failed: 0, slow: 0 } };
const FAILED: Counts = { calls: 1, failed: 1, slow: 0 };

export function protectionContract(adapter: string, make: () => Promise<StoresUnderTest>): void {
  describe(`breakers and limits over ${adapter}`, () => {
    let stores: StoresUnderTest;
    beforeAll(async () => {
      stores = await make();
    });
    afterAll(() => stores.close());

    describe('a breaker', () => {
      it('that was never written is closed', async () => {
        expect(await stores.breakers.read('b-none')).toEqual({ ...CLOSED, round: 0, buckets: [] });
      });

      it('adds counts to their buckets, whoever counts', async () => {
        await stores.breakers.count('b1', { round: 0, at: AT, buckets: [bucket(0, [3, 1, 0])] });
        const more = [bucket(0, [2, 1, 1]), bucket(1, [1, 0, 0])];
        const state = await stores.breakers.count('b1', { round: 0, at: AT + 1_000, buckets: more });
        expect(sorted(state.buckets)).toEqual([bucket(0, [5, 2, 1]), bucket(1, [1, 0, 0])]);
        expect(sorted((await stores.breakers.read('b1')).buckets)).toEqual(sorted(state.buckets));
      });

      it('loses no count of many that count at once', async () => {
        const counting = Array.from({ length: 20 }, () =>
          stores.breakers.count('b2', { round: 0, at: AT, buckets: [bucket(0, [2, 1, 0])] }),
        );
        await Promise.all(counting);
        expect((await stores.breakers.read('b2')).buckets).toEqual([bucket(0, [40, 20, 0])]);
      });

      it('begins a round once, however many want to', async () => {
        const open = { phase: 'open', until: AT + 5_000, trials: 0 } as const;
        const answers = await Promise.all(Array.from({ length: 8 }, () => stores.breakers.change('b3', 0, open)));
        expect(answers.filter(({ changed }) => changed)).toHaveLength(1);
        for (const { state } of answers) expect(state).toMatchObject({ round: 1, phase: 'open', until: AT + 5_000 });
      });

      it('takes no counts of a round that is over into the next', async () => {
        await stores.breakers.count('b4', { round: 0, at: AT, buckets: [bucket(0, [9, 9, 0])] });
        await stores.breakers.change('b4', 0, { phase: 'open', until: AT, trials: 0 });
        await stores.breakers.count('b4', { round: 0, at: AT, buckets: [bucket(0, [1, 1, 0])] });
        expect(await stores.breakers.read('b4')).toMatchObject({ round: 1, phase: 'open', buckets: [] });
        const { state } = await stores.breakers.change('b4', 1, { phase: 'closed', until: 0, trials: 0 });
        expect(state).toEqual({ ...CLOSED, round: 2, buckets: [] });
      });

      it('gives out no more trials than allowed, however many ask', async () => {
        await stores.breakers.change('b5', 0, { phase: 'half-open', until: AT, trials: 1 });
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => stores.breakers.trial('b5', { round: 1, limit: 3, until: AT + 900 })),
        );
        expect(answers.filter(({ granted }) => granted)).toHaveLength(2);
        expect(await stores.breakers.read('b5')).toMatchObject({ trials: 3, until: AT + 900 });
      });

      it('gives out no trial of another round, and none while it is not half-open', async () => {
        expect((await stores.breakers.trial('b6', { round: 0, limit: 3, until: AT })).granted).toBe(false);
        await stores.breakers.change('b6', 0, { phase: 'half-open', until: AT, trials: 1 });
        expect((await stores.breakers.trial('b6', { round: 0, limit: 3, until: AT })).granted).toBe(false);
      });

      it('keeps the results of trials, and takes back one that was not made', async () => {
        await stores.breakers.change('b7', 0, { phase: 'half-open', until: AT, trials: 2 });
        await stores.breakers.trialEnded('b7', 1, FAILED);
        const state = await stores.breakers.trialEnded('b7', 1, 'unused');
        expect(state).toMatchObject({ round: 1, trials: 1, results: FAILED });
      });

      it('keeps no result of a round that is over', async () => {
        await stores.breakers.change('b8', 0, { phase: 'half-open', until: AT, trials: 1 });
        await stores.breakers.change('b8', 1, { phase: 'open', until: AT, trials: 0 });
        const state = await stores.breakers.trialEnded('b8', 1, FAILED);
        expect(state).toMatchObject({ round: 2, phase: 'open', results: { calls: 0, failed: 0, slow: 0 } });
      });

      it('counts over months without growing', async () => {
        let state = await stores.breakers.read('b9');
        for (let index = 0; index < 60; index += 1) {
          const counted = { round: 0, at: AT + index * 1_000, buckets: [bucket(index, [2, 1, 1])] };
          state = await stores.breakers.count('b9', counted);
        }
        expect(state.buckets.length).toBeLessThanOrEqual(12);
        expect(sorted(state.buckets).at(-1)).toEqual(bucket(59, [2, 1, 1]));
      });
    });

    describe('a rate', () => {
      const pace = { intervalMs: 100, burst: 3 };

      it('gives its burst at once and then a token for each interval', async () => {
        const times: number[] = [];
        for (let asked = 0; asked < 5; asked += 1) times.push(await take('r1', AT, AT + 1_000));
        expect(times).toEqual([0, 0, 0, 100, 200]);
      });

      it('refuses what would be too late, and takes nothing for it', async () => {
        for (let asked = 0; asked < 3; asked += 1) await take('r2', AT, AT);
        const refusal = { granted: false, at: AT + 100 };
        expect(await stores.rates.take('r2', { at: AT, latest: AT + 99, pace })).toEqual(refusal);
        expect(await stores.rates.take('r2', { at: AT, latest: AT + 99, pace })).toEqual(refusal);
        expect(await stores.rates.take('r2', { at: AT, latest: AT + 100, pace })).toEqual({
          ...refusal,
          granted: true,
        });
      });

      it('fills up again in a quiet time, and not beyond its burst', async () => {
        for (let asked = 0; asked < 3; asked += 1) await take('r3', AT, AT);
        const times: number[] = [];
        for (let asked = 0; asked < 4; asked += 1) times.push(await take('r3', AT + 60_000, AT + 61_000));
        expect(times).toEqual([60_000, 60_000, 60_000, 60_100]);
      });

      it('gives each token once, however many ask at the same time', async () => {
        const times = await Promise.all(Array.from({ length: 12 }, () => take('r4', AT, AT + 5_000)));
        expect(times.sort((one, other) => one - other)).toEqual([0, 0, 0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
      });

      it('holds everything back until a time, and gives no burst after it', async () => {
        await stores.rates.hold('r5', { until: AT + 2_000, pace });
        const times: number[] = [];
        for (let asked = 0; asked < 3; asked += 1) times.push(await take('r5', AT, AT + 9_000));
        expect(times).toEqual([2_000, 2_100, 2_200]);
      });

      it('is not held back for less time by a later word', async () => {
        await stores.rates.hold('r6', { until: AT + 2_000, pace });
        await stores.rates.hold('r6', { until: AT + 500, pace });
        expect(await take('r6', AT, AT + 9_000)).toBe(2_000);
      });

      async function take(key: string, at: number, latest: number): Promise<number> {
        const answer = await stores.rates.take(key, { at, latest, pace });
        expect(answer.granted).toBe(true);
        return answer.at - AT;
      }
    });

    describe('permits', () => {
      const asked = { at: AT, until: AT + 1_000, limit: 2 };

      it('are given to so many and no more', async () => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, index) => stores.permits.acquire('p1', { ...asked, holder: `h${index}` })),
        );
        expect(answers.filter(({ granted }) => granted)).toHaveLength(2);
        expect(answers.find(({ granted }) => !granted)).toMatchObject({ freeAt: AT + 1_000 });
      });

      it('are given to the next when they are given back, once', async () => {
        await stores.permits.acquire('p2', { ...asked, limit: 1, holder: 'one' });
        await stores.permits.release('p2', 'nobody');
        expect((await stores.permits.acquire('p2', { ...asked, limit: 1, holder: 'two' })).granted).toBe(false);
        await stores.permits.release('p2', 'one');
        await stores.permits.release('p2', 'one');
        expect((await stores.permits.acquire('p2', { ...asked, limit: 1, holder: 'two' })).granted).toBe(true);
        expect((await stores.permits.acquire('p2', { ...asked, limit: 1, holder: 'three' })).granted).toBe(false);
      });

      it('come back from a holder that died, when its lease ends', async () => {
        for (const holder of ['one', 'two']) await stores.permits.acquire('p3', { ...asked, holder });
        const later = { at: AT + 1_000, until: AT + 2_000, limit: 2 };
        const answers = await Promise.all(
          ['three', 'four', 'five'].map((holder) => stores.permits.acquire('p3', { ...later, holder })),
        );
        expect(answers.filter(({ granted }) => granted)).toHaveLength(2);
        await stores.permits.release('p3', 'one');
        expect((await stores.permits.acquire('p3', { ...later, holder: 'six' })).granted).toBe(false);
      });

      it('are not taken twice by one who asks twice', async () => {
        await stores.permits.acquire('p4', { ...asked, holder: 'one' });
        expect((await stores.permits.acquire('p4', { ...asked, holder: 'one' })).granted).toBe(true);
        expect((await stores.permits.acquire('p4', { ...asked, holder: 'two' })).granted).toBe(true);
        expect((await stores.permits.acquire('p4', { ...asked, holder: 'three' })).granted).toBe(false);
      });
    });
  });
}

function bucket(index: number, [calls, failed, slow]: readonly [number, number, number]): Bucket {
  return { widthMs: 1_000, index: AT / 1_000 + index, calls, failed, slow };
}

function sorted(buckets: readonly Bucket[]): readonly Bucket[] {
  return [...buckets].sort((one, other) => one.index - other.index);
}
