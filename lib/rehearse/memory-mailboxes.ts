/** Mailboxes in memory: of rehearsals and tests. */
import { mapped, type Remembering } from './remembering.ts';
import { EMPTY_MAILBOX, type Mailbox, type Mailboxes } from '../runtime/ports/mailboxes.ts';

export class MemoryMailboxes implements Mailboxes {
  readonly boxes: Map<string, Mailbox> = new Map();
  readonly books: Remembering = mapped(this.boxes);

  async change<A>(
    key: string,
    _at: number,
    work: (box: Mailbox) => { readonly box: Mailbox; readonly answer: A },
  ): Promise<A> {
    const { box, answer } = work(this.boxes.get(key) ?? EMPTY_MAILBOX);
    this.boxes.set(key, box);
    return answer;
  }
}
