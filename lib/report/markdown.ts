/**
 * A report as Markdown (CommonMark with tables); pictures as Mermaid, which Git hosts draw. Whatever stands in a text is
 * escaped: a title that somebody wrote into a document makes no heading, no link and no HTML.
 */
import type { Block, Inline, Report, Text } from './block.ts';
import { mermaidOf } from './mermaid.ts';

export function reportMarkdown({ title, blocks }: Report): string {
  return `${[`# ${plain(title)}`, ...blocks.map(blockOf)].join('\n\n')}\n`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<a id="${block.id}"></a>\n\n${'#'.repeat(block.level)} ${plain(block.text)}`;
    case 'paragraph':
      return textOf(block.text);
    case 'list':
      return block.items.map((item) => `- ${textOf(item)}`).join('\n');
    case 'table':
      return [
        rowOf(block.head),
        rowOf(block.head.map(() => '---')),
        ...block.rows.map((row) => rowOf(row.map((cell) => textOf(cell)))),
      ].join('\n');
    case 'commands':
      return fenced(block.lines.map((line) => line.replace(/\s+/g, ' ')).join('\n'), 'sh');
    case 'picture':
      return `${plain(block.picture.says)}\n\n${fenced(mermaidOf(block.picture), 'mermaid')}`;
  }
}

/** In a cell a bar ends it, also in code; one that has its backslash has it once. */
function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\\*\|/g, escapedBar)).join(' | ')} |`;
}

function escapedBar(found: string): string {
  return found.length % 2 === 1 ? `${found.slice(0, -1)}\\|` : found;
}

function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function textOf(text: Text): string {
  return typeof text === 'string' ? plain(text) : text.map(inlineOf).join('');
}

function inlineOf(part: Inline): string {
  if (typeof part === 'string') return plain(part);
  if ('code' in part) return code(part.code);
  if ('strong' in part) return `**${plain(part.strong)}**`;
  return 'marked' in part ? plain(part.marked) : `[${plain(part.link)}](#${part.to})`;
}

/** Nothing in it means anything, and it stays on its line. */
function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>#~&|]/g, '\\$&')
    .replace(/^(\s*)([-+=]|\d+[.)])(?=\s|$)/, '$1\\$2')
    .replace(/(https?|ftp|www)(?=[:.])/gi, '$1\u200b');
}

function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const room = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${room}${line}${room}${fence}`;
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
}
