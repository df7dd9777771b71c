/** Texts, numbers and words of plain YAML, on one line; see lib/read/plain-yaml.ts. */
import type { Json } from '../model/json.ts';
import type { TreeBuilder } from './tree-builder.ts';

/** The text is beyond plain YAML: the library reads it. Never leaves lib/read/plain-yaml.ts. */
export class GivenUp extends Error {}

export interface ReadText {
  readonly value: string;
  /** Behind the closing quote. */
  readonly end: number;
}

/** JavaScript's `trim` takes more for blank than YAML does. */
export function withoutBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end -= 1;
  return text.slice(0, end);
}

/** Ends at or before `limit`, which is the end of a line. */
export function quotedText(text: string, from: number, limit: number): ReadText {
  const isDouble = text[from] === '"';
  const end = isDouble ? doubleQuotedEnd(text, from, limit) : singleQuotedEnd(text, from, limit);
  const source = text.slice(from, end);
  if (!isDouble) return { value: source.slice(1, -1).replaceAll("''", "'"), end };
  return { value: source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1), end };
}

/*
 * Loops rather than one pattern with a repeated group: that remembers each repetition, and a text of some megabytes
 * overflows its stack.
 */

function doubleQuotedEnd(text: string, from: number, limit: number): number {
  const stop = /["\\\n]/g;
  const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  for (let at = from + 1; ; at = escape.lastIndex) {
    stop.lastIndex = at;
    const found = stop.exec(text);
    if (!found || found.index >= limit || found[0] === '\n') throw new GivenUp();
    if (found[0] === '"') return found.index + 1;
    escape.lastIndex = found.index;
    if (!escape.test(text)) throw new GivenUp();
  }
}

function singleQuotedEnd(text: string, from: number, limit: number): number {
  for (let at = from + 1; ; at += 2) {
    at = text.indexOf("'", at);
    if (at < 0 || at >= limit) throw new GivenUp();
    if (text[at + 1] !== "'") return at + 1;
  }
}

const constants: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Json] => [word, null]),
  ...['true', 'True', 'TRUE'].map((word): [string, Json] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, Json] => [word, false]),
]);

/** What an unquoted text stands for in the core schema. */
export function plainValue(source: string, builder: TreeBuilder, offset: number): Json {
  if (/^(?:[,\]}#&*!|>'"%@`?:]|-(?: |$))|: |:$/.test(source)) throw new GivenUp();
  const first = source.charCodeAt(0);
  const isNumeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (isNumeric) return numericValue(source, builder, offset);
  const constant = constants.get(source);
  return constant === undefined ? source : constant;
}

function numericValue(source: string, builder: TreeBuilder, offset: number): Json {
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(source)) {
    return builder.number(Number.parseFloat(source), source, offset);
  }
  // Octal, hexadecimal, infinite.
  if (/^(?:0[ox]|[-+]?\.[a-z]{3}$)/i.test(source)) throw new GivenUp();
  return source;
}
