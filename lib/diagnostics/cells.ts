/**
 * Text as a terminal shows it: a row of cells, each one character as people count them, with the columns it takes.
 * Nothing of a user's document reaches the terminal except through here, so that a document cannot move the cursor,
 * change colours or reorder what is read (escape sequences, C1 controls, bidirectional overrides become visible signs).
 */
const tab = '  ';

export interface Cell {
  /** Where it begins in the text that was given, in UTF-16 units. */
  readonly offset: number;
  readonly text: string;
  readonly width: number;
}

export function cellsOf(text: string): Cell[] {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ index, segment }) => {
    const shown = shownAs(segment);
    return { offset: index, text: shown, width: widthOf(shown) };
  });
}

/** A text that is safe to print, for headlines and notes, which quote values of the document. */
export function printable(text: string): string {
  return text.replaceAll(harmful, shownAs);
}

export function displayWidth(text: string): number {
  return cellsOf(text).reduce((sum, cell) => sum + cell.width, 0);
}

/** Made for the first text that is shown: its tables take longer to load than all the rest of this room. */
let graphemes: Intl.Segmenter | undefined;

/** Controls and the characters that reorder or hide text. */
const harmful = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]|\p{Cs}/gu;

function shownAs(character: string): string {
  if (character === '\t') return tab;
  return character.replaceAll(harmful, (control) => {
    const code = control.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

function widthOf(grapheme: string): number {
  if (grapheme === tab) return tab.length;
  if (/^[\x20-\x7e]$/.test(grapheme)) return 1;
  if (/^[\p{M}\p{Cf}]+$/u.test(grapheme)) return 0;
  return /\p{Emoji_Presentation}|\ufe0f/u.test(grapheme) || isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** The blocks that East Asian Width calls wide or fullwidth, as first and last code point. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

function isWide(codePoint: number): boolean {
  return wideBlocks.some(([first, last]) => codePoint >= first && codePoint <= last);
}
