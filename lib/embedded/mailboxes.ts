/**
 * Mailboxes over the data file. Their twin over DynamoDB is lib/aws/mailboxes.ts; both pass test/contract/mailboxes.ts.
 * There is no log on one machine: an early message that goes untaken is written down here, in the change that lets it go,
 * by where it came from, its digest and time; never what it says, nor what it correlates by.
 */
import type { UnclaimedMessage } from '../model/run.ts';
import { sha256 } from '../runtime/digest.ts';
import { oldestIn } from '../runtime/mailbox.ts';
import { EMPTY_MAILBOX, type Letter, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';
import { isoTime } from '../runtime/run-events.ts';
import { type Database, parsed } from './database.ts';

const NAME = 'H';
const UNCLAIMED = 'N#unclaimed';
/** One row for each box that holds letters, by when the oldest came: so none has to be read to find what is due. */
const HOLDING = 'N#holding';
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
    const pk = `M#${key}`;
    return this.database.write(() => {
      const row = this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', pk, NAME);
      const before = parsed<Mailbox>(row) ?? EMPTY_MAILBOX;
      const { box, answer } = work(before);
      if (box !== before) this.written(key, before, box);
      return answer;
    });
  }

  holding({ until, limit }: Parameters<Mailboxes['holding']>[0]): Promise<readonly string[]> {
    const sql = 'SELECT body FROM items WHERE pk = ? AND sk < ? ORDER BY sk LIMIT ?';
    return this.database.read(() =>
      this.database.all(sql, HOLDING, padded(until + 1), limit).map((row) => String(row['body'])),
    );
  }

  /** Newest first. */
  unclaimed(limit: number): readonly UnclaimedMessage[] {
    const sql = 'SELECT body FROM items WHERE pk = ? ORDER BY sk DESC LIMIT ?';
    return this.database.all(sql, UNCLAIMED, limit).map((row) => JSON.parse(String(row['body'])) as UnclaimedMessage);
  }

  private written(key: string, before: Mailbox, box: Mailbox): void {
    if (isEmpty(box)) this.remove(`M#${key}`, NAME);
    else this.put(`M#${key}`, NAME, JSON.stringify(box));
    const [was, is] = [oldestIn(before), oldestIn(box)];
    if (was !== is) {
      if (was !== undefined) this.remove(HOLDING, `${padded(was)}#${key}`);
      if (is !== undefined) this.put(HOLDING, `${padded(is)}#${key}`, key);
    }
    this.note(untaken(before, box));
  }

  private note(gone: readonly Letter[]): void {
    if (gone.length === 0) return;
    for (const { id, at, over } of gone) {
      const { integration = '', source = '', channel = '' } = over ?? {};
      const body = { integration, source, channel, digest: sha256(id), at: isoTime(at) };
      this.put(UNCLAIMED, `${padded(at)}#${body.digest}`, JSON.stringify(body));
    }
    const old = 'SELECT sk FROM items WHERE pk = ?1 ORDER BY sk DESC LIMIT -1 OFFSET ?2';
    this.database.run(`DELETE FROM items WHERE pk = ?1 AND sk IN (${old})`, UNCLAIMED, MOST_UNCLAIMED);
  }

  private put(pk: string, sk: string, body: string): void {
    this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', pk, sk, body);
  }

  private remove(pk: string, sk: string): void {
    this.database.run('DELETE FROM items WHERE pk = ? AND sk = ?', pk, sk);
  }
}

function isEmpty({ letters, expecting, given, missed }: Mailbox): boolean {
  return letters.length + expecting.length + given.length + missed.length === 0;
}

function padded(at: number): string {
  return String(at).padStart(16, '0');
}

/** What was given meanwhile is in nobody's way, and has been taken. */
function untaken(before: Mailbox, after: Mailbox): readonly Letter[] {
  const known = new Set([...after.letters, ...after.given].map(({ id }) => id));
  return before.letters.filter(({ id }) => !known.has(id));
}
