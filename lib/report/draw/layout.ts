/**
 * Where the boxes and arrows of a graph lie, by dagre. Names of nodes come from documents and are never handed to it: it
 * sees numbers. Arrows to a node that is not there are left out, so no document makes it fail.
 */
import { Graph as Layered, layout } from '@dagrejs/dagre';
import type { Graph, GraphEdge, GraphGroup, GraphNode } from '../picture.ts';
import { LINE_HEIGHT, widestNamed, widestOf } from './measure.ts';

export interface Box {
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly { readonly node: GraphNode; readonly box: Box }[];
  readonly edges: readonly { readonly edge: GraphEdge; readonly points: readonly Point[]; readonly label?: Box }[];
  readonly groups: readonly { readonly group: GraphGroup; readonly box: Box }[];
}

const PADDING = 12;
const MARGIN = 8;
const POINT_SIZE = 14;
const GROUP_TITLE = 22;

export function placed(graph: Graph): PlacedGraph {
  const layered = new Layered({ compound: true, multigraph: true });
  layered.setGraph({
    rankdir: graph.direction === 'down' ? 'TB' : 'LR',
    nodesep: 28,
    ranksep: graph.direction === 'down' ? 34 : 56,
    edgesep: 14,
    marginx: MARGIN,
    marginy: MARGIN + (graph.groups.length > 0 ? GROUP_TITLE : 0),
  });
  const nodes = new Map(graph.nodes.map((node, index) => [node.id, `n${index}`] as const));
  const groups = new Map(graph.groups.map(({ id }, index) => [id, `g${index}`] as const));
  for (const group of graph.groups) layered.setNode(keyOf(groups, group.id), {});
  for (const node of graph.nodes) layered.setNode(keyOf(nodes, node.id), { ...sizeOf(node) });
  for (const { id, within } of graph.groups) adopt(layered, keyOf(groups, id), groups.get(within ?? ''));
  for (const { id, group } of graph.nodes) adopt(layered, keyOf(nodes, id), groups.get(group ?? ''));
  const edges = graph.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  for (const [index, edge] of edges.entries()) {
    const label = { width: widestOf(edge.lines) + 8, height: edge.lines.length * LINE_HEIGHT, labelpos: 'c' as const };
    const said = edge.lines.length > 0 ? label : { width: 0, height: 0 };
    layered.setEdge(keyOf(nodes, edge.from), keyOf(nodes, edge.to), { ...said }, `e${index}`);
  }
  layout(layered);
  return {
    width: Math.ceil(numberOf(layered.graph().width)),
    height: Math.ceil(numberOf(layered.graph().height)),
    nodes: graph.nodes.map((node) => ({ node, box: boxOf(layered.node(keyOf(nodes, node.id))) })),
    edges: edges.map((edge, index) => {
      const laid = layered.edge(keyOf(nodes, edge.from), keyOf(nodes, edge.to), `e${index}`);
      const points = ((laid?.points ?? []) as readonly Point[]).map(({ x, y }) => ({ x, y }));
      return { edge, points, ...(edge.lines.length > 0 && { label: boxOf(laid) }) };
    }),
    groups: graph.groups.flatMap((group) => {
      const box = boxOf(layered.node(keyOf(groups, group.id)));
      return box.width > 0 ? [{ group, box }] : [];
    }),
  };
}

function adopt(layered: Layered, child: string, parent: string | undefined): void {
  if (parent !== undefined && parent !== child) layered.setParent(child, parent);
}

function sizeOf({ look, lines }: GraphNode): { readonly width: number; readonly height: number } {
  if (look === 'point') return { width: POINT_SIZE, height: POINT_SIZE };
  const width = widestNamed(lines) + 2 * PADDING;
  const height = lines.length * LINE_HEIGHT + 14;
  // A diamond has room only in its middle.
  return look === 'diamond' ? { width: Math.ceil(width * 1.5), height: height + 22 } : { width, height };
}

function keyOf(keys: ReadonlyMap<string, string>, id: string): string {
  return keys.get(id) ?? '';
}

interface Laid {
  readonly x?: unknown;
  readonly y?: unknown;
  readonly width?: unknown;
  readonly height?: unknown;
}

function boxOf(laid: Laid | undefined): Box {
  return {
    x: numberOf(laid?.x),
    y: numberOf(laid?.y),
    width: numberOf(laid?.width),
    height: numberOf(laid?.height),
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
