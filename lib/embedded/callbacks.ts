/**
 * What runs wait for from outside, over the data file. Its twin over DynamoDB is lib/aws/callbacks.ts; both pass
 * test/contract/callbacks.ts. The slot, its public id and the list of its run are written in one transaction.
 */
import { answering, closing, type Changed, waiting } from '../runtime/callback-slot.ts';
import { sha256 } from '../runtime/digest.ts';
import type { Answer, Callbacks, Slot, Waiter } from '../runtime/ports/callbacks.ts';
import { type Database, parsed } from './database.ts';

const NAME = 'H';

export class SqliteCallbacks implements Callbacks {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  wait(key: string, waiter: Waiter): ReturnType<Callbacks['wait']> {
    return this.change(key, waiter.run, (slot) => waiting(slot, waiter));
  }

  answer(key: string, answer: Answer, early?: string): ReturnType<Callbacks['answer']> {
    return this.change(key, early, (slot) => answering(slot, answer, early !== undefined));
  }

  close(key: string, end: NonNullable<Slot['closed']>): ReturnType<Callbacks['close']> {
    return this.change(key, undefined, (slot) => closing(slot, end));
  }

  async slot(key: string): Promise<Slot | undefined> {
    return this.read<Slot>(slotRow(key));
  }

  async keyOf(id: string): Promise<string | undefined> {
    return this.read<{ readonly key: string }>(idRow(id))?.key;
  }

  async ofRun(run: string): Promise<readonly Slot[]> {
    return this.keysOf(run).flatMap((key) => this.read<Slot>(slotRow(key)) ?? []);
  }

  private change<A>(key: string, run: string | undefined, work: (slot: Slot) => Changed<A>): Promise<A> {
    return this.database.write(() => {
      const before = this.read<Slot>(slotRow(key));
      const known = before ?? { key };
      const { slot, answer } = work(known);
      if (slot === known) return answer;
      this.write(slotRow(key), slot);
      if (slot.waiter) this.write(idRow(slot.waiter.id), { key });
      const owner = run ?? slot.waiter?.run;
      if (!before && owner !== undefined) this.write(runRow(owner), [...this.keysOf(owner), key]);
      return answer;
    });
  }

  private keysOf(run: string): readonly string[] {
    return this.read<readonly string[]>(runRow(run)) ?? [];
  }

  private read<T>(pk: string): T | undefined {
    return parsed<T>(this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', pk, NAME));
  }

  private write(pk: string, value: unknown): void {
    this.database.run('INSERT OR REPLACE INTO items VALUES (?, ?, ?)', pk, NAME, JSON.stringify(value));
  }
}

/** A key may hold what is nobody's business. */
function slotRow(key: string): string {
  return `C#${sha256(key)}`;
}

function idRow(id: string): string {
  return `CI#${id}`;
}

function runRow(run: string): string {
  return `CR#${run}`;
}
