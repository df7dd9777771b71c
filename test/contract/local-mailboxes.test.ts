import { expect, it } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { SqliteMailboxes } from '../../lib/embedded/mailboxes.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { renderUnclaimed } from '../../lib/cli/render-letters.ts';
import { mailboxKey } from '../../lib/runtime/correlation.ts';
import { expected, posted } from '../../lib/runtime/mailbox.ts';
import { clearMailboxes } from '../../lib/runtime/unclaimed.ts';
import { MemoryMailboxes } from '../../lib/rehearse/memory-mailboxes.ts';
import type { LogRecord } from '../../lib/runtime/ports/telemetry.ts';
import { mailboxesContract } from './mailboxes.ts';

mailboxesContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return { mailboxes: new SqliteMailboxes(database), close: async () => database.close() };
});

mailboxesContract('the memory of the tests', async () => ({
  mailboxes: new MemoryMailboxes(),
  close: async () => undefined,
}));

it('one that nobody took is written down where an operator looks, and nothing of what it says', async () => {
  const database = new Database(':memory:', SCHEMA);
  const mailboxes = new SqliteMailboxes(database);
  const over = { integration: 'orders', source: 'shop', channel: 'payments' };
  const key = mailboxKey(over, 'canary-id');
  const day = 86_400_000;
  const post = (id: string, at: number): Promise<unknown> => {
    const letter = { id, at, actor: 'bank', data: { body: 'canary-body' }, owner: `message-${id}`, over };
    return mailboxes.change(key, at, (box) => posted(box, letter, true));
  };
  await post('taken', 0);
  const to = { slot: 's', run: 'r', step: 'paid', visit: 1, since: 1, until: 2 };
  await mailboxes.change(key, 1, (box) => expected(box, to));
  await post('first', 2);
  await post('second', 3);
  expect(mailboxes.unclaimed(10)).toEqual([]);
  await post('later', day + 10);
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
  for (let at = 0; at < 1_100; at += 1) await post(`one-${at}`, (at + 2) * 2 * day);
  expect(mailboxes.unclaimed(2_000)).toHaveLength(1_000);
  database.close();
});

it('one in a box that nobody touches is written down by whoever clears boxes, once, and nothing is left of its box', async () => {
  const database = new Database(':memory:', SCHEMA);
  const mailboxes = new SqliteMailboxes(database);
  const told: LogRecord[] = [];
  const ports = { mailboxes, telemetry: { log: (record: LogRecord) => void told.push(record) } };
  const over = { integration: 'orders', source: 'shop', channel: 'payments' };
  const letter = { id: 'one', at: 5, actor: 'bank', data: { body: 'canary' }, owner: 'message-one', over };
  await mailboxes.change(mailboxKey(over, 'canary-id'), 5, (box) => posted(box, letter, true));
  const day = 86_400_000;
  expect(await clearMailboxes({ at: day + 4, limit: 10 }, ports)).toBe(0);
  expect(mailboxes.unclaimed(10)).toEqual([]);
  const cleared = await Promise.all([1, 2].map(() => clearMailboxes({ at: day + 5, limit: 10 }, ports)));
  expect(cleared.toSorted((one, other) => one - other)).toEqual([0, 1]);
  expect(mailboxes.unclaimed(10)).toMatchObject([{ ...over, at: '1970-01-01T00:00:00.005Z' }]);
  expect(told).toMatchObject([{ level: 'warn', counts: 'MessagesUntaken', details: { channel: 'payments' } }]);
  expect(JSON.stringify(told)).not.toContain('canary');
  expect(database.get("SELECT count(*) AS n FROM items WHERE pk <> 'N#unclaimed'")).toEqual({ n: 0 });
  database.close();
});
