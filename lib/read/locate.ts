/**
 * From a place to offsets in the text, and back never. A place that is not there is answered by its nearest ancestor
 * that is: a missing member is shown at the key of what lacks it.
 */
import { segmentsOf } from '../diagnostics/place.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { partSpan, type Span, type Tree } from './tree.ts';

export function locateIn(tree: Tree, text: string, place: Place): Span {
  if (place.offset !== undefined) return wordAt(text, place.offset);
  let value: Json | undefined = tree.root;
  let at: { readonly key?: Span; readonly value: Span } = { value: tree.span };
  for (const segment of segmentsOf(place.pointer)) {
    const parts = typeof value === 'object' && value !== null ? tree.parts.get(value) : undefined;
    const span = parts && partSpan(parts, segment, 'value');
    if (!parts || !span) return at.key ?? at.value;
    const key: Span | undefined = parts.keys && partSpan(parts, segment, 'key');
    at = key ? { key, value: span } : { value: span };
    value = (value as { readonly [segment: string]: Json })[segment];
  }
  if (place.on === 'key') return at.key ?? at.value;
  return place.span && typeof value === 'string' ? spanInside(text, at.value, value, place.span) : at.value;
}

/** The word that begins at an offset, or the one character there. */
export function wordAt(text: string, offset: number): Span {
  const word = /[\w$<>&*!%@.+/~-]*/y;
  word.lastIndex = Math.min(Math.max(offset, 0), text.length);
  const length = word.exec(text)?.[0].length ?? 0;
  return [offset, offset + Math.max(1, length)];
}

/** Of one string, since there may be a finding at each of its words: what lies farther in is shown by the whole. */
const MAX_WALKED = 10_000;

/**
 * A part of a string as it is written: quoted, escaped, folded over lines. Walks both texts together; where they
 * cannot be brought together (an escape that it does not know) the whole string is the answer.
 */
function spanInside(text: string, whole: Span, value: string, [from, to]: Span): Span {
  if (to > MAX_WALKED) return whole;
  const quote = text[whole[0]];
  let offset = contentStart(text, whole);
  let start = offset;
  for (let index = 0; index < to; index++) {
    const found = writtenCharacter(text, [offset, whole[1]], value[index], quote);
    if (!found) return whole;
    if (index === from) start = found[0];
    offset = found[1];
  }
  return from >= to ? [start, start] : [start, offset];
}

/** Behind an opening quote, or behind the header line of a block scalar. */
function contentStart(text: string, [start, end]: Span): number {
  const first = text[start];
  if (first === '"' || first === "'") return start + 1;
  if (first !== '|' && first !== '>') return start;
  const newline = text.indexOf('\n', start);
  return newline < 0 || newline > end ? start : newline + 1;
}

/** Where the next character of a string stands, at or after `offset`. */
function writtenCharacter(
  text: string,
  [offset, limit]: Span,
  wanted: string | undefined,
  quote: string | undefined,
): Span | undefined {
  let here = offset;
  // Indentation and folded line ends stand in the text only.
  while (here < limit && text[here] !== wanted && /\s/.test(text[here] ?? '')) here += 1;
  if (here < limit && quote === '"' && text[here] === '\\') return writtenEscape(text, here, wanted);
  if (here < limit && text[here] === wanted) {
    const isDoubled = quote === "'" && wanted === "'";
    return [here, here + (isDoubled ? 2 : 1)];
  }
  // A folded line end reads as a blank: it stood in what was just skipped.
  const isFold = (wanted === ' ' || wanted === '\n') && here > offset;
  return isFold ? [offset, here] : undefined;
}

const escapes: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '0': '\0',
};

function writtenEscape(text: string, here: number, wanted: string | undefined): Span | undefined {
  const letter = text[here + 1] ?? '';
  if (letter === 'u') {
    const isIt = String.fromCharCode(Number.parseInt(text.slice(here + 2, here + 6), 16)) === wanted;
    return isIt ? [here, here + 6] : undefined;
  }
  return (escapes[letter] ?? letter) === wanted ? [here, here + 2] : undefined;
}
