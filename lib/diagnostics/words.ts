/**
 * Small turns of phrase that the catalogue shares, so that the same kind of fact always reads the same way: values in
 * quotes and never long, lists with a comma and one conjunction, the nearest known name for a misspelt one. Bounded:
 * nothing here grows with the size of the user's document.
 */
import type { Json } from '../model/json.ts';

const longestQuote = 60;
const longestName = 80;
const mostCandidates = 2_000;

/** A value as it appears in a sentence: JSON, cut in the middle of nothing but at its end, control characters escaped. */
export function quoted(value: Json): string {
  const text = JSON.stringify(value);
  const characters = Array.from(text.slice(0, longestQuote * 2));
  if (text.length <= longestQuote) return text;
  const isText = text.startsWith('"');
  return `${characters.slice(0, longestQuote - (isText ? 2 : 1)).join('')}…${isText ? '"' : ''}`;
}

/** Keys that drafts of the standard had under other names. */
const formerKeys: { readonly [key: string]: string } = { expression: 'context' };

/** The known key that an unknown one is meant to be. */
export function meantKey(key: string, known: readonly string[]): string | undefined {
  const former = Object.hasOwn(formerKeys, key) ? formerKeys[key] : undefined;
  return former !== undefined && known.includes(former) ? former : nearest(key, known);
}

/** What kind of thing a JSON value is, with its article. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a truth value';
    default:
      return 'an object';
  }
}

/** `a, b or c`; past `limit` items, `a, b, c and 12 more`. */
export function listed(items: readonly string[], conjunction: 'and' | 'or' = 'and', limit = 12): string {
  if (items.length > limit) return `${items.slice(0, limit).join(', ')} and ${items.length - limit} more`;
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}

/** `1 step`, `2 steps`. */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** With a capital first letter, for a sentence or a headline. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The candidate that `name` is probably a misspelling of: same but for case and dashes, or at most a third of it changed. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  let best: string | undefined;
  const mostEdits = Math.floor(Math.max(name.length, 3) / 3);
  let bestDistance = mostEdits + 1;
  let left = mostCandidates;
  for (const candidate of candidates) {
    if (--left < 0) break;
    if (candidate.length > longestName) continue;
    const isSpelling = plain(candidate) === plain(name);
    // As many edits as the lengths differ by are needed in any case.
    if (!isSpelling && Math.abs(candidate.length - name.length) > mostEdits) continue;
    const distance = isSpelling ? 0 : distanceBetween(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `Did you mean "x"?`, or the list of what there is. */
export function suggestion(name: string, candidates: Iterable<string>, what: string): string {
  const known = [...candidates];
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean ${quoted(near)}?`;
  if (known.length === 0) return `There is no ${what} here.`;
  return `Known ${what}s: ${listed(known)}.`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}

/** Edits (insert, delete, change, swap of neighbours) that lead from one name to the other. */
function distanceBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, cell(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? 0;
}

const TYPES: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** Of a type as JSON Schema names it. */
export function typeWords(type: string): string {
  return TYPES[type] ?? type;
}
