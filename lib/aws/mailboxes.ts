/**
 * Mailboxes over DynamoDB: a box is one item, changed under the condition that nobody has changed it since it was read, and
 * forgotten once nothing in it can matter any more. While it holds letters it stands in the index of what somebody has to
 * look at, in shards of its own behind those of the runs. Their twin on one machine is lib/embedded/mailboxes.ts.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { oldestIn } from '../runtime/mailbox.ts';
import { EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { OPEN_SHARDS, openShard } from './run-items.ts';
import { num, type SharedTable } from './shared-table.ts';

const BOX = 'M#';

export class DynamoMailboxes implements Mailboxes {
  private readonly table: SharedTable;

  constructor(table: SharedTable) {
    this.table = table;
  }

  async change<A>(
    key: string,
    at: number,
    work: (box: Mailbox) => { readonly box: Mailbox; readonly answer: A },
  ): Promise<A> {
    return await this.table.change<Mailbox, A>({
      key: { pk: `${BOX}${key}`, sk: 'H' },
      empty: EMPTY_MAILBOX,
      work(known) {
        const { box, answer } = work(known);
        return { body: box, answer };
      },
      expires: (box) => expiryOf(box, at),
      wakes: (box) => {
        const oldest = oldestIn(box);
        return oldest === undefined ? undefined : { open: OPEN_SHARDS + openShard(key), wake: dueAt(oldest) };
      },
      name: 'A mailbox',
    });
  }

  async holding({ until, limit }: Parameters<Mailboxes['holding']>[0]): Promise<readonly string[]> {
    const shards = Array.from({ length: OPEN_SHARDS }, (_, shard) =>
      this.table.waking({ open: OPEN_SHARDS + shard, at: dueAt(until), limit }),
    );
    return (await Promise.all(shards))
      .flat()
      .sort((one, other) => one.wake - other.wake)
      .slice(0, limit)
      .map(({ pk }) => pk.slice(BOX.length));
  }
}

function dueAt(cameAt: number): number {
  return cameAt + DEFAULTS.messages.keptMs;
}

/** Who waits keeps the box; a day after it nothing of it is looked for. */
function expiryOf({ expecting }: Mailbox, at: number): ReturnType<typeof num> {
  const last = Math.max(at, ...expecting.map(({ until }) => until));
  return num(Math.ceil((last + 2 * DEFAULTS.messages.keptMs) / 1000));
}
