/** How wide text is, without a screen to ask: an estimate on the safe side, so that no box is too small for its words. */

export const FONT_SIZE = 13;
export const LINE_HEIGHT = 18;

const NARROW = "iljtfrI.,:;|'`!()[]/{} -";
const WIDE = 'mwMWGOQ@%_';
const WIDTH_NARROW = 5.3;
const WIDTH_PLAIN = 8;
const WIDTH_WIDE = 11.5;
/** From here on scripts write in squares. */
const FIRST_SQUARE = 0x2e80;

export function widthOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

export function widestOf(lines: readonly string[]): number {
  return Math.ceil(Math.max(0, ...lines.map(widthOf)));
}

/** Of a box: its first line is its name, and bold. */
export function widestNamed(lines: readonly string[]): number {
  const [name = '', ...rest] = lines;
  return Math.max(Math.ceil(widthOf(name) * BOLD), widestOf(rest));
}

const BOLD = 1.15;

function widthOfCharacter(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= FIRST_SQUARE) return FONT_SIZE + 1;
  if (NARROW.includes(character)) return WIDTH_NARROW;
  return WIDE.includes(character) ? WIDTH_WIDE : WIDTH_PLAIN;
}
