/**
 * Everything that invocations of handlers change: what ports keep, and what the rehearsal itself writes down meanwhile.
 * What the engine's side does (executions, letters, timers) is no part of it: whoever goes on from a prelude does that itself.
 */
import type { Beside } from './rehearsal.ts';
import { booksOf, type Remembering, together } from './remembering.ts';

type Stores = Pick<Beside, 'protection' | 'locks' | 'blobs' | 'callbacks' | 'mailboxes' | 'answers'> & {
  readonly journal: object;
  readonly systems: object;
};

/** `others`: asked for when they are there. Undefined where something cannot be remembered. */
export function worldOf(stores: Stores, others: () => readonly Remembering[]): Remembering | undefined {
  const { journal, systems, protection, locks, blobs, callbacks, mailboxes, answers } = stores;
  const kept = [journal, systems, protection, locks, blobs, callbacks, mailboxes, ...(answers ? [answers] : [])];
  const books = kept.flatMap((one) => booksOf(one) ?? []);
  if (books.length < kept.length) return undefined;
  return {
    memory: () => together([...books, ...others()]).memory(),
    recall: (memory) => together([...books, ...others()]).recall(memory),
  };
}
