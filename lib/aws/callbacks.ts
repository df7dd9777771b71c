/**
 * What runs wait for from outside, over DynamoDB: a slot is one item, changed under the condition that nobody has changed
 * it since it was read, so that an answer and an end are one write each and exclude each other. What leads to a slot (its
 * public id, the list of its run) is written before it: it may lead to a slot that is not there yet, never the other way
 * round. Its twin on one machine is lib/embedded/callbacks.ts.
 */
import { answering, closing, type Changed, waiting } from '../runtime/callback-slot.ts';
import { sha256 } from '../runtime/digest.ts';
import type { Answer, Callbacks, Slot, Waiter } from '../runtime/ports/callbacks.ts';
import { bodyIn, type ItemKey, num, type SharedTable } from './shared-table.ts';

const KEPT_SECONDS = 90 * 86_400;

export class DynamoCallbacks implements Callbacks {
  private readonly table: SharedTable;

  constructor(table: SharedTable) {
    this.table = table;
  }

  async wait(key: string, waiter: Waiter): ReturnType<Callbacks['wait']> {
    await this.lead(key, waiter.run, waiter.since);
    await this.named(waiter.id, key, waiter.since);
    return await this.change(key, waiter.since, (slot) => waiting(slot, waiter));
  }

  async answer(key: string, answer: Answer, early?: string): ReturnType<Callbacks['answer']> {
    if (early !== undefined) await this.lead(key, early, answer.at);
    return await this.change(key, answer.at, (slot) => answering(slot, answer, early !== undefined));
  }

  async close(key: string, end: NonNullable<Slot['closed']>): ReturnType<Callbacks['close']> {
    return await this.change(key, end.at, (slot) => closing(slot, end));
  }

  async slot(key: string): Promise<Slot | undefined> {
    return bodyIn<Slot>(await this.table.get(slotKey(key)));
  }

  async keyOf(id: string): Promise<string | undefined> {
    const key = (await this.table.get(idKey(id)))['key']?.S;
    // The id of a waiter that came second to another one of its run leads nowhere.
    const slot = key === undefined ? undefined : await this.slot(key);
    return slot?.waiter?.id === id ? key : undefined;
  }

  async ofRun(run: string): Promise<readonly Slot[]> {
    const keys = (await this.table.get(runKey(run)))['keys']?.SS ?? [];
    const slots = await Promise.all(keys.toSorted().map((key) => this.slot(key)));
    return slots.flatMap((slot) => slot ?? []);
  }

  private async change<A>(key: string, at: number, work: (slot: Slot) => Changed<A>): Promise<A> {
    return await this.table.change<Slot, A>({
      key: slotKey(key),
      empty: { key },
      work(known) {
        const { slot, answer } = work(known);
        return { body: slot, answer };
      },
      expires: ({ waiter }) => kept(Math.max(at, waiter?.until ?? 0)),
      name: 'What a run waits for',
    });
  }

  private async lead(key: string, run: string, at: number): Promise<void> {
    await this.table.update(runKey(run), {
      update: 'ADD #k :key SET #x = :expires',
      names: { '#k': 'keys', '#x': 'expires' },
      values: { ':key': { SS: [key] }, ':expires': kept(at) },
    });
  }

  private async named(id: string, key: string, at: number): Promise<void> {
    await this.table.update(idKey(id), {
      update: 'SET #k = :key, #x = :expires',
      names: { '#k': 'key', '#x': 'expires' },
      values: { ':key': { S: key }, ':expires': kept(at) },
    });
  }
}

/** Nobody asks after it a quarter of a year later. */
function kept(at: number): ReturnType<typeof num> {
  return num(Math.ceil(at / 1000) + KEPT_SECONDS);
}

/** A key may hold what is nobody's business. */
function slotKey(key: string): ItemKey {
  return { pk: `C#${sha256(key)}`, sk: 'H' };
}

function idKey(id: string): ItemKey {
  return { pk: `CI#${id}`, sk: 'H' };
}

function runKey(run: string): ItemKey {
  return { pk: `CR#${run}`, sk: 'H' };
}
