/** Callbacks in memory, for rehearsals and handler tests: the same pure changes, one after another. */
import { answering, closing, type Changed, waiting } from '../runtime/callback-slot.ts';
import { mapped, type Remembering, together } from './remembering.ts';
import type { Answer, Callbacks, Slot, TaskTokens, Waiter } from '../runtime/ports/callbacks.ts';

export class MemoryCallbacks implements Callbacks {
  private readonly slots = new Map<string, Slot>();
  private readonly runs = new Map<string, ReadonlySet<string>>();
  readonly books: Remembering = together([mapped(this.slots), mapped(this.runs)]);

  async wait(key: string, waiter: Waiter): ReturnType<Callbacks['wait']> {
    return this.change(key, waiter.run, (slot) => waiting(slot, waiter));
  }

  async answer(key: string, answer: Answer, early?: string): ReturnType<Callbacks['answer']> {
    return this.change(key, early, (slot) => answering(slot, answer, early !== undefined));
  }

  async close(key: string, end: NonNullable<Slot['closed']>): ReturnType<Callbacks['close']> {
    return this.change(key, undefined, (slot) => closing(slot, end));
  }

  async slot(key: string): Promise<Slot | undefined> {
    return this.slots.get(key);
  }

  async keyOf(id: string): Promise<string | undefined> {
    return [...this.slots.values()].find(({ waiter }) => waiter?.id === id)?.key;
  }

  async ofRun(run: string): Promise<readonly Slot[]> {
    return [...(this.runs.get(run) ?? [])].flatMap((key) => this.slots.get(key) ?? []);
  }

  private change<A>(key: string, run: string | undefined, work: (slot: Slot) => Changed<A>): A {
    const known = this.slots.get(key) ?? { key };
    const { slot, answer } = work(known);
    if (slot !== known) this.slots.set(key, slot);
    if (slot !== known && run !== undefined) this.runs.set(run, new Set([...(this.runs.get(run) ?? []), key]));
    return answer;
  }
}

export interface Woken {
  readonly token: string;
  readonly error?: string;
}

/** Tokens that are only written down. */
export class RecordedTokens implements TaskTokens {
  readonly woken: Woken[] = [];

  async succeed(token: string): Promise<'woken'> {
    this.woken.push({ token });
    return 'woken';
  }

  async fail(token: string, { error }: { readonly error: string }): Promise<'woken'> {
    this.woken.push({ token, error });
    return 'woken';
  }
}
