/** A placed graph as SVG: boxes of several looks, arrows along smooth lines, labels on the paper's own ground. */
import { escaped } from '../escaped.ts';
import type { Graph, GraphNode } from '../picture.ts';
import { type Box, type Point, placed } from './layout.ts';
import { LINE_HEIGHT } from './measure.ts';

export function graphSvg(graph: Graph): string {
  const { width, height, nodes, edges, groups } = placed(graph);
  return [
    `<svg role="img" aria-label="${escaped(graph.says)}" ${sizeOf(width, height)} viewBox="0 0 ${width} ${height}">`,
    ...groups.map(({ group, box }) => groupOf(group.title, box)),
    ...edges.map(({ edge, points }) => {
      const look = `arrow ${edge.tone}${edge.dashed === true ? ' dashed' : ''}`;
      return `<path class="${look}" d="${curveOf(points)}" marker-end="url(#head-${edge.tone})"/>`;
    }),
    ...edges.flatMap(({ edge, label }) => (label ? [labelOf(edge.lines, label)] : [])),
    ...nodes.map(({ node, box }) => nodeOf(node, box)),
    '</svg>',
  ].join('');
}

/** A drawing shrinks a little before it is scrolled; more, and nobody could read it. */
const LEAST_SCALE = 0.85;

export function sizeOf(width: number, height: number): string {
  return `width="${width}" height="${height}" style="min-width:${Math.round(width * LEAST_SCALE)}px"`;
}

/** What all arrows of a page end in; once on the page. */
export function arrowHeads(): string {
  const heads = ['plain', 'strong', 'good', 'bad', 'quiet'].map(
    (tone) =>
      `<marker id="head-${tone}" class="head ${tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1L10 5L0 9z"/></marker>`,
  );
  return `<svg width="0" height="0" class="heads" aria-hidden="true"><defs>${heads.join('')}</defs></svg>`;
}

function groupOf(title: string, { x, y, width, height }: Box): string {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const text = title === '' ? '' : `<text class="group-title" x="${left + 8}" y="${top - 6}">${escaped(title)}</text>`;
  return `<rect class="group" x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="8"/>${text}`;
}

function nodeOf({ look, tone, lines }: GraphNode, box: Box): string {
  const [left, top] = [round(box.x - box.width / 2), round(box.y - box.height / 2)];
  const [width, height] = [round(box.width), round(box.height)];
  const shape = {
    box: `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="4"/>`,
    round: `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${height / 2}"/>`,
    store: `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="2"/><path d="M${left} ${top + 5}H${left + width}"/>`,
    point: `<circle cx="${round(box.x)}" cy="${round(box.y)}" r="${width / 2}"/>`,
    diamond: `<path d="M${round(box.x)} ${top}L${left + width} ${round(box.y)}L${round(box.x)} ${top + height}L${left} ${round(box.y)}z"/>`,
  }[look];
  const text = look === 'point' ? '' : textOf(lines, box, 'name');
  return `<g class="node ${look} ${tone}">${shape}${text}</g>`;
}

function labelOf(lines: readonly string[], box: Box): string {
  const [left, top] = [round(box.x - box.width / 2), round(box.y - box.height / 2)];
  const ground = `<rect x="${left}" y="${top}" width="${round(box.width)}" height="${round(box.height)}"/>`;
  return `<g class="label">${ground}${textOf(lines, box, '')}</g>`;
}

/** In the middle of its box, the first line with a look of its own. */
export function textOf(lines: readonly string[], { x, y }: Pick<Box, 'x' | 'y'>, first: string): string {
  const top = y - ((lines.length - 1) * LINE_HEIGHT) / 2;
  return lines
    .map((line, index) => {
      const look = index === 0 && first !== '' ? ` class="${first}"` : '';
      return `<text${look} x="${round(x)}" y="${round(top + index * LINE_HEIGHT)}">${escaped(line)}</text>`;
    })
    .join('');
}

function curveOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = points.at(-1);
  if (!first || !last) return 'M0 0';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(first)} ${bends.join(' ')} L${at(last)}`;
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
