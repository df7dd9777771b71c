/**
 * The few lines of a document around a culprit, with line numbers and an underline. A frame is bounded whatever the
 * document: a long line (minified JSON) is cut to a window around the culprit, of a value over many lines only the
 * first is underlined and its last one named. It knows nothing of diagnostics, only offsets in a text.
 */
import { type Cell, cellsOf } from './cells.ts';
import { type Lines, rangeOf } from './position.ts';
import type { Paint } from './paint.ts';

export interface FrameOptions {
  /** Columns for the whole frame, gutter included. */
  readonly width: number;
  /** Lines shown before and after the culprit's. */
  readonly before: number;
  readonly after: number;
  readonly paint: Paint;
}

const leastRoom = 20;

export function codeFrame(
  text: string,
  lines: Lines,
  offsets: readonly [number, number],
  options: FrameOptions,
): string[] {
  const { start, end } = rangeOf(offsets, lines);
  const first = Math.max(1, start.line - options.before);
  const last = Math.min(lines.count, start.line + options.after);
  const digits = String(last).length;
  const room = Math.max(leastRoom, options.width - digits - ' | '.length);
  const { paint } = options;
  const output: string[] = [];
  for (let line = first; line <= last; line++) {
    const gutter = paint.dim(`${String(line).padStart(digits)} |`);
    if (line !== start.line) {
      const context = windowOf(text, lines, line, [0, 0], room).shown;
      if (context !== '' || line < start.line) output.push(joined(gutter, paint.dim(context)));
      continue;
    }
    const culprit = windowOf(text, lines, line, offsets, room);
    const carets = paint.culprit('^'.repeat(culprit.width));
    const more = end.line > start.line ? paint.dim(` to line ${end.line}`) : '';
    output.push(joined(gutter, culprit.shown));
    output.push(joined(paint.dim(`${' '.repeat(digits)} |`), `${' '.repeat(culprit.indent)}${carets}${more}`));
  }
  return output;
}

/** What is shown of a line, and where in it the culprit stands, in columns. */
interface Window {
  readonly shown: string;
  readonly indent: number;
  readonly width: number;
}

function windowOf(
  text: string,
  lines: Lines,
  line: number,
  [from, to]: readonly [number, number],
  room: number,
): Window {
  const lineStart = lines.startOf(line);
  const lineEnd = lines.endOf(line);
  const start = Math.max(from, lineStart);
  // Characters beyond twice the room on either side can never be shown: a line of megabytes is not even looked at.
  const near = wholeCharacter(text, Math.max(lineStart, start - 2 * room));
  const far = wholeCharacter(text, Math.min(lineEnd, start + 2 * room));
  const cells = cellsOf(text.slice(near, far));
  const begin = cells.filter((cell) => near + cell.offset < start).length;
  const inside = cells.filter((cell) => near + cell.offset >= start && near + cell.offset < to).length;
  const [left, right] = bounds(cells, begin, begin + inside, room);
  const prefix = left > 0 || near > lineStart ? '…' : '';
  const suffix = right < cells.length || far < lineEnd ? '…' : '';
  return {
    shown:
      prefix +
      cells
        .slice(left, right)
        .map(({ text }) => text)
        .join('') +
      suffix,
    indent: prefix.length + widthOf(cells.slice(left, begin)),
    width: Math.max(1, widthOf(cells.slice(begin, Math.min(begin + inside, right)))),
  };
}

/** Which cells to show: all if they fit, else the culprit with as much on its left as on its right. */
function bounds(cells: readonly Cell[], begin: number, end: number, room: number): [number, number] {
  if (widthOf(cells) <= room) return [0, cells.length];
  let free = room - '……'.length;
  let right = begin;
  while (right < end && free >= (cells[right]?.width ?? 0)) free -= cells[right++]?.width ?? 0;
  let left = begin;
  const leftRoom = Math.max(Math.floor(free / 2), free - widthOf(cells.slice(right)));
  let taken = 0;
  while (left > 0 && taken + (cells[left - 1]?.width ?? 0) <= leftRoom) taken += cells[--left]?.width ?? 0;
  free -= taken;
  while (right < cells.length && free >= (cells[right]?.width ?? 0)) free -= cells[right++]?.width ?? 0;
  return [left, right];
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

/** The offset, moved back by one where it would cut a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  return offset > 0 && (text.codePointAt(offset - 1) ?? 0) > 0xffff ? offset - 1 : offset;
}

function joined(gutter: string, content: string): string {
  return content === '' ? gutter : `${gutter} ${content}`;
}
