/** Texts over several lines, `|` and `>` (YAML 1.2.2, section 8.1), as far as plain; see lib/read/plain-yaml.ts. */
import { GivenUp } from './plain-yaml-scalars.ts';

export interface BlockText {
  readonly value: string;
  /** The end of its last line that is not empty. */
  readonly end: number;
  /** Where the line begins that is no longer part of it. */
  readonly following: number;
}

interface Lines {
  readonly lines: readonly string[];
  readonly end: number;
  readonly following: number;
}

/** `from` is the line below the header; the text is indented further than the column `parent`. */
export function blockScalar(text: string, header: string, from: number, parent: number): BlockText {
  if (!/^[|>]-?$/.test(header)) throw new GivenUp();
  const { lines, end, following } = linesOf(text, from, parent);
  const value = header[0] === '|' ? lines.join('\n') : folded(lines);
  return { value: header.endsWith('-') ? value : `${value}\n`, end, following };
}

/** Without their indentation, up to the last that is not empty. */
function linesOf(text: string, from: number, parent: number): Lines {
  const lines: string[] = [];
  let column: number | undefined;
  let filled = 0;
  let end = from;
  let line = from;
  while (line < text.length) {
    let start = line;
    while (text.charCodeAt(start) === 0x20) start += 1;
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    const lineEnd = endOfLine(text, start, newline < 0 ? text.length : newline);
    const indent = start - line;
    if (start >= lineEnd) {
      // Before the text, blanks beyond its indentation are an error.
      if (column === undefined && indent > parent + 1) throw new GivenUp();
      lines.push(text.slice(line + (column ?? indent), lineEnd));
    } else {
      if (indent <= parent) break;
      column ??= indent;
      if (indent < column) throw new GivenUp();
      lines.push(text.slice(line + column, lineEnd));
      filled = lines.length;
      end = lineEnd;
    }
    line = next;
  }
  // Behind the text, they belong to it.
  const isPlainEnd = lines.slice(filled).every((blank) => blank === '') && text[line] !== '\t';
  if (filled === 0 || !isPlainEnd) throw new GivenUp();
  return { lines: lines.slice(0, filled), end, following: line };
}

function endOfLine(text: string, start: number, newline: number): number {
  return newline > start && text.charCodeAt(newline - 1) === 0x0d ? newline - 1 : newline;
}

/** Lines become words of one line; empty lines between them, line ends. What is indented further is left alone. */
function folded(lines: readonly string[]): string {
  let value = '';
  let separator = '';
  let isFurther = false;
  for (const line of lines) {
    if (line === '') {
      separator = separator === ' ' ? '\n' : `${separator}\n`;
    } else {
      const wasFurther = isFurther;
      isFurther = /^[ \t]/.test(line);
      if (isFurther && !wasFurther && value !== '') separator = separator === ' ' ? '\n' : `${separator}\n`;
      value += separator + line;
      separator = isFurther ? '\n' : ' ';
    }
  }
  return value;
}
