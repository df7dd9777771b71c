/** What every store of locks promises (lib/runtime/ports/locks.ts), as one suite for all adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LockAnswer, Locks } from '../../lib/runtime/ports/locks.ts';

export interface LocksUnderTest {
  readonly locks: Locks;
  /** The same store with another scope. */
  readonly elsewhere: Locks;
  close(): Promise<void>;
}

const AT = 1_700_000_000_000;

export function locksContract(adapter: string, make: () => Promise<LocksUnderTest>): void {
  describe(`locks over ${adapter}`, () => {
    let subject: LocksUnderTest;
    let locks: Locks;
    beforeAll(async () => {
      subject = await make();
      locks = subject.locks;
    });
    afterAll(() => subject.close());

    const ask = (key: string, run: string, more: { epoch?: number; at?: number } = {}): Promise<LockAnswer> =>
      locks.acquire({ key, run, epoch: 1, at: AT, ...more });
    const leave = (key: string, run: string, more: { epoch?: number; at?: number } = {}): Promise<void> =>
      locks.release(key, { run, epoch: more.epoch ?? 1 }, more.at ?? AT);

    it('are given to the first who asks; the others wait behind it, in the order of asking', async () => {
      expect(await ask('k1', 'a')).toMatchObject({ kind: 'granted' });
      expect(await ask('k1', 'b', { at: AT + 1 })).toEqual({
        kind: 'waiting',
        ahead: 1,
        askedAt: AT + 1,
        owner: { run: 'a', epoch: 1, since: AT },
      });
      expect(await ask('k1', 'c', { at: AT + 2 })).toMatchObject({ kind: 'waiting', ahead: 2, askedAt: AT + 2 });
    });

    it('answer who asks again from its place in the line', async () => {
      for (const run of ['a', 'b', 'c']) await ask('k2', run);
      expect(await ask('k2', 'a', { at: AT + 9 })).toMatchObject({ kind: 'granted' });
      expect(await ask('k2', 'c', { at: AT + 9 })).toMatchObject({ kind: 'waiting', ahead: 2, askedAt: AT });
    });

    it('go to the next in line when the owner gives them back, with a higher token', async () => {
      const tokens: number[] = [];
      for (const run of ['a', 'b', 'c']) await ask('k3', run);
      for (const run of ['a', 'b', 'c']) {
        const answer = await ask('k3', run);
        expect(answer.kind).toBe('granted');
        if (answer.kind === 'granted') tokens.push(answer.token);
        await leave('k3', run, { at: AT + 100 });
      }
      expect(tokens[0]).toBeLessThan(tokens[1] ?? 0);
      expect(tokens[1]).toBeLessThan(tokens[2] ?? 0);
    });

    it('say since when the owner has had them', async () => {
      for (const run of ['a', 'b', 'c']) await ask('k4', run);
      await leave('k4', 'a', { at: AT + 777 });
      expect(await ask('k4', 'c')).toMatchObject({ ahead: 1, owner: { run: 'b', epoch: 1, since: AT + 777 } });
    });

    it('go on with higher tokens after nobody wanted them for a while', async () => {
      const first = await ask('k5', 'a');
      await leave('k5', 'a');
      const second = await ask('k5', 'b');
      expect(first.kind === 'granted' && second.kind === 'granted' && second.token > first.token).toBe(true);
    });

    it('let one who waits leave the line', async () => {
      for (const run of ['a', 'b', 'c']) await ask('k6', run);
      await leave('k6', 'b');
      expect(await ask('k6', 'c')).toMatchObject({ kind: 'waiting', ahead: 1 });
      await leave('k6', 'a');
      expect(await ask('k6', 'c')).toMatchObject({ kind: 'granted' });
    });

    it('are given back by their owner only, and in its own epoch', async () => {
      await ask('k7', 'a', { epoch: 2 });
      await ask('k7', 'b');
      await leave('k7', 'c');
      await leave('k7', 'a', { epoch: 1 });
      expect(await ask('k7', 'b')).toMatchObject({ kind: 'waiting' });
      await leave('k7', 'a', { epoch: 2 });
      expect(await ask('k7', 'b')).toMatchObject({ kind: 'granted' });
    });

    it('pass to a later epoch of the run that has them, with a higher token', async () => {
      const first = await ask('k8', 'a');
      await ask('k8', 'b');
      const later = await ask('k8', 'a', { epoch: 2, at: AT + 5 });
      expect(first.kind === 'granted' && later.kind === 'granted' && later.token > first.token).toBe(true);
      await leave('k8', 'a', { epoch: 1 });
      expect(await ask('k8', 'b')).toMatchObject({ kind: 'waiting', owner: { run: 'a', epoch: 2, since: AT + 5 } });
    });

    it('keep the place in the line of a run that waits in a later epoch', async () => {
      for (const run of ['a', 'b', 'c']) await ask('k9', run);
      expect(await ask('k9', 'b', { epoch: 2, at: AT + 5 })).toMatchObject({
        kind: 'waiting',
        ahead: 1,
        askedAt: AT + 5,
      });
      expect(await ask('k9', 'c')).toMatchObject({ ahead: 2 });
    });

    it('are one for each key and scope, whatever characters the key has', async () => {
      expect(await ask('k10', 'a')).toMatchObject({ kind: 'granted' });
      expect(await ask('k10#', 'b')).toMatchObject({ kind: 'granted' });
      expect(await ask('k10/\u0000ü', 'c')).toMatchObject({ kind: 'granted' });
      const other = await subject.elsewhere.acquire({ key: 'k10', run: 'd', epoch: 1, at: AT });
      expect(other).toMatchObject({ kind: 'granted' });
    });

    it('are never held by two of 50 that contend, and by each of them once', async () => {
      const held: string[] = [];
      let inside = 0;
      const tokens: number[] = [];
      let given = Promise.withResolvers<void>();
      const contend = async (run: string): Promise<void> => {
        for (let look = 0; look <= 50; look += 1) {
          const before = held.length;
          const answer = await ask('k11', run, { at: AT + look });
          if (answer.kind === 'waiting') {
            // Half of those ahead are waited for, so that it is asked now and then by many who do not have it yet.
            while (held.length < before + Math.ceil(answer.ahead / 2)) await given.promise;
            continue;
          }
          expect(answer.kind).toBe('granted');
          if (answer.kind !== 'granted') return;
          inside += 1;
          tokens.push(answer.token);
          await ask('k11', run);
          expect(inside).toBe(1);
          inside -= 1;
          await leave('k11', run, { at: AT + look });
          held.push(run);
          given.resolve();
          given = Promise.withResolvers<void>();
          return;
        }
        throw new Error(`${run} never got the lock`);
      };
      await Promise.all(Array.from({ length: 50 }, (_, index) => contend(`run-${index}`)));
      expect(new Set(held).size).toBe(50);
      expect(tokens).toEqual([...tokens].sort((one, other) => one - other));
      expect(new Set(tokens).size).toBe(50);
    });
  });
}
