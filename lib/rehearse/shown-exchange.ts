/**
 * A request, its answer and the outputs that were taken of it, as a line of a timeline has room for: method and path with
 * their values, the status, each output cut short. Neither bodies nor headers, and nothing that is a secret: a credential in
 * the query, a value that the description calls sensitive.
 */
import type { Json } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import type { HttpAnswer, HttpRequest } from '../runtime/ports/http.ts';
import { outlinedOutputs } from '../runtime/shown-outputs.ts';
import { decoded } from '../simulate/answer-book.ts';

const MOST_PATH = 160;
const MOST_VALUE = 60;
const MOST_OUTPUTS = 8;
/** A shorter one is found by chance in anything: it is left out only where it stands alone. */
const LEAST_INSIDE = 4;
const HIDDEN = '***';

export type Hide = (text: string) => string;

export function hiding(secrets: readonly string[]): Hide {
  const known = new Set(secrets.filter((secret) => secret !== ''));
  const inside = [...known].filter(({ length }) => length >= LEAST_INSIDE).toSorted((a, b) => b.length - a.length);
  return (text) => (known.has(text) ? HIDDEN : inside.reduce((one, secret) => one.replaceAll(secret, HIDDEN), text));
}

export function requestWords({ method, url }: HttpRequest, hide: Hide): string {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.split('/').map((segment) => hide(decoded(segment)));
  const query = [...searchParams].map(([name, value]) => `${name}=${hide(value)}`);
  return short(`${method} ${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}`, MOST_PATH);
}

export function answerWords(answer: HttpAnswer): string {
  switch (answer.kind) {
    case 'response':
      return String(answer.status);
    case 'not-sent':
      return `not sent (${answer.why})`;
    default:
      return `none (${answer.why})`;
  }
}

/** Sensitive ones by their names alone. */
export function outputWords(kept: Kept, hide: Hide): string {
  const entries = Object.entries(outlinedOutputs(kept));
  const shown = entries.slice(0, MOST_OUTPUTS).map(([name, value]) => `${name} = ${valueWords(value, hide)}`);
  const rest = entries.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function valueWords(value: Json, hide: Hide): string {
  const isMark = typeof value === 'object' && value !== null && 'sensitive' in value && 'digest' in value;
  if (isMark) return HIDDEN;
  return short(typeof value === 'string' ? JSON.stringify(hide(value)) : hide(JSON.stringify(value)), MOST_VALUE);
}

/** Characters, not halves of them; one line. */
function short(text: string, most: number): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  const characters = Array.from(plain.slice(0, 2 * most));
  return characters.length <= most && plain.length <= 2 * most ? plain : `${characters.slice(0, most - 1).join('')}…`;
}
