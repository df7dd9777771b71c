/** Percent-encoding (RFC 3986): data can end up in a URL only as data. */

const SUB_DELIMITERS = /[!'()*]/g;

/** Everything but unreserved characters. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(SUB_DELIMITERS, encodeByte);
}

export type Encode = (text: string) => string;

/** A cookie is no part of a URL, and is encoded alike. */
export type UrlPart = 'path' | 'query' | 'cookie';

const ENDS: { readonly [part in UrlPart]: RegExp } = { path: /[/?#[\]]/, query: /[&+#[\]]/, cookie: /[;,]/ };

/**
 * `allowReserved`: reserved characters and encoded triplets pass, except those that would end the value or its part of
 * the URL (OpenAPI leaves their encoding to the sender).
 */
export function encodeReserved(part: UrlPart): Encode {
  const ends = ENDS[part];
  return (text) =>
    text
      .toWellFormed()
      .split(/(%[0-9A-Fa-f]{2}|[:/?#[\]@!$&'()*+,;=])/)
      .map((piece, index) => (index % 2 === 0 || ends.test(piece) ? percentEncode(piece) : piece))
      .join('');
}

function encodeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
