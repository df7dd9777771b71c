/**
 * A mailbox as pure changes: what every store of them does in one conditional write. A letter is given once, to the step
 * that has waited longest; one that comes before its time is kept, within bounds; one that comes twice is known by its id
 * and goes where it went. A step that stops waiting is told what was given to it meanwhile: what came in time counts.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Expecting, Given, Letter, Mailbox } from './ports/mailboxes.ts';

export interface Changed<A> {
  /** The very same where nothing is to be written. */
  readonly box: Mailbox;
  readonly answer: A;
}

/** With every answer that a sweep came before: what was too old for anybody. */
interface Swept {
  readonly unclaimed?: readonly Letter[];
}

export type Posted = Swept & PostedAnswer;

type PostedAnswer =
  /** `again`: it was given before, and whoever gave it may have died over it. */
  | { readonly kind: 'given'; readonly given: Given; readonly again?: true }
  /** `missed`: who waited for it and does no longer. `again`: it was there. */
  | { readonly kind: 'kept'; readonly missed?: Expecting; readonly again?: true }
  /** Nobody waits, and it was not to be kept. */
  | { readonly kind: 'nobody' }
  /** So many wait to be taken already. */
  | { readonly kind: 'full' };

export type Expected = Swept & ExpectedAnswer;

type ExpectedAnswer =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'given'; readonly given: Given }
  | { readonly kind: 'full' };

export type Withdrawn = { readonly kind: 'gone' } | { readonly kind: 'given'; readonly given: Given };

const { messages: LIMITS } = DEFAULTS;

/** `keeps`: it waits for somebody to come, where nobody is there. */
export function posted(before: Mailbox, letter: Letter, keeps: boolean): Changed<Posted> {
  const known = before.given.find(({ id }) => id === letter.id);
  if (known) return { box: before, answer: { kind: 'given', given: known, again: true } };
  if (before.letters.some(({ id }) => id === letter.id)) return { box: before, answer: { kind: 'kept', again: true } };
  return telling(before, letter.at, placed(swept(before, letter.at), letter, keeps));
}

function placed(box: Mailbox, letter: Letter, keeps: boolean): Changed<PostedAnswer> {
  const to = box.expecting.find(({ until }) => letter.at < until);
  if (to) {
    const given: Given = { ...letter, to };
    return { box: withGiven(box, given), answer: { kind: 'given', given } };
  }
  if (!keeps) return { box, answer: { kind: 'nobody' } };
  if (box.letters.length >= LIMITS.early) return { box, answer: { kind: 'full' } };
  const missed = box.missed.at(-1);
  const answer: PostedAnswer = { kind: 'kept', ...(missed && { missed }) };
  return { box: { ...box, letters: [...box.letters, letter] }, answer };
}

/** What has come already is given at once. Asked again, it is the same wait. */
export function expected(before: Mailbox, to: Expecting): Changed<Expected> {
  const known = before.given.find((given) => given.to.slot === to.slot);
  if (known) return { box: before, answer: { kind: 'given', given: known } };
  if (before.expecting.some(({ slot }) => slot === to.slot)) return { box: before, answer: { kind: 'waiting' } };
  return telling(before, to.since, awaited(swept(before, to.since), to));
}

function awaited(box: Mailbox, to: Expecting): Changed<ExpectedAnswer> {
  const [letter] = box.letters;
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
  return telling(before, at, placed({ ...swept(before, at), given, missed }, letter, true));
}

/** Nobody came: what is too old for anybody goes. */
export function cleared(before: Mailbox, at: number): Changed<Swept> {
  const oldest = oldestIn(before);
  if (oldest === undefined || oldest > at - LIMITS.keptMs) return { box: before, answer: {} };
  return telling(before, at, { box: swept(before, at), answer: {} });
}

/** When the letter came that has waited longest; one that was given back stands behind younger ones. */
export function oldestIn({ letters }: Mailbox): number | undefined {
  return letters.length === 0 ? undefined : Math.min(...letters.map(({ at }) => at));
}

function withGiven(box: Mailbox, given: Given): Mailbox {
  return {
    ...box,
    letters: box.letters.filter(({ id }) => id !== given.id),
    expecting: box.expecting.filter(({ slot }) => slot !== given.to.slot),
    given: lastOf([...box.given, given], LIMITS.remembered),
  };
}

/** What goes with the sweep is said to who made it: it is written nowhere any more. */
function telling<A>(before: Mailbox, at: number, { box, answer }: Changed<A>): Changed<A & Swept> {
  const unclaimed = before.letters.filter((letter) => letter.at <= at - LIMITS.keptMs);
  return { box, answer: { ...answer, ...(unclaimed.length > 0 && { unclaimed }) } };
}

/** Without what is too old for anybody, and who was not told that its time was up. */
function swept(box: Mailbox, at: number): Mailbox {
  const since = at - LIMITS.keptMs;
  const late = box.expecting.filter(({ until }) => until <= at);
  return {
    letters: box.letters.filter((letter) => letter.at > since),
    expecting: box.expecting.filter(({ until }) => until > at),
    given: box.given.filter((given) => given.at > since),
    missed: lastOf([...box.missed, ...late], LIMITS.missed).filter(({ until }) => until > since),
  };
}

function lastOf<T>(all: readonly T[], most: number): readonly T[] {
  return all.slice(-most);
}
