/**
 * Mailboxes over DynamoDB: a box is one item, changed under the condition that nobody has changed it since it was read, and
 * forgotten once nothing in it can matter any more. A box that holds letters stands in the index of open runs, too, in shards
 * of its own and by when the oldest grows too old. Their twin on one machine is lib/embedded/mailboxes.ts.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { originOf } from '../runtime/correlation.ts';
import { sha256 } from '../runtime/digest.ts';
import { unclaimedFrom } from '../runtime/mailbox.ts';
import { type DueBox, EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { mailShard } from './run-items.ts';
import { type ItemKey, num, type SharedTable } from './shared-table.ts';

export type Work<A> = (box: Mailbox) => { readonly box: Mailbox; readonly answer: A };

export class DynamoMailboxes implements Mailboxes {
  private readonly table: SharedTable;

  constructor(table: SharedTable) {
    this.table = table;
  }

  async change<A>(key: string, at: number, work: Work<A>): Promise<A> {
    return await changeBox(this.table, { name: `M#${sha256(key)}`, origin: originOf(key) }, at, work);
  }
}

/** The box with that name, which is `M#` and a digest of its key. */
export async function changeBox<A>(
  table: SharedTable,
  { name, origin }: DueBox,
  at: number,
  work: Work<A>,
): Promise<A> {
  return await table.change<Mailbox, A>({
    key: boxKey(name),
    empty: EMPTY_MAILBOX,
    work(known) {
      const { box, answer } = work(known);
      return { body: box, answer };
    },
    expires: (box) => expiryOf(box, at),
    found(box) {
      const wake = unclaimedFrom(box);
      const due = wake === undefined ? undefined : { open: num(mailShard(name)), wake: num(wake) };
      return { origin: { S: JSON.stringify(origin) }, open: due?.open, wake: due?.wake };
    },
    name: 'A mailbox',
  });
}

export function boxKey(name: string): ItemKey {
  return { pk: name, sk: 'H' };
}

/** Who waits keeps the box; a day after it nothing of it is looked for. */
function expiryOf({ expecting }: Mailbox, at: number): ReturnType<typeof num> {
  const last = Math.max(at, ...expecting.map(({ until }) => until));
  return num(Math.ceil((last + 2 * DEFAULTS.messages.keptMs) / 1000));
}
