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

const doubleQuoted = /"[^"\\\n]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\n]*)*"/y;
const singleQuoted = /'[^'\n]*(?:''[^'\n]*)*'/y;

export function quotedText(text: string, from: number, limit: number): ReadText {
  const pattern = text[from] === '"' ? doubleQuoted : singleQuoted;
  pattern.lastIndex = from;
  if (!pattern.test(text) || pattern.lastIndex > limit) throw new GivenUp();
  const end = pattern.lastIndex;
  const source = text.slice(from, end);
  if (pattern === singleQuoted) return { value: source.slice(1, -1).replaceAll("''", "'"), end };
  return { value: source.includes('\\') ? (JSON.parse(source) as string) : source.slice(1, -1), end };
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
