/** What every store of callbacks promises (lib/runtime/ports/callbacks.ts), as one suite for all adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Callbacks, Waiter } from '../../lib/runtime/ports/callbacks.ts';

export interface CallbacksUnderTest {
  readonly callbacks: Callbacks;
  close(): Promise<void>;
}

const AT = 1_700_000_000_000;

function waiter(run: string, more: Partial<Waiter> = {}): Waiter {
  return { run, epoch: 1, step: 'pay', visit: 1, gen: 0, since: AT, until: AT + 1_000, id: `id-${run}`, ...more };
}

function answer(actor: string, more: Partial<Answer> = {}): Answer {
  return { at: AT + 10, actor, kind: 'approved', ...more };
}

export function callbacksContract(adapter: string, make: () => Promise<CallbacksUnderTest>): void {
  describe(`callbacks over ${adapter}`, () => {
    let subject: CallbacksUnderTest;
    let callbacks: Callbacks;
    beforeAll(async () => {
      subject = await make();
      ({ callbacks } = subject);
    });
    afterAll(() => subject.close());

    it('give an answer to the one who waits, once', async () => {
      expect(await callbacks.wait('k1', waiter('a', { token: 't1' }))).toEqual({ kind: 'waiting', id: 'id-a' });
      expect(await callbacks.answer('k1', answer('ann', { note: 'fine', data: { limit: 5 } }))).toEqual({
        kind: 'taken',
        waiter: waiter('a', { token: 't1' }),
      });
      const before = answer('ann', { note: 'fine', data: { limit: 5 } });
      expect(await callbacks.answer('k1', answer('bob', { kind: 'rejected' }))).toEqual({
        kind: 'answered',
        answer: before,
      });
      expect(await callbacks.slot('k1')).toEqual({ key: 'k1', waiter: waiter('a', { token: 't1' }), answer: before });
    });

    it('take the same answer again for the same, whose waiter may still have to be woken', async () => {
      await callbacks.wait('k2', waiter('a', { token: 't1', id: 'id-2' }));
      await callbacks.answer('k2', answer('ann'));
      expect(await callbacks.answer('k2', answer('ann', { at: AT + 99 }))).toMatchObject({
        kind: 'taken',
        again: true,
      });
    });

    it('keep what comes early for the run that will wait, and nothing where nobody will', async () => {
      expect(await callbacks.answer('k3', answer('ann'), 'early')).toEqual({ kind: 'kept' });
      expect(await callbacks.wait('k3', waiter('early', { id: 'id-3' }))).toEqual({
        kind: 'answered',
        answer: answer('ann'),
      });
      expect(await callbacks.answer('k3-other', answer('ann'))).toEqual({ kind: 'unknown' });
      expect(await callbacks.slot('k3-other')).toBeUndefined();
    });

    it('let an end and an answer exclude each other [20]', async () => {
      await callbacks.wait('k4', waiter('a', { id: 'id-4' }));
      expect(await callbacks.close('k4', { at: AT + 5, why: 'ended' })).toEqual({ kind: 'closed' });
      expect(await callbacks.answer('k4', answer('ann'))).toEqual({ kind: 'closed', at: AT + 5, why: 'ended' });
      await callbacks.wait('k5', waiter('a', { id: 'id-5' }));
      await callbacks.answer('k5', answer('ann'));
      expect(await callbacks.close('k5', { at: AT + 20, why: 'expired' })).toEqual({
        kind: 'answered',
        answer: answer('ann'),
      });
    });

    it('take no answer after its time, although nobody has closed the slot yet', async () => {
      await callbacks.wait('k6', waiter('a', { id: 'id-6' }));
      const late = answer('ann', { at: AT + 1_000 });
      expect(await callbacks.answer('k6', late)).toEqual({ kind: 'closed', at: AT + 1_000, why: 'expired' });
      expect(await callbacks.wait('k6', waiter('a', { id: 'id-6b' }))).toMatchObject({ kind: 'closed' });
    });

    it('let one of an answer and an end win that come at once, and tell both the same', async () => {
      for (let round = 0; round < 10; round += 1) {
        const key = `k7-${round}`;
        await callbacks.wait(key, waiter('a', { id: `id-7-${round}` }));
        const [answered, closed] = await Promise.all([
          callbacks.answer(key, answer('ann')),
          callbacks.close(key, { at: AT + 10, why: 'expired' }),
        ]);
        const isAnswered = answered.kind === 'taken';
        expect(closed.kind).toBe(isAnswered ? 'answered' : 'closed');
        expect((await callbacks.slot(key))?.closed === undefined).toBe(isAnswered);
      }
    });

    it('forget the token of an earlier attempt, and keep the public id', async () => {
      await callbacks.wait('k8', waiter('a', { token: 't1', id: 'id-8' }));
      expect(await callbacks.wait('k8', waiter('a', { token: 't2', id: 'id-8b' }))).toEqual({
        kind: 'waiting',
        id: 'id-8',
      });
      expect((await callbacks.slot('k8'))?.waiter?.token).toBe('t2');
      expect(await callbacks.keyOf('id-8')).toBe('k8');
      expect(await callbacks.keyOf('id-8b')).toBeUndefined();
      expect(await callbacks.keyOf('nobody')).toBeUndefined();
    });

    it('keep a key for the run that waits under it until its time is over', async () => {
      await callbacks.wait('k9', waiter('a', { id: 'id-9' }));
      expect(await callbacks.wait('k9', waiter('b', { id: 'id-9b' }))).toEqual({
        kind: 'taken',
        by: waiter('a', { id: 'id-9' }),
      });
      const later = waiter('b', { id: 'id-9b', since: AT + 1_000, until: AT + 2_000 });
      expect(await callbacks.wait('k9', later)).toMatchObject({ kind: 'waiting' });
    });

    it('list what a run waits for and has been answered', async () => {
      await callbacks.wait('k10', waiter('lister', { id: 'id-10' }));
      await callbacks.answer('k11/\u00fc#', answer('ann'), 'lister');
      await callbacks.wait('k12', waiter('another', { id: 'id-12' }));
      expect((await callbacks.ofRun('lister')).map(({ key }) => key).toSorted()).toEqual(['k10', 'k11/\u00fc#']);
      expect(await callbacks.ofRun('nobody')).toEqual([]);
    });

    it('are answered by one of 20 who answer at once', async () => {
      await callbacks.wait('k13', waiter('a', { id: 'id-13' }));
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => callbacks.answer('k13', answer(`person-${index}`))),
      );
      expect(all.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
      expect(all.filter(({ kind }) => kind === 'answered')).toHaveLength(19);
    });
  });
}
