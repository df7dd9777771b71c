/**
 * Mailboxes over DynamoDB: a box is one item, changed under the condition that nobody has changed it since it was read, and
 * forgotten once nothing in it can matter any more. Their twin on one machine is lib/embedded/mailboxes.ts.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { sha256 } from '../runtime/digest.ts';
import { EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { num, type SharedTable } from './shared-table.ts';

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
      key: { pk: `M#${sha256(key)}`, sk: 'H' },
      empty: EMPTY_MAILBOX,
      work(known) {
        const { box, answer } = work(known);
        return { body: box, answer };
      },
      expires: (box) => expiryOf(box, at),
      name: 'A mailbox',
    });
  }
}

/** Who waits keeps the box; a day after it nothing of it is looked for. */
function expiryOf({ expecting }: Mailbox, at: number): ReturnType<typeof num> {
  const last = Math.max(at, ...expecting.map(({ until }) => until));
  return num(Math.ceil((last + 2 * DEFAULTS.messages.keptMs) / 1000));
}
