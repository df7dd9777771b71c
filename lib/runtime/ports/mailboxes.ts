/**
 * Where messages and the runs that wait for them find each other: a box for everything on one channel that carries one
 * correlation id. It holds what came before anybody waited, who waits, and what was given to whom, so that a message which
 * is delivered again is the same message. A store changes a box in one conditional write; what a change is, is said in
 * lib/runtime/mailbox.ts. Methods reject when the store fails.
 */
import type { KeptInput } from '../../model/kept.ts';

/** A message, as it was taken in. */
export interface Letter {
  /** What its sender or its carrier knows it by: two with one id are one. */
  readonly id: string;
  readonly at: number;
  /** Who brought it: a subject, `callback`, a queue. */
  readonly actor: string;
  /** Header and body, kept under `owner` as a run's input is kept under its run. */
  readonly data: KeptInput;
  readonly owner: string;
  /** Absent: an earlier version kept it. */
  readonly over?: Channelled;
}

export interface Channelled {
  readonly integration: string;
  /** Of the description. */
  readonly source: string;
  readonly channel: string;
}

/** A step that waits; `slot` is where its answer is laid. */
export interface Expecting {
  readonly slot: string;
  readonly run: string;
  readonly step: string;
  readonly visit: number;
  readonly since: number;
  /** After it nothing is given to it. */
  readonly until: number;
}

export interface Given extends Letter {
  readonly to: Expecting;
}

export interface Mailbox {
  /** Oldest first. */
  readonly letters: readonly Letter[];
  /** Longest first. */
  readonly expecting: readonly Expecting[];
  readonly given: readonly Given[];
  /** Who waited in vain, the latest last: whose a message may be that comes now. */
  readonly missed: readonly Expecting[];
}

export interface Mailboxes {
  /** The very same box where nothing is to be written; `work` may be asked again when others have changed it meanwhile. */
  change<A>(key: string, at: number, work: (box: Mailbox) => { readonly box: Mailbox; readonly answer: A }): Promise<A>;
  /** Keys of boxes with a letter that came at that time or before it, those of the oldest first. */
  holding(query: { readonly until: number; readonly limit: number }): Promise<readonly string[]>;
}

export const EMPTY_MAILBOX: Mailbox = { letters: [], expecting: [], given: [], missed: [] };
