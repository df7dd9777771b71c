/** Mailboxes in memory: of rehearsals and tests. */
import { mapped, type Remembering } from './remembering.ts';
import { oldestIn } from '../runtime/mailbox.ts';
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

  async holding({ until, limit }: Parameters<Mailboxes['holding']>[0]): Promise<readonly string[]> {
    const held = [...this.boxes].flatMap(([key, box]) => {
      const at = oldestIn(box);
      return at === undefined || at > until ? [] : [{ key, at }];
    });
    return held
      .sort((one, other) => one.at - other.at)
      .slice(0, limit)
      .map(({ key }) => key);
  }
}
