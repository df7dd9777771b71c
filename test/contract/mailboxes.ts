/** What every store of mailboxes promises (lib/runtime/ports/mailboxes.ts), as one suite for all adapters. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailboxKey } from '../../lib/runtime/correlation.ts';
import { expected, posted, returned, withdrawn } from '../../lib/runtime/mailbox.ts';
import { cleared, unclaimedIn } from '../../lib/runtime/upkeep/clear-unclaimed.ts';
import type { DueBox, DueBoxes, Expecting, Letter, Mailboxes } from '../../lib/runtime/ports/mailboxes.ts';

export interface MailboxesUnderTest {
  readonly mailboxes: Mailboxes;
  close(): Promise<void>;
}

/** Of those that outlive their process: nobody looks through those of a rehearsal, which end with it. */
export interface DueBoxesUnderTest extends MailboxesUnderTest {
  readonly dueBoxes: DueBoxes;
}

const AT = 1_700_000_000_000;
const DAY = 86_400_000;
const ORIGIN = { integration: 'orders', source: 'shop', channel: 'payments' };

function letter(id: string, more: Partial<Letter> = {}): Letter {
  return { id, at: AT, actor: 'bank', data: { header: {}, body: id }, owner: `message-${id}`, ...more };
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

    const change: Mailboxes['change'] = (id, at, work) => boxes.change(mailboxKey(ORIGIN, id), at, work);
    const post = (id: string, one: Letter, keeps = true): Promise<unknown> =>
      change(id, one.at, (box) => posted(box, one, keeps));
    const expectAt = (id: string, one: Expecting): Promise<unknown> =>
      change(id, one.since, (box) => expected(box, one));

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
      expect(await change('k3', AT, (box) => withdrawn(box, 'slot-c'))).toEqual({ kind: 'gone' });
      expect(await post('k3', letter('2', { at: AT + 11 }))).toEqual({
        kind: 'kept',
        missed: waits('c'),
      });
    });

    it('say what was given to who stops waiting, and give what it returns to the next one', async () => {
      await expectAt('k4', waits('a'));
      await expectAt('k4', waits('b'));
      await post('k4', letter('1'));
      const left = await change('k4', AT, (box) => withdrawn(box, 'slot-a'));
      expect(left).toMatchObject({ kind: 'given', given: { id: '1' } });
      const given = { ...letter('1'), to: waits('a') };
      expect(await change('k4', AT, (box) => returned(box, given, AT))).toMatchObject({
        kind: 'given',
        given: { id: '1', to: { run: 'b' } },
      });
      expect(await change('k4', AT, (box) => returned(box, given, AT))).toEqual({ kind: 'nobody' });
    });

    it('are changed by many at once, and nothing is lost or given twice', async () => {
      const numbers = Array.from({ length: 15 }, (_, number) => String(number));
      await Promise.all(numbers.map((number) => post('k5', letter(number))));
      const given = await Promise.all(numbers.map((number) => expectAt('k5', waits(number))));
      const ids = given.map((one) => (one as { readonly given: Letter }).given.id);
      expect(ids.toSorted()).toEqual(numbers.toSorted());
    });

    it('give nobody what is a day old, and take no more than they have room for', async () => {
      const numbers = Array.from({ length: 20 }, (_, number) => String(number));
      for (const number of numbers) await post('k6', letter(number));
      expect(await post('k6', letter('one too many'))).toEqual({ kind: 'full' });
      expect(await post('k6', letter('later', { at: AT + DAY }))).toEqual({ kind: 'kept' });
      expect(await post('k6', letter('last', { at: AT + DAY }))).toEqual({ kind: 'kept' });
      expect(await expectAt('k6', waits('a', { since: AT + DAY, until: AT + DAY + 60_000 }))).toMatchObject({
        given: { id: 'later' },
      });
    });

    it('keep anew what is brought again after its day, and stay small where nobody clears them', async () => {
      await post('k7', letter('again'));
      expect(await post('k7', letter('again', { at: AT + DAY - 1 }))).toEqual({ kind: 'kept', again: true });
      expect(await post('k7', letter('again', { at: AT + DAY }))).toEqual({ kind: 'kept' });
      const at = AT + DAY;
      expect(await expectAt('k7', waits('a', { since: at, until: at + 10 }))).toMatchObject({ given: { id: 'again' } });
      for (let day = 0; day < 2; day += 1) {
        for (let number = 0; number < 20; number += 1) {
          expect(await post('k8', letter(`${day} ${number}`, { at: AT + day * DAY }))).toEqual({ kind: 'kept' });
        }
      }
      expect(await post('k8', letter('one too many', { at: AT + 2 * DAY }))).toEqual({ kind: 'full' });
    });
  });
}

export function dueBoxesContract(adapter: string, make: () => Promise<DueBoxesUnderTest>): void {
  describe(`mailboxes that are looked through, over ${adapter}`, () => {
    let subject: DueBoxesUnderTest;
    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());

    it('are found once what is in them was not taken in its day, and no longer when it is cleared away', async () => {
      const { mailboxes, dueBoxes } = subject;
      const post = (id: string, one: Letter): Promise<unknown> =>
        mailboxes.change(mailboxKey(ORIGIN, id), one.at, (box) => posted(box, one, true));
      const start = AT + 10 * DAY;
      await post('k9', letter('old', { at: start }));
      await post('k9', letter('young', { at: start + 5 }));
      await post('taken', letter('1', { at: start }));
      const to = waits('a', { since: start + 1, until: start + 2 });
      await mailboxes.change(mailboxKey(ORIGIN, 'taken'), start + 1, (box) => expected(box, to));
      const named = (box: DueBox): Promise<readonly string[]> =>
        dueBoxes.changeDue(box, start, (known) => ({ box: known, answer: known.letters.map(({ id }) => id) }));
      const due = async (at: number): Promise<readonly DueBox[]> => {
        const found = await dueBoxes.due({ at, limit: 100 });
        const holding = await Promise.all(found.map(async (box) => ({ box, ids: await named(box) })));
        return holding.flatMap(({ box, ids }) => (ids.includes('young') ? [box] : []));
      };
      expect(await due(start + DAY - 1)).toEqual([]);
      const [found, ...others] = await due(start + DAY);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ origin: ORIGIN });
      expect(JSON.stringify(found)).not.toContain('k9');
      if (!found) throw new Error('there is one');
      const clear = async (at: number): Promise<readonly string[]> => {
        const old = await dueBoxes.changeDue(found, at, (box) => ({ box, answer: unclaimedIn(box, at) }));
        await dueBoxes.changeDue(found, at, (box) => cleared(box, old, at));
        return old.map(({ id }) => id);
      };
      expect(await clear(start + DAY)).toEqual(['old']);
      expect(await clear(start + DAY)).toEqual([]);
      expect(await due(start + DAY)).toEqual([]);
      expect(await due(start + DAY + 5)).toHaveLength(1);
      expect(await clear(start + DAY + 5)).toEqual(['young']);
      const left = await dueBoxes.due({ at: start + 9 * DAY, limit: 100 });
      expect(left.map(({ name }) => name)).not.toContain(found.name);
    });
  });
}
