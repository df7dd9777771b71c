/** Text in columns and paragraphs for a terminal of so many columns. Everything quoted from documents is made printable. */
import { displayWidth, printable } from '../../diagnostics/cells.ts';

/** Rows with cells padded to the widest of their column, as far as `widths` lets a column grow. */
export function columns(rows: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const clean = rows.map((row) => row.map((cell, index) => cut(printable(cell), widths[index] ?? Number.MAX_VALUE)));
  const most = (clean[0] ?? []).map((_, index) => Math.max(0, ...clean.map((row) => displayWidth(row[index] ?? ''))));
  return clean.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : padded(cell, most[index] ?? 0))).join('  '),
  );
}

export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) > width - 1) break;
    shown += character;
  }
  return `${shown}…`;
}

/** Both ends of a pointer tell more than its beginning alone. */
export function cutInside(text: string, width: number): string {
  const clean = printable(text);
  if (displayWidth(clean) <= width) return clean;
  const characters = Array.from(clean);
  const head = Math.floor((width - 1) / 3);
  return `${characters.slice(0, head).join('')}…${characters.slice(head + 1 - width).join('')}`;
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Words on lines of at most `width`, the first after `first`, the others indented as far. */
export function paragraph(first: string, text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const room = Math.max(20, width - displayWidth(first));
  for (const word of printable(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  const indent = ' '.repeat(displayWidth(first));
  return [...lines, line].map((one, index) => (index === 0 ? first : indent) + one);
}
