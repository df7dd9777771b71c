/** What every store of mailboxes promises (lib/runtime/ports/mailboxes.ts), as one suite for all adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleared, expected, posted, returned, withdrawn } from '../../lib/runtime/mailbox.ts';
import type { Expecting, Letter, Mailboxes } from '../../lib/runtime/ports/mailboxes.ts';

export interface MailboxesUnderTest {
  readonly mailboxes: Mailboxes;
  close(): Promise<void>;
}

const AT = 1_700_000_000_000;
const DAY = 86_400_000;

const OVER = { integration: 'orders', source: 'shop', channel: 'payments' };

function letter(id: string, more: Partial<Letter> = {}): Letter {
  return { id, at: AT, actor: 'bank', data: { header: {}, body: id }, owner: `message-${id}`, over: OVER, ...more };
}

function waits(run: string, more: Partial<Expecting> = {}): Expecting {
  return { slot: `slot-${run}`, run, step: 'paid', visit: 1, since: AT, until: AT + 60_000, ...more };
}

export function mailboxesContract(adapter: string, make: () => Promise<MailboxesUnderTest>): void {
  describe(`mailboxes over ${adapter}`, () => {
    let subject: MailboxesUnderTest;
    let boxes: Mailboxes;
    beforeAll(async () => {
      subject = await make();
      boxes = subject.mailboxes;
    });
    afterAll(() => subject.close());

    const post = (key: string, one: Letter, keeps = true): Promise<unknown> =>
      boxes.change(key, one.at, (box) => posted(box, one, keeps));
    const expectAt = (key: string, one: Expecting): Promise<unknown> =>
      boxes.change(key, one.since, (box) => expected(box, one));

    it('give a letter to who waits, once, and the same again when it is delivered again', async () => {
      expect(await expectAt('k1', waits('a'))).toEqual({ kind: 'waiting' });
      const given = { ...letter('1'), to: waits('a') };
      expect(await post('k1', letter('1'))).toEqual({ kind: 'given', given });
      expect(await post('k1', letter('1', { at: AT + 5 }))).toEqual({ kind: 'given', given, again: true });
      expect(await post('k1', letter('2'))).toEqual({ kind: 'kept' });
    });

    it('keep what comes early, and nothing where it is not to be kept', async () => {
      expect(await post('k2', letter('1'), false)).toEqual({ kind: 'nobody' });
      expect(await post('k2', letter('1'))).toEqual({ kind: 'kept' });
      expect(await post('k2', letter('1'))).toEqual({ kind: 'kept', again: true });
      expect(await expectAt('k2', waits('a'))).toMatchObject({ kind: 'given', given: { id: '1' } });
      expect(await expectAt('k2', waits('a'))).toMatchObject({ kind: 'given', given: { id: '1' } });
      expect(await expectAt('k2', waits('b'))).toEqual({ kind: 'waiting' });
    });

    it('give to who has waited longest, and not to who waits no longer', async () => {
      await expectAt('k3', waits('a', { until: AT + 10 }));
      await expectAt('k3', waits('b'));
      await expectAt('k3', waits('c'));
      expect(await post('k3', letter('1', { at: AT + 10 }))).toMatchObject({ given: { to: { run: 'b' } } });
      expect(await boxes.change('k3', AT, (box) => withdrawn(box, 'slot-c'))).toEqual({ kind: 'gone' });
      expect(await post('k3', letter('2', { at: AT + 11 }))).toEqual({
        kind: 'kept',
        missed: waits('c'),
      });
    });

    it('say what was given to who stops waiting, and give what it returns to the next one', async () => {
      await expectAt('k4', waits('a'));
      await expectAt('k4', waits('b'));
      await post('k4', letter('1'));
      const left = await boxes.change('k4', AT, (box) => withdrawn(box, 'slot-a'));
      expect(left).toMatchObject({ kind: 'given', given: { id: '1' } });
      const given = { ...letter('1'), to: waits('a') };
      expect(await boxes.change('k4', AT, (box) => returned(box, given, AT))).toMatchObject({
        kind: 'given',
        given: { id: '1', to: { run: 'b' } },
      });
      expect(await boxes.change('k4', AT, (box) => returned(box, given, AT))).toEqual({ kind: 'nobody' });
    });

    it('are changed by many at once, and nothing is lost or given twice', async () => {
      const numbers = Array.from({ length: 15 }, (_, number) => String(number));
      await Promise.all(numbers.map((number) => post('k5', letter(number))));
      const given = await Promise.all(numbers.map((number) => expectAt('k5', waits(number))));
      const ids = given.map((one) => (one as { readonly given: Letter }).given.id);
      expect(ids.toSorted()).toEqual(numbers.toSorted());
    });

    it('forget what is a day old, and take no more than they have room for', async () => {
      const numbers = Array.from({ length: 20 }, (_, number) => String(number));
      for (const number of numbers) await post('k6', letter(number));
      expect(await post('k6', letter('one too many'))).toEqual({ kind: 'full' });
      expect(await post('k6', letter('later', { at: AT + 86_400_000 }))).toEqual({
        kind: 'kept',
        unclaimed: numbers.map((number) => letter(number)),
      });
      expect(await post('k6', letter('last', { at: AT + 86_400_000 }))).toEqual({ kind: 'kept' });
      expect(await expectAt('k6', waits('a', { since: AT + 86_400_000, until: AT + 90_000_000 }))).toMatchObject({
        given: { id: 'later' },
      });
    });

    it('say which of them hold letters that have waited long, the longest first, and let these go where nobody came', async () => {
      const from = AT + 10 * DAY;
      const held = async (until: number, limit = 100): Promise<readonly string[]> =>
        (await boxes.holding({ until, limit })).filter((key) => key.startsWith('held-'));
      await post('held-2', letter('b', { at: from + 2 }));
      await post('held-1', letter('a', { at: from + 1 }));
      await post('held-1', letter('c', { at: from + 30 }));
      await post('held-3', letter('d', { at: from + 3 }));
      await expectAt('held-3', waits('a', { since: from + 4, until: from + 60_000 }));
      await expectAt('held-4', waits('b', { since: from, until: from + 60_000 }));
      expect(await held(from)).toEqual([]);
      expect(await held(from + 1)).toEqual(['held-1']);
      expect(await held(from + 100)).toEqual(['held-1', 'held-2']);
      const clear = (key: string, at: number): Promise<unknown> => boxes.change(key, at, (box) => cleared(box, at));
      expect(await clear('held-1', from + DAY)).toEqual({});
      expect(await clear('held-1', from + DAY + 1)).toEqual({ unclaimed: [letter('a', { at: from + 1 })] });
      expect(await clear('held-1', from + DAY + 1)).toEqual({});
      expect(await held(from + 100)).toEqual(['held-2', 'held-1']);
      expect(await expectAt('held-1', waits('c', { since: from + DAY + 2, until: from + DAY + 9 }))).toMatchObject({
        given: { id: 'c' },
      });
      expect(await clear('held-2', from + 2 * DAY)).toMatchObject({ unclaimed: [{ id: 'b' }] });
      expect(await clear('held-never', from + DAY)).toEqual({});
      expect(await held(from + 9 * DAY)).toEqual([]);
    });
  });
}
