/**
 * Mailboxes over the data file. Their twin over DynamoDB is lib/aws/mailboxes.ts; both pass test/contract/mailboxes.ts.
 * There is no log on one machine: a message that went untaken is written down here, in the change that lets it go, by where
 * it came from, its digest and time; never what it says, nor what it correlates by. Beside each box stands when it is to be
 * looked at: when its oldest letter grows too old, or when nothing in it matters any more and it goes itself.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { UnclaimedMessage } from '../model/run.ts';
import { originOf } from '../runtime/correlation.ts';
import { sha256 } from '../runtime/digest.ts';
import { unclaimedFrom } from '../runtime/mailbox.ts';
import {
  type DueBox,
  type DueBoxes,
  EMPTY_MAILBOX,
  type Letter,
  type Mailbox,
  type Mailboxes,
  type Origin,
} from '../runtime/ports/mailboxes.ts';
import { isoTime } from '../runtime/run-events.ts';
import { type Database, parsed } from './database.ts';

type Work<A> = (box: Mailbox) => { readonly box: Mailbox; readonly answer: A };

const NAME = 'H';
const UNCLAIMED = 'N#unclaimed';
const DUE = 'N#due-boxes';
/** Older ones make room. */
const MOST_UNCLAIMED = 1_000;

export class SqliteMailboxes implements Mailboxes, DueBoxes {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  change<A>(key: string, at: number, work: Work<A>): Promise<A> {
    // What runs wait for is nobody's business who reads the file's keys.
    return this.changeDue({ name: `M#${sha256(key)}`, origin: originOf(key) }, at, work);
  }

  changeDue<A>({ name, origin }: DueBox, _at: number, work: Work<A>): Promise<A> {
    return this.database.write(() => {
      const row = this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', name, NAME);
      const before = parsed<Mailbox>(row) ?? EMPTY_MAILBOX;
      const { box, answer } = work(before);
      if (box !== before) {
        this.keep(name, box);
        this.setDue({ name, origin }, dueOf(before), dueOf(box));
        this.note(origin, untaken(before, box));
      }
      return answer;
    });
  }

  due({ at, limit }: Parameters<DueBoxes['due']>[0]): Promise<readonly DueBox[]> {
    const sql = 'SELECT body FROM items WHERE pk = ? AND sk < ? ORDER BY sk LIMIT ?';
    const rows = this.database.all(sql, DUE, timeText(at + 1), limit);
    return Promise.resolve(rows.map((row) => JSON.parse(String(row['body'])) as DueBox));
  }

  /** Newest first. */
  unclaimed(limit: number): readonly UnclaimedMessage[] {
    const sql = 'SELECT body FROM items WHERE pk = ? ORDER BY sk DESC LIMIT ?';
    return this.database.all(sql, UNCLAIMED, limit).map((row) => JSON.parse(String(row['body'])) as UnclaimedMessage);
  }

  private keep(name: string, box: Mailbox): void {
    if (dueOf(box) === undefined) this.database.run('DELETE FROM items WHERE pk = ? AND sk = ?', name, NAME);
    else this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', name, NAME, JSON.stringify(box));
  }

  private setDue(box: DueBox, before: number | undefined, after: number | undefined): void {
    if (before === after) return;
    const sk = (at: number): string => `${timeText(at)}#${box.name}`;
    if (before !== undefined) this.database.run('DELETE FROM items WHERE pk = ? AND sk = ?', DUE, sk(before));
    if (after === undefined) return;
    this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', DUE, sk(after), JSON.stringify(box));
  }

  private note({ integration, source, channel }: Origin, gone: readonly Letter[]): void {
    if (gone.length === 0) return;
    for (const { id, at } of gone) {
      const body = { integration, source, channel, digest: sha256(id), at: isoTime(at) };
      const sk = `${timeText(at)}#${body.digest}`;
      this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', UNCLAIMED, sk, JSON.stringify(body));
    }
    const old = 'SELECT sk FROM items WHERE pk = ?1 ORDER BY sk DESC LIMIT -1 OFFSET ?2';
    this.database.run(`DELETE FROM items WHERE pk = ?1 AND sk IN (${old})`, UNCLAIMED, MOST_UNCLAIMED);
  }
}

/** When somebody has to look at a box; undefined where it is as good as none. */
function dueOf(box: Mailbox): number | undefined {
  const { expecting, given, missed } = box;
  const times = [...[...expecting, ...missed].map(({ until }) => until), ...given.map(({ at }) => at)];
  if (times.length === 0) return unclaimedFrom(box);
  return unclaimedFrom(box) ?? Math.max(...times) + DEFAULTS.messages.keptMs;
}

/** What was given meanwhile is in nobody's way, and has been taken. */
function untaken(before: Mailbox, after: Mailbox): readonly Letter[] {
  const known = new Set([...after.letters, ...after.given].map(({ id }) => id));
  return before.letters.filter(({ id }) => !known.has(id));
}

function timeText(at: number): string {
  return String(at).padStart(16, '0');
}
