/**
 * Pictures as Mermaid text. Every label is written in character codes but for what is harmless, so that no name of a
 * document ends a label, opens a directive or becomes markup; nodes are named by their place.
 */
import type { Graph, GraphEdge, GraphNode, Picture, Sequence, SequenceRow } from './picture.ts';

export function mermaidOf(picture: Picture): string {
  return picture.kind === 'graph' ? flowchart(picture) : sequence(picture);
}

function flowchart({ nodes, edges, groups, direction }: Graph): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`] as const));
  const known = new Map(groups.map(({ id }, index) => [id, `g${index}`] as const));
  const inside = (group: string | undefined, indent: string): readonly string[] => [
    ...nodes.filter((node) => node.group === group).map((node) => `${indent}${ids.get(node.id)}${shapeOf(node)}`),
    ...groups
      .filter(({ within }) => within === group)
      .flatMap(({ id, title }) => [
        `${indent}subgraph ${known.get(id)}["${label([title || ' '])}"]`,
        ...inside(id, `${indent}  `),
        `${indent}end`,
      ]),
  ];
  return [
    `flowchart ${direction === 'down' ? 'TB' : 'LR'}`,
    ...inside(undefined, '  '),
    ...edges.flatMap((edge) => {
      const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
      return from === undefined || to === undefined ? [] : [`  ${from} ${arrowOf(edge)} ${to}`];
    }),
  ].join('\n');
}

function shapeOf({ look, lines }: GraphNode): string {
  const text = `"${label(lines)}"`;
  switch (look) {
    case 'box':
      return `[${text}]`;
    case 'round':
      return `([${text}])`;
    case 'diamond':
      return `{${text}}`;
    case 'store':
      return `[(${text})]`;
    case 'point':
      return '((" "))';
  }
}

function arrowOf({ dashed, tone, lines }: GraphEdge): string {
  const line = dashed === true ? '-.->' : tone === 'strong' ? '==>' : '-->';
  return lines.length === 0 ? line : `${line}|"${label(lines)}"|`;
}

function sequence({ lanes, rows }: Sequence): string {
  const ids = new Map(lanes.map(({ id }, index) => [id, `p${index}`] as const));
  const last = `p${Math.max(0, lanes.length - 1)}`;
  return [
    'sequenceDiagram',
    ...lanes.map(({ id, lines }) => `  participant ${ids.get(id)} as ${label(lines)}`),
    ...rows.flatMap((row) => sequenceLines(row, ids, last)),
  ].join('\n');
}

function sequenceLines(row: SequenceRow, ids: ReadonlyMap<string, string>, last: string): readonly string[] {
  switch (row.kind) {
    case 'call': {
      const [from, to] = [ids.get(row.from) ?? 'p0', ids.get(row.to) ?? 'p0'];
      const asked = `  ${from}->>${to}: ${label([row.asks || ' '])}`;
      return row.answers === '' ? [asked] : [asked, `  ${to}-->>${from}: ${label([row.answers])}`];
    }
    case 'note':
      return [`  note over p0${last === 'p0' ? '' : `,${last}`}: ${label([row.text])}`];
    case 'begin':
      return [`  par ${label([row.title])}`];
    case 'between':
      return ['  and beside it'];
    case 'end':
      return ['  end'];
  }
}

function label(lines: readonly string[]): string {
  return lines.map(coded).join('<br/>');
}

function coded(text: string): string {
  return Array.from(text)
    .map((character) => (/[\p{L}\p{N} .,/()_-]/u.test(character) ? character : `#${character.codePointAt(0)};`))
    .join('');
}
