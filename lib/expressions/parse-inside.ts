/**
 * The parts that several expressions share: identifiers, a member of named values, and the way down inside one
 * (tolerated dots and brackets, then the JSON pointer). Each leaves the cursor after what it took, or failed.
 */
import type { Cursor } from './cursor.ts';
import type { Inside, Member } from './expression.ts';
import { formatPointer, parsePointer } from './pointer.ts';

export function isStrict(character: string): boolean {
  return /[A-Za-z0-9_-]/.test(character);
}

export function isIdentifier(character: string): boolean {
  return /[A-Za-z0-9._-]/.test(character);
}

/** Of a member reached by a tolerated dot: anything that cannot end it. */
function isTrailName(character: string): boolean {
  return /[^\s.#[\]{}]/.test(character);
}

/** `.name`, then the way inside; the bare owner stands for all its members. `owner` is for messages only. */
export function takeMember(cursor: Cursor, owner: string): Member {
  if (!cursor.accept('.')) return takeWholeObject(cursor, owner);
  const start = cursor.at;
  const name = cursor.takeWhile(isIdentifier);
  if (name === '') cursor.fail('incomplete', `${owner} names nothing after its dot`);
  if (name.includes('.')) tolerateDots(cursor, name, start);
  return { name, ...takeInside(cursor) };
}

/** Tolerated trail, then pointer, then the end of the text. */
export function takeInside(cursor: Cursor): Inside {
  const start = cursor.at;
  const trail = takeTrail(cursor);
  if (trail.length > 0) tolerateTrail(cursor, trail, start);
  const pointer = takePointer(cursor);
  expectEnd(cursor);
  return { trail, pointer };
}

/** The same where dots and brackets are the way it is written. */
export function takeInsideFreely(cursor: Cursor): Inside {
  const trail = takeTrail(cursor);
  const pointer = takePointer(cursor);
  expectEnd(cursor);
  return { trail, pointer };
}

export function expectEnd(cursor: Cursor): void {
  if (!cursor.done) cursor.fail('unexpected-text', `the expression cannot go on with \`${excerpt(cursor)}\``);
}

/** What stands at the cursor, short enough for a message. */
export function excerpt(cursor: Cursor): string {
  const rest = cursor.text.slice(cursor.at, cursor.at + 21);
  return rest.length > 20 ? `${rest.slice(0, 20)}...` : rest;
}

function takeWholeObject(cursor: Cursor, owner: string): Member {
  const span = { at: 0, length: cursor.at };
  if (cursor.done || cursor.peek() === '#' || cursor.peek() === '[') {
    cursor.tolerate('whole-object', `${owner} names no member, so it stands for all of them`, span);
  }
  return { name: '', ...takeInside(cursor) };
}

function tolerateDots(cursor: Cursor, name: string, start: number): void {
  const [first = '', ...rest] = name.split('.');
  const message = `\`${name}\` is one name with a dot in it; for a member of \`${first}\` use a JSON pointer`;
  const standsAlone = cursor.done || cursor.peek() === '#';
  const instead = standsAlone && !cursor.startsWith('#') ? `${first}#${formatPointer(rest)}` : undefined;
  cursor.tolerate('dotted-name', message, cursor.spanFrom(start), instead);
}

function tolerateTrail(cursor: Cursor, trail: readonly string[], start: number): void {
  const span = cursor.spanFrom(start);
  const code = cursor.text.slice(start).startsWith('[') ? 'brackets' : 'dotted-body';
  const instead = cursor.done ? `#${formatPointer(trail)}` : undefined;
  cursor.tolerate(code, 'the way inside a value is written as a JSON pointer', span, instead);
}

function takeTrail(cursor: Cursor): string[] {
  const trail: string[] = [];
  while (cursor.peek() === '.' || cursor.peek() === '[') {
    trail.push(cursor.accept('.') ? takeTrailName(cursor) : takeBracket(cursor));
  }
  return trail;
}

function takeTrailName(cursor: Cursor): string {
  const name = cursor.takeWhile(isTrailName);
  if (name === '') cursor.fail('incomplete', 'a name is missing after the dot');
  return name;
}

/** `[0]`, `['name']` or `["name"]`. */
function takeBracket(cursor: Cursor): string {
  cursor.skip(1);
  const quote = ["'", '"'].find((mark) => cursor.accept(mark)) ?? '';
  const inside = quote === '' ? cursor.takeWhile((c) => /\d/.test(c)) : cursor.takeWhile((c) => c !== quote);
  if (inside === '') cursor.fail('unexpected-text', 'brackets hold an index, or a name in quotes');
  if (!cursor.accept(`${quote}]`)) cursor.fail('incomplete', 'the bracket is not closed');
  return inside;
}

function takePointer(cursor: Cursor): readonly string[] {
  const start = cursor.at;
  if (!cursor.accept('#')) return [];
  const text = cursor.takeRest();
  const tokens = /[{}]/.test(text) ? undefined : parsePointer(text);
  if (tokens !== undefined) return tokens;
  const span = cursor.spanFrom(start);
  const instead = text.startsWith('/') ? undefined : `#/${text}`;
  cursor.fail('bad-pointer', `\`${text}\` is no JSON pointer`, span, instead);
  return [];
}
