/**
 * Mailboxes over the data file. Their twin over DynamoDB is lib/aws/mailboxes.ts; both pass test/contract/mailboxes.ts.
 * There is no log on one machine: an early message that goes untaken is written down here, in the change that lets it go,
 * by where it came from, its digest and time; never what it says, nor what it correlates by.
 */
import type { UnclaimedMessage } from '../model/run.ts';
import { sha256 } from '../runtime/digest.ts';
import { EMPTY_MAILBOX, type Letter, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { isoTime } from '../runtime/run-events.ts';
import { type Database, parsed } from './database.ts';

const NAME = 'H';
const UNCLAIMED = 'N#unclaimed';
/** Older ones make room. */
const MOST_UNCLAIMED = 1_000;

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
        this.note(key, untaken(before, box));
      }
      return answer;
    });
  }

  /** Newest first. */
  unclaimed(limit: number): readonly UnclaimedMessage[] {
    const sql = 'SELECT body FROM items WHERE pk = ? ORDER BY sk DESC LIMIT ?';
    return this.database.all(sql, UNCLAIMED, limit).map((row) => JSON.parse(String(row['body'])) as UnclaimedMessage);
  }

  private note(key: string, gone: readonly Letter[]): void {
    if (gone.length === 0) return;
    // As lib/runtime/correlation.ts writes it: what a message correlates by comes after these.
    const [integration, source, channel] = JSON.parse(key) as readonly string[];
    for (const { id, at } of gone) {
      const body = { integration, source, channel, digest: sha256(id), at: isoTime(at) };
      const sk = `${String(at).padStart(16, '0')}#${body.digest}`;
      this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', UNCLAIMED, sk, JSON.stringify(body));
    }
    const old = 'SELECT sk FROM items WHERE pk = ?1 ORDER BY sk DESC LIMIT -1 OFFSET ?2';
    this.database.run(`DELETE FROM items WHERE pk = ?1 AND sk IN (${old})`, UNCLAIMED, MOST_UNCLAIMED);
  }
}

/** What was given meanwhile is in nobody's way, and has been taken. */
function untaken(before: Mailbox, after: Mailbox): readonly Letter[] {
  const known = new Set([...after.letters, ...after.given].map(({ id }) => id));
  return before.letters.filter(({ id }) => !known.has(id));
}
