/**
 * Texts for property tests of readers: sound ones with a few edits, so that what comes out is mostly almost right, which
 * is where readers go wrong. Edits are bytes changed, removed, doubled or replaced by what notations are made of.
 */
import * as fc from 'fast-check';

export interface Edit {
  readonly kind: 'insert' | 'remove' | 'copy' | 'flip';
  /** Where, and how much, as shares of the text. */
  readonly at: number;
  readonly from: number;
  readonly length: number;
  readonly piece: string;
}

/** What YAML, JSON and our documents are made of. */
const pieces: readonly string[] = [
  ['\n', '\n  ', '\r\n', ' ', '  ', '\t', ': ', ':', ', ', ',', '- ', '-', '? ', '#', ' #'],
  ['"', "'", '|', '>', '|-\n', '>+\n', '[', ']', '{', '}', '&a ', '*a', '!!str ', '!x ', '<<: ', '---\n', '...\n'],
  ['%', '@', '`', '~', '\\', '\\u12', 'null', 'true', '1', '-1', '1e999', '.inf', '0x1', '12345678901234567890'],
  ['$ref: ', "'#/'", '#/components', '../', '__proto__: ', 'constructor', '\u0000', '\uFEFF', '\u2028', 'é', '😀'],
].flat();

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'remove', 'copy', 'flip'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 12 }),
    piece: fc.constantFrom(...pieces),
  }),
  { minLength: 1, maxLength: 4 },
);

export function editedText(text: string, list: readonly Edit[]): string {
  return list.reduce((before, { kind, at, from, length, piece }) => {
    const place = Math.floor(at * before.length);
    const head = before.slice(0, place);
    const source = Math.floor(from * before.length);
    switch (kind) {
      case 'insert':
        return head + piece + before.slice(place);
      case 'remove':
        return head + before.slice(place + length);
      case 'copy':
        return head + before.slice(source, source + length) + before.slice(place);
      case 'flip':
        return head + String.fromCharCode(before.charCodeAt(place) ^ (1 << (length % 7))) + before.slice(place + 1);
    }
  }, text);
}

/** The same on bytes: what comes out need not be text. */
export function editedBytes(bytes: Uint8Array, list: readonly Edit[]): Uint8Array {
  const asBytes = list.map((edit) => ({ ...edit, piece: Buffer.from(edit.piece).toString('latin1') }));
  return Buffer.from(editedText(Buffer.from(bytes).toString('latin1'), asBytes), 'latin1');
}
