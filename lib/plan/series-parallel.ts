/**
 * Arranges a dependency graph as nested series and parallels, since a Parallel state is all that ASL offers. A graph that
 * is not series-parallel is closed with added edges: of the cuts through its longest-path levels the one is taken that
 * lengthens the expected critical path least, then the one that adds fewest edges. Knows nothing of steps: nodes are
 * names, weights are what a node is expected to take.
 */
import { assert } from '../model/assert.ts';

export interface Graph {
  /** In document order; the result keeps it among equals. */
  readonly nodes: readonly string[];
  /** What must come before a node. */
  readonly before: ReadonlyMap<string, ReadonlySet<string>>;
  /** Expected time; every node that is not named weighs 1. */
  readonly weight?: ReadonlyMap<string, number>;
}

export type Arrangement =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'series'; readonly parts: readonly Arrangement[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Arrangement[] };

export interface Arranged {
  readonly arrangement: Arrangement;
  /** Orderings that the graph did not ask for. */
  readonly added: readonly { readonly from: string; readonly to: string }[];
}

export function arrange(graph: Graph): Arranged {
  assert(graph.nodes.length > 0, 'a graph to arrange has a node');
  const before = closure(graph);
  const added: { from: string; to: string }[] = [];
  const weight = (node: string): number => graph.weight?.get(node) ?? 1;
  return { arrangement: arrangeNodes(graph.nodes, before, weight, added), added };
}

type Before = ReadonlyMap<string, ReadonlySet<string>>;

function arrangeNodes(
  nodes: readonly string[],
  before: Before,
  weight: (node: string) => number,
  added: { from: string; to: string }[],
): Arrangement {
  const [only] = nodes;
  assert(only !== undefined, 'a part of a graph has a node');
  if (nodes.length === 1) return { kind: 'node', node: only };
  const components = connected(nodes, before);
  if (components.length > 1) {
    return { kind: 'parallel', parts: components.map((part) => arrangeNodes(part, before, weight, added)) };
  }
  const cut = bestCut(nodes, before, weight);
  added.push(...cut.missing);
  return {
    kind: 'series',
    parts: [cut.first, cut.rest].flatMap((part) => spliced(arrangeNodes(part, before, weight, added))),
  };
}

function spliced(arrangement: Arrangement): readonly Arrangement[] {
  return arrangement.kind === 'series' ? arrangement.parts : [arrangement];
}

interface Cut {
  readonly first: readonly string[];
  readonly rest: readonly string[];
  readonly missing: readonly { readonly from: string; readonly to: string }[];
}

/** Every cut between two levels is a candidate: all that stands above it runs before all that stands below. */
function bestCut(nodes: readonly string[], before: Before, weight: (node: string) => number): Cut {
  const level = levels(nodes, before);
  const highest = Math.max(...level.values());
  let best: { cut: Cut; cost: number } | undefined;
  for (let height = 0; height < highest; height += 1) {
    const first = nodes.filter((node) => levelOf(level, node) <= height);
    const rest = nodes.filter((node) => levelOf(level, node) > height);
    const missing = missingEdges(first, rest, before);
    const cost = missing.length === 0 ? 0 : longest(first, before, weight) + longest(rest, before, weight);
    if (best === undefined || cost < best.cost || (cost === best.cost && missing.length < best.cut.missing.length)) {
      best = { cut: { first, rest, missing }, cost };
    }
  }
  assert(best !== undefined, 'a connected acyclic graph of two nodes has two levels');
  return best.cut;
}

/** Only from what ends the first part to what begins the second: the others follow from these. */
function missingEdges(first: readonly string[], rest: readonly string[], before: Before): Cut['missing'] {
  const sinks = first.filter((node) => !first.some((other) => before.get(other)?.has(node)));
  const sources = rest.filter((node) => !rest.some((other) => before.get(node)?.has(other)));
  return sinks.flatMap((from) =>
    sources.filter((to) => before.get(to)?.has(from) !== true).map((to) => ({ from, to })),
  );
}

function levels(nodes: readonly string[], before: Before): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const levelOfNode = (node: string): number => {
    const known = found.get(node);
    if (known !== undefined) return known;
    const above = nodes.filter((other) => before.get(node)?.has(other)).map(levelOfNode);
    const level = above.length === 0 ? 0 : Math.max(...above) + 1;
    found.set(node, level);
    return level;
  };
  for (const node of nodes) levelOfNode(node);
  return found;
}

function levelOf(level: ReadonlyMap<string, number>, node: string): number {
  const found = level.get(node);
  assert(found !== undefined, 'every node has a level');
  return found;
}

function longest(nodes: readonly string[], before: Before, weight: (node: string) => number): number {
  const found = new Map<string, number>();
  const upTo = (node: string): number => {
    const known = found.get(node);
    if (known !== undefined) return known;
    const above = nodes.filter((other) => before.get(node)?.has(other)).map(upTo);
    const length = weight(node) + Math.max(0, ...above);
    found.set(node, length);
    return length;
  };
  return Math.max(...nodes.map(upTo));
}

/** The weakly connected parts, each in document order, ordered by their first node. */
function connected(nodes: readonly string[], before: Before): readonly (readonly string[])[] {
  const left = new Set(nodes);
  const parts: string[][] = [];
  for (const start of nodes) {
    if (!left.delete(start)) continue;
    const part = new Set([start]);
    for (const node of part) {
      for (const other of left) {
        if (before.get(node)?.has(other) === true || before.get(other)?.has(node) === true) {
          left.delete(other);
          part.add(other);
        }
      }
    }
    parts.push(nodes.filter((node) => part.has(node)));
  }
  return parts;
}

/** Everything that comes before each node, indirectly too. The graph is acyclic: the check has refused the others. */
function closure(graph: Graph): Before {
  const full = new Map<string, Set<string>>();
  const visit = (node: string, path: ReadonlySet<string>): Set<string> => {
    const known = full.get(node);
    if (known !== undefined) return known;
    assert(!path.has(node), 'a graph to arrange has no cycle');
    const all = new Set<string>();
    const below = new Set(path).add(node);
    for (const direct of graph.before.get(node) ?? []) {
      if (!graph.nodes.includes(direct)) continue;
      all.add(direct);
      for (const indirect of visit(direct, below)) all.add(indirect);
    }
    full.set(node, all);
    return all;
  };
  for (const node of graph.nodes) visit(node, new Set());
  return full;
}

/** Document order as far as the dependencies allow it: what a sequential workflow runs by (Arazzo 1.1, dependsOn). */
export function sequence(graph: Graph): readonly string[] {
  const before = closure(graph);
  const done = new Set<string>();
  const order: string[] = [];
  while (order.length < graph.nodes.length) {
    const next = graph.nodes.find((node) => !done.has(node) && [...(before.get(node) ?? [])].every((b) => done.has(b)));
    assert(next !== undefined, 'a graph to sequence has no cycle');
    done.add(next);
    order.push(next);
  }
  return order;
}
