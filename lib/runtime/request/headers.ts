/**
 * What may be sent as a header. A value with a line break would begin a header, or a request, of its own (injection), so
 * it is refused, never repaired; the framing of the message belongs to the transport alone.
 */

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f]/;
// oxlint-disable-next-line no-control-regex -- so they are here
const BEYOND_LATIN_1 = /[^\u0000-\u00ff]/;

const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Why the header cannot be sent; undefined if it can. The value is never named. */
export function headerProblem(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return `\`${name}\` is no name of a header`;
  if (FRAMING.has(name.toLowerCase())) return `the header \`${name}\` is set by the transport`;
  if (FORBIDDEN.test(value))
    return `the value of the header \`${name}\` holds a line break or another control character`;
  if (BEYOND_LATIN_1.test(value))
    return `the value of the header \`${name}\` holds characters that a header cannot carry`;
  return undefined;
}

/** Why it cannot stand in a Cookie header (RFC 6265 section 4.1.1). */
export function cookieProblem(name: string, pair: string): string | undefined {
  if (FORBIDDEN.test(pair) || BEYOND_LATIN_1.test(pair) || pair.includes(';')) {
    return `the value of the cookie \`${name}\` holds a character that a cookie cannot carry`;
  }
  return undefined;
}
