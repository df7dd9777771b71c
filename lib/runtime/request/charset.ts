/**
 * Text and bytes. What is sent is UTF-8 unless its content type names another charset that we can write; what comes is in
 * the charset that it names, and XML may name it in itself (XML 1.0 appendix F). Nothing is replaced in silence.
 */
import { charsetOf, isXml } from './media-type.ts';

const LATIN_1: ReadonlySet<string> = new Set(['iso-8859-1', 'latin1', 'us-ascii', 'ascii']);

export type EncodedText =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly why: string };

export function encodedText(text: string, contentType: string): EncodedText {
  const charset = charsetOf(contentType) ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8') return { ok: true, bytes: Buffer.from(text) };
  if (!LATIN_1.has(charset)) return { ok: false, why: `text is not sent in the charset \`${charset}\`` };
  const last = charset.endsWith('ascii') ? 0x7f : 0xff;
  for (const character of text) {
    if ((character.codePointAt(0) ?? 0) > last) return { ok: false, why: `a character is not in \`${charset}\`` };
  }
  return { ok: true, bytes: Buffer.from(text, 'latin1') };
}

/** Undefined: it is not in that charset, or nobody knows it. */
export function decodedText(bytes: Uint8Array, contentType: string): string | undefined {
  const charset = charsetOf(contentType) ?? (isXml(contentType) ? charsetOfXml(bytes) : 'utf-8');
  return decoded(bytes, charset);
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

export function decoded(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return (charset === 'utf-8' ? UTF_8 : new TextDecoder(charset, { fatal: true })).decode(bytes);
  } catch {
    return undefined;
  }
}

function charsetOfXml(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1] ?? 'utf-8';
}
