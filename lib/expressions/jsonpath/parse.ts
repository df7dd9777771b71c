/**
 * JSONPath text to Query, by the grammar of RFC 9535. Written here because the library that was tried evaluates
 * `a && b && c` wrongly and matches with a backtracking engine (docs/decisions). Total and linear: one problem with its
 * offset, brackets and parentheses nested no deeper than `MAX_DEPTH`. The dispatch draft's own spellings
 * (`[(@.length-1)]`, `@.length`, `===`) are read in that dialect only.
 */
import type { JsonPathVersion } from '../../model/value.ts';
import type { Cursor } from '../cursor.ts';
import { excerpt } from '../parse-inside.ts';
import { type Problem, problem } from '../problem.ts';
import type { Work } from '../work.ts';
import { takeTest } from './parse-filter.ts';
import { takeInteger, takeText } from './parse-literal.ts';
import type { Query, Segment, Selector, Slice } from './query.ts';
import { QueryReader } from './reader.ts';

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly problem: Problem };

export const MAX_QUERY_LENGTH: number = 16_384;

export function parseJsonPath(text: string, version: JsonPathVersion = 'rfc9535', work?: Work): ParsedQuery {
  if (text.length > MAX_QUERY_LENGTH) {
    const message = `a JSONPath has at most ${MAX_QUERY_LENGTH} characters, not ${text.length}`;
    return { ok: false, problem: problem('too-long', message, { at: 0, length: text.length }) };
  }
  const reader = new QueryReader(text, version, takeSegment, work);
  const query = takeWhole(reader);
  const refused = reader.cursor.problem;
  return refused === undefined ? { ok: true, query } : { ok: false, problem: refused };
}

function takeWhole(reader: QueryReader): Query {
  reader.refuseBareExpression();
  if (!reader.cursor.accept('$')) reader.fail('a JSONPath begins with `$`');
  const query: Query = { from: '$', segments: reader.takeSegments() };
  if (!reader.cursor.done) failAtRest(reader.cursor);
  return query;
}

function failAtRest(cursor: Cursor): void {
  const { text } = cursor;
  if (!/^\s*(?:[!=]=|[<>])/.test(text.slice(cursor.at))) {
    cursor.fail('bad-jsonpath', `\`${excerpt(cursor)}\` cannot follow a JSONPath`);
    return;
  }
  const message = 'a JSONPath selects and does not compare, but for its filters';
  cursor.fail('bad-jsonpath', message, { at: 0, length: text.length }, asFilter(text));
}

/** The filter that says the same; JSON has no member for the length of a list. */
function asFilter(text: string): string {
  const [whole, way] = /^\$((?:\.\w+|\[\d+\])*)\.length(?=\s*[!=<>])/.exec(text) ?? [];
  return whole === undefined ? `$[?@${text.slice(1)}]` : `$[?length(@${way})${text.slice(whole.length)}]`;
}

function takeSegment(reader: QueryReader): Segment {
  const { cursor } = reader;
  if (cursor.accept('..')) return { kind: 'descendant', selectors: takeAfterDots(reader, cursor.peek() === '[') };
  if (cursor.accept('.')) return { kind: 'child', selectors: takeAfterDots(reader, false) };
  return { kind: 'child', selectors: reader.nested(() => takeBracketed(reader), []) };
}

function takeAfterDots(reader: QueryReader, bracketed: boolean): Selector[] {
  if (bracketed) return reader.nested(() => takeBracketed(reader), []);
  if (reader.cursor.accept('*')) return [{ kind: 'wildcard' }];
  const name = /[0-9]/.test(reader.cursor.peek()) ? '' : takeShorthand(reader.cursor);
  if (name === '') reader.fail('a name or `*` is missing after the dot');
  return [{ kind: 'name', name }];
}

function takeShorthand(cursor: Cursor): string {
  return cursor.takeWhile((character) => /[A-Za-z0-9_]/.test(character) || character >= '\u0080');
}

function takeBracketed(reader: QueryReader): Selector[] {
  const { cursor } = reader;
  cursor.skip(1);
  const selectors: Selector[] = [];
  do {
    reader.blanks();
    selectors.push(takeSelector(reader));
    reader.blanks();
  } while (cursor.accept(','));
  if (!cursor.accept(']')) reader.fail('a bracket is not closed here');
  return selectors;
}

function takeSelector(reader: QueryReader): Selector {
  const { cursor } = reader;
  const next = cursor.peek();
  if (next === "'" || next === '"') return { kind: 'name', name: takeText(reader) };
  if (cursor.accept('*')) return { kind: 'wildcard' };
  if (cursor.accept('?')) return takeFilter(reader);
  if (next === '(' && reader.version !== 'rfc9535') return takeScript(reader);
  if (/[-0-9:]/.test(next)) return takeIndexOrSlice(reader);
  reader.fail('a selector is a name in quotes, an index, a slice, `*` or a filter `?...`');
  return { kind: 'wildcard' };
}

function takeFilter(reader: QueryReader): Selector {
  reader.blanks();
  return { kind: 'filter', test: takeTest(reader) };
}

function takeIndexOrSlice(reader: QueryReader): Selector {
  const start = takeOptionalInteger(reader);
  const blanksThenColon = reader.cursor.text.slice(reader.cursor.at).search(/[^ \t\n\r]/);
  if (start !== undefined && reader.cursor.peek(Math.max(0, blanksThenColon)) !== ':')
    return { kind: 'index', index: start };
  reader.blanks();
  return takeSlice(reader, start);
}

function takeSlice(reader: QueryReader, start: number | undefined): Slice {
  reader.cursor.accept(':');
  reader.blanks();
  const end = takeOptionalInteger(reader);
  reader.blanks();
  const stepFollows = reader.cursor.accept(':');
  if (stepFollows) reader.blanks();
  const step = stepFollows ? takeOptionalInteger(reader) : undefined;
  return { kind: 'slice', ...defined('start', start), ...defined('end', end), ...defined('step', step) };
}

function takeOptionalInteger(reader: QueryReader): number | undefined {
  return /[-0-9]/.test(reader.cursor.peek()) ? takeInteger(reader) : undefined;
}

function defined<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };
}

/** Of the dispatch draft's scripts, the one in use: `(@.length-1)`, counting from the end. */
function takeScript(reader: QueryReader): Selector {
  const { cursor } = reader;
  const script = /^\(\s{0,9}@\.length\s{0,9}-\s{0,9}([1-9]\d{0,14})\s{0,9}\)/.exec(
    cursor.text.slice(cursor.at, cursor.at + 64),
  );
  if (script?.[1] === undefined) {
    cursor.fail('unsupported-jsonpath', 'of script expressions only `(@.length-1)` is understood');
    return { kind: 'wildcard' };
  }
  cursor.skip(script[0].length);
  return { kind: 'index', index: -Number(script[1]) };
}
