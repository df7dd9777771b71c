/**
 * A report as one page: nothing is loaded and nothing is scripted, which a policy in its head holds it to. Tables and
 * pictures that are wider than the screen scroll by themselves, so the page never does; it prints, and follows the
 * reader's choice of light or dark.
 */
import type { Block, Inline, Report, Text } from './block.ts';
import { arrowHeads, graphSvg } from './draw/graph-svg.ts';
import { sequenceSvg } from './draw/sequence-svg.ts';
import { escaped } from './escaped.ts';
import { STYLE } from './page-style.ts';
import type { Picture } from './picture.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function reportPage({ title, blocks }: Report): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style></head><body>`,
    arrowHeads(),
    `<main><h1>${escaped(title)}</h1>`,
    ...blocks.map(blockOf),
    '</main></body></html>',
    '',
  ].join('\n');
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level} id="${block.id}">${escaped(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${textOf(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${textOf(item)}</li>`).join('')}</ul>`;
    case 'table':
      return tableOf(block);
    case 'commands':
      return `<pre><code>${block.lines.map(escaped).join('\n')}</code></pre>`;
    case 'picture':
      return pictureOf(block.picture);
  }
}

function tableOf({ says, head, rows }: Extract<Block, { kind: 'table' }>): string {
  const top = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${textOf(cell)}</td>`).join('')}</tr>`).join('\n');
  return scrolling(says, `<table><thead><tr>${top}</tr></thead><tbody>\n${body}\n</tbody></table>`, 'table');
}

function pictureOf(picture: Picture): string {
  const drawn = picture.kind === 'graph' ? graphSvg(picture) : sequenceSvg(picture);
  return `<figure>${scrolling(picture.title, drawn, 'picture')}<figcaption>${escaped(picture.title)}</figcaption></figure>`;
}

/** What can scroll can be reached by the keyboard, and has a name. */
function scrolling(name: string, inside: string, look: string): string {
  return `<div class="${look}" tabindex="0" role="region" aria-label="${escaped(name)}">${inside}</div>`;
}

function textOf(text: Text): string {
  return typeof text === 'string' ? escaped(text) : text.map(inlineOf).join('');
}

function inlineOf(part: Inline): string {
  if (typeof part === 'string') return escaped(part);
  if ('code' in part) return `<code>${escaped(part.code)}</code>`;
  if ('strong' in part) return `<strong>${escaped(part.strong)}</strong>`;
  if ('marked' in part) return `<span class="mark ${part.tone}">${escaped(part.marked)}</span>`;
  return `<a href="#${part.to}">${escaped(part.link)}</a>`;
}
