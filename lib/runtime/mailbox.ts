/**
 * A mailbox as pure changes: what every store of them does in one conditional write. A letter is given once, to the step
 * that has waited longest; one that comes before its time is kept, within bounds; one that comes twice is known by its id
 * and goes where it went. A step that stops waiting is told what was given to it meanwhile: what came in time counts. One that
 * nobody takes in its time is given to nobody any more, and lies there until somebody was told of it.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Expecting, Given, Letter, Mailbox } from './ports/mailboxes.ts';

export interface Changed<A> {
  /** The very same where nothing is to be written. */
  readonly box: Mailbox;
  readonly answer: A;
}

export type Posted =
  /** `again`: it was given before, and whoever gave it may have died over it. */
  | { readonly kind: 'given'; readonly given: Given; readonly again?: true }
  /** `missed`: who waited for it and does no longer. `again`: it was there. */
  | { readonly kind: 'kept'; readonly missed?: Expecting; readonly again?: true }
  /** Nobody waits, and it was not to be kept. */
  | { readonly kind: 'nobody' }
  /** So many wait to be taken already. */
  | { readonly kind: 'full' };

export type Expected =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'full' };

export type Withdrawn = { readonly kind: 'gone' } | { readonly kind: 'given'; readonly given: Given };

const { messages: LIMITS } = DEFAULTS;

/** `keeps`: it waits for somebody to come, where nobody is there. */
export function posted(before: Mailbox, letter: Letter, keeps: boolean): Changed<Posted> {
  const known = before.given.find(({ id }) => id === letter.id);
  if (known) return { box: before, answer: { kind: 'given', given: known, again: true } };
  const there = before.letters.find(({ id }) => id === letter.id);
  if (there && isFresh(there, letter.at)) return { box: before, answer: { kind: 'kept', again: true } };
  return placed(swept(before, letter.at), letter, keeps);
}

function placed(box: Mailbox, letter: Letter, keeps: boolean): Changed<Posted> {
  const to = box.expecting.find(({ until }) => letter.at < until);
  if (to) {
    const given: Given = { ...letter, to };
    return { box: withGiven(box, given), answer: { kind: 'given', given } };
  }
  if (!keeps) return { box, answer: { kind: 'nobody' } };
  if (isFull(box, letter.at)) return { box, answer: { kind: 'full' } };
  const missed = box.missed.at(-1);
  const answer: Posted = { kind: 'kept', ...(missed && { missed }) };
  // Brought again a day later it is kept anew: nobody has missed it so far.
  const others = box.letters.filter(({ id }) => id !== letter.id);
  return { box: { ...box, letters: [...others, letter] }, answer };
}

/** What has come already is given at once. Asked again, it is the same wait. */
export function expected(before: Mailbox, to: Expecting): Changed<Expected> {
  const known = before.given.find((given) => given.to.slot === to.slot);
  if (known) return { box: before, answer: { kind: 'given', given: known } };
  if (before.expecting.some(({ slot }) => slot === to.slot)) return { box: before, answer: { kind: 'waiting' } };
  return awaited(swept(before, to.since), to);
}

function awaited(box: Mailbox, to: Expecting): Changed<Expected> {
  const letter = box.letters.find((one) => isFresh(one, to.since));
  if (letter && to.since < to.until) {
    const given: Given = { ...letter, to };
    return { box: withGiven(box, given), answer: { kind: 'given', given } };
  }
  if (box.expecting.length >= LIMITS.waiting) return { box, answer: { kind: 'full' } };
  return { box: { ...box, expecting: [...box.expecting, to] }, answer: { kind: 'waiting' } };
}

/** It waits no longer. What was given to it before counts. */
export function withdrawn(box: Mailbox, slot: string): Changed<Withdrawn> {
  const given = box.given.find((one) => one.to.slot === slot);
  if (given) return { box, answer: { kind: 'given', given } };
  const gone = box.expecting.find((one) => one.slot === slot);
  if (!gone) return { box, answer: { kind: 'gone' } };
  const expecting = box.expecting.filter((one) => one !== gone);
  return { box: { ...box, expecting, missed: lastOf([...box.missed, gone], LIMITS.missed) }, answer: { kind: 'gone' } };
}

/** Whoever it was given to has another answer or its run is over: it is the next one's, or waits for somebody. */
export function returned(before: Mailbox, { id, to }: Given, at: number): Changed<Posted> {
  const found = before.given.find((one) => one.id === id && one.to.slot === to.slot);
  if (!found) return { box: before, answer: { kind: 'nobody' } };
  const given = before.given.filter((one) => one !== found);
  const missed = lastOf([...before.missed, found.to], LIMITS.missed);
  const { to: _to, ...letter } = found;
  return placed({ ...swept(before, at), given, missed }, letter, true);
}

function withGiven(box: Mailbox, given: Given): Mailbox {
  return {
    ...box,
    letters: box.letters.filter(({ id }) => id !== given.id),
    expecting: box.expecting.filter(({ slot }) => slot !== given.to.slot),
    given: lastOf([...box.given, given], LIMITS.remembered),
  };
}

/** When the next one grows too old; undefined where none is kept. */
export function unclaimedFrom({ letters }: Mailbox): number | undefined {
  return letters.length === 0 ? undefined : Math.min(...letters.map(({ at }) => at)) + LIMITS.keptMs;
}

/** Those too old for anybody take room as well: where nobody clears them, the box stays small. */
function isFull({ letters }: Mailbox, at: number): boolean {
  const fresh = letters.filter((letter) => isFresh(letter, at));
  return fresh.length >= LIMITS.early || letters.length >= 2 * LIMITS.early;
}

export function isFresh(letter: Letter, at: number): boolean {
  return letter.at > at - LIMITS.keptMs;
}

/** Without what was given too long ago, and who was not told that its time was up. */
export function swept(box: Mailbox, at: number): Mailbox {
  const since = at - LIMITS.keptMs;
  const late = box.expecting.filter(({ until }) => until <= at);
  return {
    letters: box.letters,
    expecting: box.expecting.filter(({ until }) => until > at),
    given: box.given.filter((given) => given.at > since),
    missed: lastOf([...box.missed, ...late], LIMITS.missed).filter(({ until }) => until > since),
  };
}

function lastOf<T>(all: readonly T[], most: number): readonly T[] {
  return all.slice(-most);
}
