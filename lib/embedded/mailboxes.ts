/**
 * Mailboxes over the data file. Their twin over DynamoDB is lib/aws/mailboxes.ts; both pass test/contract/mailboxes.ts.
 */
import { sha256 } from '../runtime/digest.ts';
import { EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { type Database, parsed } from './database.ts';

const NAME = 'H';

export class SqliteMailboxes implements Mailboxes {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  change<A>(
    key: string,
    _at: number,
    work: (box: Mailbox) => { readonly box: Mailbox; readonly answer: A },
  ): Promise<A> {
    // What runs wait for is nobody's business who reads the file's keys.
    const pk = `M#${sha256(key)}`;
    return this.database.write(() => {
      const row = this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', pk, NAME);
      const before = parsed<Mailbox>(row) ?? EMPTY_MAILBOX;
      const { box, answer } = work(before);
      if (box !== before) {
        this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', pk, NAME, JSON.stringify(box));
      }
      return answer;
    });
  }
}
