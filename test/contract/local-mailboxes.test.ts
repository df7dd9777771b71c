import { expect, it } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { SqliteMailboxes } from '../../lib/embedded/mailboxes.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { renderUnclaimed } from '../../lib/cli/render-letters.ts';
import { mailboxKey } from '../../lib/runtime/correlation.ts';
import { expected, posted, withdrawn } from '../../lib/runtime/mailbox.ts';
import { clearUnclaimed } from '../../lib/runtime/upkeep/clear-unclaimed.ts';
import { MemoryMailboxes } from '../../lib/rehearse/memory-mailboxes.ts';
import { dueBoxesContract, type DueBoxesUnderTest, mailboxesContract } from './mailboxes.ts';

mailboxesContract('node:sqlite', local);
dueBoxesContract('node:sqlite', local);

async function local(): Promise<DueBoxesUnderTest> {
  const database = new Database(':memory:', SCHEMA);
  const mailboxes = new SqliteMailboxes(database);
  return { mailboxes, dueBoxes: mailboxes, close: async () => database.close() };
}

mailboxesContract('the memory of the tests', async () => ({
  mailboxes: new MemoryMailboxes(),
  close: async () => undefined,
}));

it('one that nobody took is written down where an operator looks, and nothing of what it says', async () => {
  const database = new Database(':memory:', SCHEMA);
  const mailboxes = new SqliteMailboxes(database);
  const key = mailboxKey({ integration: 'orders', source: 'shop', channel: 'payments' }, 'canary-id');
  const day = 86_400_000;
  const clear = (now: number): Promise<number> =>
    clearUnclaimed({ clock: { now: () => now }, dueBoxes: mailboxes, telemetry: { log: () => undefined } }, 10);
  const post = (id: string, at: number): Promise<unknown> => {
    const letter = { id, at, actor: 'bank', data: { body: 'canary-body' }, owner: `message-${id}` };
    return mailboxes.change(key, at, (box) => posted(box, letter, true));
  };
  await post('taken', 0);
  const to = { slot: 's', run: 'r', step: 'paid', visit: 1, since: 1, until: 2 };
  await mailboxes.change(key, 1, (box) => expected(box, to));
  await post('first', 2);
  await post('second', 3);
  expect(mailboxes.unclaimed(10)).toEqual([]);
  await post('later', day + 10);
  expect(await clear(day + 10)).toBe(2);
  expect(await clear(day + 10)).toBe(0);
  const found = mailboxes.unclaimed(10);
  expect(found).toMatchObject([
    { integration: 'orders', source: 'shop', channel: 'payments', at: '1970-01-01T00:00:00.003Z' },
    { at: '1970-01-01T00:00:00.002Z' },
  ]);
  expect(JSON.stringify(found)).not.toContain('canary');
  expect(renderUnclaimed(found)).toMatch(
    /^Messages that nobody took in their day:\n {2}[0-9a-f]{12} {2}over payments of shop, for orders {2}came 1970/,
  );
  expect(renderUnclaimed([])).toBe('');
  for (let round = 1; round <= 55; round += 1) {
    for (let number = 0; number < 20; number += 1) await post(`${round} ${number}`, round * 2 * day + number);
    await clear((round + 1) * 2 * day - 1);
  }
  expect(mailboxes.unclaimed(2_000)).toHaveLength(1_000);
  database.close();
});

it('a box in which nothing matters any more goes from the data file, and is found by nobody', async () => {
  const database = new Database(':memory:', SCHEMA);
  const mailboxes = new SqliteMailboxes(database);
  const day = 86_400_000;
  const key = mailboxKey({ integration: 'orders', source: 'shop', channel: 'payments' }, 'o-1');
  const to = { slot: 's', run: 'r', step: 'paid', visit: 1, since: 0, until: 10 };
  const rows = (): number => database.all('SELECT pk FROM items').length;
  const clear = (now: number): Promise<number> =>
    clearUnclaimed({ clock: { now: () => now }, dueBoxes: mailboxes, telemetry: { log: () => undefined } }, 10);
  await mailboxes.change(key, 0, (box) => expected(box, to));
  await mailboxes.change(key, 10, (box) => withdrawn(box, 's'));
  await clear(day);
  expect(rows()).toBe(2);
  await clear(day + 10);
  expect(rows()).toBe(0);
  database.close();
});
