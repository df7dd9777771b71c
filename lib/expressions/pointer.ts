/**
 * JSON Pointer (RFC 6901): text to reference tokens and back, and the walk down a value. Only own members are seen,
 * so `/__proto__` and `/constructor` are ordinary names that are usually not there.
 */
import { isObject, type Json } from '../model/json.ts';

/** The unescaped tokens, none for the whole document; undefined if the text is no pointer. */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text.slice(1).split('/').map(unescapeToken);
}

export function formatPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What stands at the pointer; undefined if nothing does (`null` is something). */
export function atPointer(value: Json, tokens: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const token of tokens) {
    if (here === undefined) return undefined;
    here = member(here, token);
  }
  return here;
}

/** An own member of an object or an element of an array. */
export function member(value: Json, token: string): Json | undefined {
  if (Array.isArray(value)) return isIndex(token) ? (value as readonly Json[])[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** Without leading zeros, as RFC 6901 section 4 has it. */
export function isIndex(token: string): boolean {
  return /^(?:0|[1-9]\d{0,15})$/.test(token);
}

/** `~01` is `~1`, not `/`: the order of the two matters. */
function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
