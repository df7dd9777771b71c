/** Messages that nobody took in their day: told of, then removed, whoever else looks and whatever dies in between. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database, IN_MEMORY } from '../../../lib/embedded/database.ts';
import { SqliteMailboxes } from '../../../lib/embedded/mailboxes.ts';
import { SCHEMA } from '../../../lib/embedded/schema.ts';
import { mailboxKey } from '../../../lib/runtime/correlation.ts';
import { sha256 } from '../../../lib/runtime/digest.ts';
import { posted } from '../../../lib/runtime/mailbox.ts';
import type { DueBoxes } from '../../../lib/runtime/ports/mailboxes.ts';
import type { LogRecord } from '../../../lib/runtime/ports/telemetry.ts';
import { type ClearPorts, clearUnclaimed } from '../../../lib/runtime/upkeep/clear-unclaimed.ts';

const DAY = 86_400_000;

let database: Database;
let boxes: SqliteMailboxes;
let log: LogRecord[];

beforeEach(() => {
  database = new Database(IN_MEMORY, SCHEMA);
  boxes = new SqliteMailboxes(database);
  log = [];
});

afterEach(() => database.close());

function portsAt(now: number, dueBoxes: DueBoxes = boxes): ClearPorts {
  return { clock: { now: () => now }, dueBoxes, telemetry: { log: (record) => void log.push(record) } };
}

async function kept(id: string, at: number, order = 'canary-order'): Promise<void> {
  const key = mailboxKey({ integration: 'orders', source: 'shop', channel: 'payments' }, order);
  const letter = { id, at, actor: 'bank', data: { body: 'canary-body' }, owner: `message-${id}` };
  await boxes.change(key, at, (box) => posted(box, letter, true));
}

describe('clearing what nobody took', () => {
  it('finds a box that nobody touches any more, and says of each message where it came from and when', async () => {
    await kept('a', 0);
    await kept('b', 1);
    await kept('c', 1, 'another');
    expect(await clearUnclaimed(portsAt(DAY - 1), 10)).toBe(0);
    expect(log).toEqual([]);
    expect(await clearUnclaimed(portsAt(DAY), 10)).toBe(1);
    expect(log).toEqual([
      {
        level: 'warn',
        message: `message ${sha256('a').slice(0, 12)} over payments of shop: nobody took it in time, and it is gone`,
        run: 'message-a',
        details: { source: 'shop', channel: 'payments', digest: sha256('a'), cameAt: '1970-01-01T00:00:00.000Z' },
      },
    ]);
    expect(await clearUnclaimed(portsAt(DAY + 1), 10)).toBe(2);
    expect(await clearUnclaimed(portsAt(9 * DAY), 10)).toBe(0);
    expect(JSON.stringify(log)).not.toMatch(/canary|another/);
    expect(boxes.unclaimed(10)).toHaveLength(3);
  });

  it('looks through no more boxes than it may, and finds the others the next time', async () => {
    for (const id of ['a', 'b', 'c']) await kept(id, 0, id);
    expect(await clearUnclaimed(portsAt(DAY), 2)).toBe(2);
    expect(await clearUnclaimed(portsAt(DAY), 2)).toBe(1);
    expect(await clearUnclaimed(portsAt(DAY), 2)).toBe(0);
  });

  it('tells twice at most when two clear at once, and writes it down once', async () => {
    await kept('a', 0);
    await Promise.all([clearUnclaimed(portsAt(DAY), 10), clearUnclaimed(portsAt(DAY), 10)]);
    expect(log.map(({ run }) => run)).toEqual(['message-a', 'message-a']);
    expect(boxes.unclaimed(10)).toHaveLength(1);
    expect(await clearUnclaimed(portsAt(DAY), 10)).toBe(0);
  });

  it('removes nothing that it has not told of: who dies in between has it told again', async () => {
    await kept('a', 0);
    let changes = 0;
    const dying: DueBoxes = {
      due: (asked) => boxes.due(asked),
      changeDue(box, at, work) {
        changes += 1;
        return changes === 2 ? Promise.reject(new Error('the power is gone')) : boxes.changeDue(box, at, work);
      },
    };
    expect(await clearUnclaimed(portsAt(DAY, dying), 10)).toBe(0);
    expect(await clearUnclaimed(portsAt(DAY), 10)).toBe(1);
    expect(log.map(({ level }) => level)).toEqual(['warn', 'error', 'warn']);
    expect(log[1]?.message).toBe('messages over payments that nobody took could not be cleared: the power is gone');
  });

  it('goes on with the other boxes when one of them cannot be read', async () => {
    await kept('a', 0, 'first');
    await kept('b', 1, 'second');
    const [first] = await boxes.due({ at: DAY, limit: 1 });
    const broken: DueBoxes = {
      due: (asked) => boxes.due(asked),
      changeDue: (box, at, work) =>
        box.name === first?.name ? Promise.reject(new Error('torn')) : boxes.changeDue(box, at, work),
    };
    expect(await clearUnclaimed(portsAt(DAY + 1, broken), 10)).toBe(1);
    expect(log).toMatchObject([{ level: 'error' }, { level: 'warn', run: 'message-b' }]);
  });

  it('keeps what comes while it clears', async () => {
    await kept('a', 0);
    const slow: DueBoxes = {
      due: (asked) => boxes.due(asked),
      async changeDue(box, at, work) {
        const answer = await boxes.changeDue(box, at, work);
        await kept('b', DAY);
        return answer;
      },
    };
    expect(await clearUnclaimed(portsAt(DAY, slow), 10)).toBe(1);
    expect(await clearUnclaimed(portsAt(2 * DAY - 1), 10)).toBe(0);
    expect(await clearUnclaimed(portsAt(2 * DAY), 10)).toBe(1);
    expect(log.map(({ run }) => run)).toEqual(['message-a', 'message-b']);
  });
});
