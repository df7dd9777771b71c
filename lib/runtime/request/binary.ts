/**
 * Bytes in a world of JSON: a binary answer is base64, and so is what goes where bytes are wanted. There a text is a `data:`
 * URL (RFC 2397), else base64, else itself in UTF-8. A text that only happens to be base64 can be written as `data:,text`.
 */

export interface Bytes {
  readonly bytes: Uint8Array;
  /** As a `data:` URL says. */
  readonly contentType?: string;
}

const DATA_URL = /^data:([^,;]*)((?:;[^,;]*)*?)(;base64)?,/is;

export function bytesOfText(text: string): Bytes {
  const head = DATA_URL.exec(text);
  if (!head) return { bytes: fromBase64(text) ?? new TextEncoder().encode(text) };
  const [whole, type = '', parameters = '', base64] = head;
  const data = text.slice(whole.length);
  const bytes = base64 === undefined ? percentDecoded(data) : fromBase64(data.replaceAll('%3D', '='));
  if (!bytes) return { bytes: new TextEncoder().encode(text) };
  return { bytes, ...(type !== '' && { contentType: `${type}${parameters}` }) };
}

/** Only what base64 would have written itself. */
function fromBase64(text: string): Uint8Array | undefined {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function percentDecoded(text: string): Uint8Array {
  const pieces = text.split(/%([0-9A-Fa-f]{2})/);
  return Buffer.concat(pieces.map((piece, index) => Buffer.from(piece, index % 2 === 0 ? 'utf8' : 'hex')));
}
