/** The kinds of JSON values, whole numbers apart from others: so `integer` within `number` is a subset like any other. */
import { isObject, type Json } from '../../model/json.ts';

export type Kind = 'null' | 'boolean' | 'integer' | 'fraction' | 'string' | 'array' | 'object';

export function kindOfValue(value: Json): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

export function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

/** `text`, `whole number` and so on, as sentences name what a schema asks for. */
export function kindWords(kinds: ReadonlySet<Kind>): string {
  const names = new Set<string>();
  for (const kind of kinds) {
    if (kind === 'fraction' || (kind === 'integer' && kinds.has('fraction'))) names.add('number');
    else names.add(kind);
  }
  return [...names].join(' or ');
}
