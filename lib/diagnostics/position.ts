/**
 * From a place in a document to line and column. Both are 1-based, columns count code points (an emoji is one), ends
 * are exclusive; a line ends with LF, CRLF or a lone CR. Offsets count UTF-16 units, as JavaScript strings do: this is
 * the one file that knows both.
 */
import type { Place, PositionedDocument } from '../model/diagnostic.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export class Lines {
  readonly #text: string;
  /** Where each line begins. */
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (const { index, 0: ending } of text.matchAll(/\r\n|\n|\r/g)) this.#starts.push(index + ending.length);
  }

  get count(): number {
    return this.#starts.length;
  }

  positionAt(offset: number): Position {
    const line = this.#lineAt(offset);
    const before = this.#text.slice(this.startOf(line), offset);
    return { line, column: codePoints(before) + 1 };
  }

  /** The offset at which a 1-based line begins. */
  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.#text.length;
  }

  /** The offset at which a line's text ends, before its line ending. */
  endOf(line: number): number {
    const next = this.#starts[line];
    if (next === undefined) return this.#text.length;
    return this.#text.startsWith('\r\n', next - 2) ? next - 2 : next - 1;
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.startOf(middle + 1) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** The offsets of a place without the blanks and line ends that trail a block of YAML; never beyond the text. */
export function offsetsOf(place: Place, document: PositionedDocument): readonly [number, number] {
  const { text } = document;
  const [from, to] = document.locate(place);
  const start = clamp(from, 0, text.length);
  let end = clamp(to, start, text.length);
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return [start, end];
}

export function rangeOf(offsets: readonly [number, number], lines: Lines): Range {
  return { start: lines.positionAt(offsets[0]), end: lines.positionAt(offsets[1]) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function codePoints(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; count++) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
