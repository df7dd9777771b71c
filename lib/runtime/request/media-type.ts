/** The few things that handlers must know of a media type (RFC 9110 section 8.3). */
import { isEventStream, isJsonSequence, mediaEssence } from '../../model/sequences.ts';
import { BoundedCache } from '../../expressions/cache.ts';

/** The same few are met again and again. */
const essences = new BoundedCache<string>(200);

/** Without parameters, in lower case. */
export function essenceOf(contentType: string): string {
  return essences.get(contentType, mediaEssence);
}

export function isJson(contentType: string): boolean {
  const essence = essenceOf(contentType);
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

/** One JSON value a line, or behind a record separator (RFC 7464). */
export function isJsonLines(contentType: string): boolean {
  return isJsonSequence(essenceOf(contentType));
}

/** Server-sent events. */
export function isEvents(contentType: string): boolean {
  return isEventStream(essenceOf(contentType));
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
  if (essence.startsWith('text/') || isXml(contentType) || TEXTUAL.has(essence)) return true;
  return /[/+]yaml$/.test(essence) || isJsonSequence(essence);
}

const TEXTUAL: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'application/javascript',
  'application/graphql',
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
