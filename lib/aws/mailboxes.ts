/**
 * Mailboxes over DynamoDB: a box is one item, changed under the condition that nobody has changed it since it was read, and
 * forgotten once nothing in it can matter any more. Their twin on one machine is lib/embedded/mailboxes.ts.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { Failure } from '../model/failure.ts';
import { sha256 } from '../runtime/digest.ts';
import { EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { num, numberIn, type SharedItem, type SharedTable } from './shared-table.ts';

/** Others change it between a look and a write; each refusal is somebody's progress. */
const MAX_TRIES = 50;

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
    const itemKey = { pk: `M#${sha256(key)}`, sk: 'H' };
    let item = await this.table.get(itemKey);
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      const known = boxIn(item) ?? EMPTY_MAILBOX;
      const { box, answer } = work(known);
      if (box === known) return answer;
      const revision = numberIn(item, 'rev') ?? 0;
      const written = await this.table.update(itemKey, {
        update: 'SET #b = :body, #r = :next, #x = :expires',
        condition: revision === 0 ? 'attribute_not_exists(#r)' : '#r = :before',
        names: { '#b': 'body', '#r': 'rev', '#x': 'expires' },
        values: {
          ':body': { S: JSON.stringify(box) },
          ':next': num(revision + 1),
          ':expires': expiryOf(box, at),
          ...(revision > 0 && { ':before': num(revision) }),
        },
      });
      if (written.written) return answer;
      ({ item } = written);
    }
    throw new Failure('store-failed', 'A mailbox changed faster than it could be read');
  }
}

/** Who waits keeps the box; a day after it nothing of it is looked for. */
function expiryOf({ expecting }: Mailbox, at: number): ReturnType<typeof num> {
  const last = Math.max(at, ...expecting.map(({ until }) => until));
  return num(Math.ceil((last + 2 * DEFAULTS.messages.keptMs) / 1000));
}

function boxIn(item: SharedItem): Mailbox | undefined {
  const body = item['body']?.S;
  // Written by `change`.
  return body === undefined ? undefined : (JSON.parse(body) as Mailbox);
}
