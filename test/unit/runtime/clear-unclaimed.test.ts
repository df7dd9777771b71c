/** Messages that nobody took in their day are told of before they go, whoever else looks and whatever breaks in between. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database, IN_MEMORY } from '../../../lib/embedded/database.ts';
import { SqliteMailboxes } from '../../../lib/embedded/mailboxes.ts';
import { SCHEMA } from '../../../lib/embedded/schema.ts';
import { mailboxKey } from '../../../lib/runtime/correlation.ts';
import { posted } from '../../../lib/runtime/mailbox.ts';
import type { Mailboxes } from '../../../lib/runtime/ports/mailboxes.ts';
import type { LogRecord } from '../../../lib/runtime/ports/telemetry.ts';
import { clearMailboxes } from '../../../lib/runtime/unclaimed.ts';

const DAY = 86_400_000;
const OVER = { integration: 'orders', source: 'shop', channel: 'payments' };

let database: Database;
let boxes: SqliteMailboxes;
let log: LogRecord[];

beforeEach(() => {
  database = new Database(IN_MEMORY, SCHEMA);
  boxes = new SqliteMailboxes(database);
  log = [];
});

afterEach(() => database.close());

async function kept(id: string, at: number): Promise<void> {
  const letter = { id, at, actor: 'bank', data: { body: id }, owner: `message-${id}`, over: OVER };
  await boxes.change(mailboxKey(OVER, id), at, (box) => posted(box, letter, true));
}

function clear(at: number, mailboxes: Mailboxes = boxes): Promise<number> {
  return clearMailboxes({ at, limit: 10 }, { mailboxes, telemetry: { log: (record) => void log.push(record) } });
}

function storeThat(changes: Mailboxes['change']): Mailboxes {
  return { holding: (query) => boxes.holding(query), change: changes };
}

describe('clearing what nobody took', () => {
  it('tells again what it could not remove, so that none goes without a word', async () => {
    await kept('a', 0);
    const dying = storeThat((key, at, work) =>
      boxes.change(key, at, (box) => {
        work(box);
        throw new Error('the power is gone');
      }),
    );
    expect(await clear(DAY, dying)).toBe(0);
    expect(await clear(DAY)).toBe(1);
    expect(await clear(DAY)).toBe(0);
    expect(log.map(({ level }) => level)).toEqual(['warn', 'error', 'warn']);
    expect(boxes.unclaimed(10)).toHaveLength(1);
  });

  it('tells once of what its store asks for twice, because others have changed the box meanwhile', async () => {
    await kept('a', 0);
    const busy = storeThat((key, at, work) =>
      boxes.change(key, at, (box) => {
        work(box);
        return work(box);
      }),
    );
    expect(await clear(DAY, busy)).toBe(1);
    expect(log.map(({ run }) => run)).toEqual(['message-a']);
  });

  it('goes on with the other boxes when one of them cannot be read', async () => {
    await kept('a', 0);
    await kept('b', 1);
    const torn = mailboxKey(OVER, 'a');
    const broken = storeThat((key, at, work) =>
      key === torn ? Promise.reject(new Error('torn')) : boxes.change(key, at, work),
    );
    expect(await clear(DAY + 1, broken)).toBe(1);
    expect(log).toMatchObject([
      { level: 'error', message: 'messages that nobody took could not be cleared: torn' },
      { level: 'warn', run: 'message-b' },
    ]);
  });
});
