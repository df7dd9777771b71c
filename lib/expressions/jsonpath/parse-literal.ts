/** Strings and numbers of JSONPath (RFC 9535 sections 2.3.1.1, 2.3.3.1 and 2.3.5.1), decoded. */
import type { QueryReader } from './reader.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['/', '/'],
  ['\\', '\\'],
]);

/** A string in either kind of quotes, which may only escape its own kind. */
export function takeText(reader: QueryReader): string {
  const { cursor } = reader;
  const quote = cursor.peek();
  cursor.skip(1);
  let text = '';
  while (!cursor.done) {
    text += cursor.takeWhile((character) => character !== quote && character !== '\\' && character >= ' ');
    if (cursor.accept(quote)) return checkedText(reader, text);
    text += takeEscape(reader, quote);
  }
  reader.fail('a string is not closed');
  return text;
}

function takeEscape(reader: QueryReader, quote: string): string {
  const { cursor } = reader;
  if (!cursor.accept('\\')) reader.fail('a control character in a string has to be escaped');
  const escaped = cursor.peek();
  cursor.skip(1);
  if (escaped === quote) return quote;
  if (escaped === 'u') return takeUnicode(reader);
  const character = escapes.get(escaped);
  if (character === undefined) reader.fail(`\`\\${escaped}\` is no escape`);
  return character ?? '';
}

function takeUnicode(reader: QueryReader): string {
  const { cursor } = reader;
  const digits = cursor.text.slice(cursor.at, cursor.at + 4);
  if (!/^[0-9A-Fa-f]{4}$/.test(digits)) reader.fail('`\\u` needs four hexadecimal digits');
  cursor.skip(4);
  return String.fromCharCode(Number.parseInt(digits, 16));
}

/** Half a surrogate pair is no text. */
function checkedText(reader: QueryReader, text: string): string {
  if (!text.isWellFormed()) reader.fail('half of a surrogate pair stands alone in a string');
  return text;
}

/** An index, or a part of a slice. */
export function takeInteger(reader: QueryReader): number {
  const { cursor } = reader;
  const text = (cursor.accept('-') ? '-' : '') + cursor.takeWhile(isDigit);
  const value = Number(text);
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) reader.fail(`\`${text}\` is no integer in JSONPath`);
  if (!Number.isSafeInteger(value)) reader.fail(`\`${text}\` is too large for an index`);
  return value;
}

export function takeNumber(reader: QueryReader): number {
  const { cursor } = reader;
  let text = (cursor.accept('-') ? '-' : '') + cursor.takeWhile(isDigit);
  if (cursor.accept('.')) text += `.${cursor.takeWhile(isDigit)}`;
  if (/[eE]/.test(cursor.peek())) {
    cursor.skip(1);
    const sign = ['+', '-'].find((mark) => cursor.accept(mark)) ?? '';
    text += `e${sign}${cursor.takeWhile(isDigit)}`;
  }
  if (!/^(?:-?(?:0|[1-9]\d*))(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) reader.fail(`\`${text}\` is no number in JSONPath`);
  return Number(text);
}

function isDigit(character: string): boolean {
  return /[0-9]/.test(character);
}
