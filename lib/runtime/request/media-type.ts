/** The few things that handlers must know of a media type (RFC 9110 section 8.3). */
import { BoundedCache } from '../../expressions/cache.ts';

/** The same few are met again and again. */
const essences = new BoundedCache<string>(200);

/** Without parameters, in lower case. */
export function essenceOf(contentType: string): string {
  return essences.get(contentType, (text) => (text.split(';')[0] ?? '').trim().toLowerCase());
}

export function isJson(contentType: string): boolean {
  const essence = essenceOf(contentType);
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

/** One JSON value a line, or behind a record separator (RFC 7464). */
export function isJsonLines(contentType: string): boolean {
  return JSON_LINES.has(essenceOf(contentType));
}

export function isXml(contentType: string): boolean {
  return /[/+]xml$/.test(essenceOf(contentType));
}

export function isForm(contentType: string): boolean {
  return essenceOf(contentType) === 'application/x-www-form-urlencoded';
}

export function isMultipart(contentType: string): boolean {
  return essenceOf(contentType).startsWith('multipart/');
}

export function isText(contentType: string): boolean {
  const essence = essenceOf(contentType);
  return essence.startsWith('text/') || isXml(contentType) || /[/+]yaml$/.test(essence) || TEXTUAL.has(essence);
}

const JSON_LINES: ReadonlySet<string> = new Set([
  'application/jsonl',
  'application/x-ndjson',
  'application/ndjson',
  'application/json-seq',
]);

const TEXTUAL: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'application/javascript',
  'application/graphql',
  ...JSON_LINES,
]);

/** The `charset` parameter, in lower case. */
export function charsetOf(contentType: string): string | undefined {
  return parameterOf(contentType, 'charset')?.toLowerCase();
}

export function parameterOf(contentType: string, name: string): string | undefined {
  if (!contentType.includes(';')) return undefined;
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;"]+))`, 'i').exec(contentType);
  return found?.[1] ?? found?.[2];
}
