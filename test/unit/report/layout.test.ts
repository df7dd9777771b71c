/** Drawings by measure: no box on another one, no words wider than their box, and no graph that cannot be laid out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, placed } from '../../../lib/report/draw/layout.ts';
import { graphSvg } from '../../../lib/report/draw/graph-svg.ts';
import { widestOf } from '../../../lib/report/draw/measure.ts';
import { sequenceSvg } from '../../../lib/report/draw/sequence-svg.ts';
import { type Graph, type GraphNode, linesOf } from '../../../lib/report/picture.ts';

function nodeOf(id: string, lines: readonly string[], more: Partial<GraphNode> = {}): GraphNode {
  return { id, lines, look: 'box', tone: 'plain', ...more };
}

function graphOf(parts: Partial<Graph>): Graph {
  return { kind: 'graph', title: 't', says: 's', direction: 'down', nodes: [], edges: [], groups: [], ...parts };
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width - 1 && Math.abs(a.y - b.y) * 2 < a.height + b.height - 1;
}

const arrow = { lines: [], tone: 'plain' } as const;

/** Any graph: loops, several arrows between two, arrows to nodes that are not there, names from anywhere. */
const graphs: fc.Arbitrary<Graph> = fc
  .record({
    names: fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 9 }),
    pairs: fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.boolean()), { maxLength: 18 }),
    grouped: fc.array(fc.nat(2), { minLength: 9, maxLength: 9 }),
    direction: fc.constantFrom('down' as const, 'right' as const),
  })
  .map(({ names, pairs, grouped, direction }) =>
    graphOf({
      direction,
      nodes: names.map((name, index) =>
        nodeOf(name, [name, 'more'], grouped[index] ? { group: `g${grouped[index]}` } : {}),
      ),
      edges: pairs.map(([from, to, said]) => ({
        ...arrow,
        from: names[from] ?? 'nowhere',
        to: names[to] ?? 'nowhere',
        lines: said ? ['says'] : [],
      })),
      groups: [
        { id: 'g1', title: 'one' },
        { id: 'g2', title: 'two', within: 'g1' },
      ],
    }),
  );

describe('a placed graph', () => {
  it('has room for all of its boxes, and none on another', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, width, height } = placed(graph);
        for (const [index, { box, node }] of nodes.entries()) {
          expect(box.x - box.width / 2).toBeGreaterThanOrEqual(-1);
          expect(box.x + box.width / 2).toBeLessThanOrEqual(width + 1);
          expect(box.y + box.height / 2).toBeLessThanOrEqual(height + 1);
          expect(box.width).toBeGreaterThan(widestOf(node.lines));
          for (const other of nodes.slice(index + 1)) expect(overlap(box, other.box)).toBe(false);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('leaves out an arrow to what is not there', () => {
    const graph = graphOf({ nodes: [nodeOf('a', ['a'])], edges: [{ ...arrow, from: 'a', to: 'b' }] });
    expect(placed(graph).edges).toEqual([]);
  });

  it('is drawn as numbers alone, whatever its names are', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const drawn = graphSvg(graph).replace(/>[^<]*<\/text>/g, '></text>');
        expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { seed: 7, numRuns: 50 },
    );
  });
});

describe('a sequence', () => {
  it('keeps its names apart, and its frames inside each other', () => {
    const call = { kind: 'call', from: 'run', asks: 'POST /things', answers: 'id', tone: 'plain' } as const;
    const drawn = sequenceSvg({
      kind: 'sequence',
      title: 't',
      says: 's',
      lanes: ['run', 'a', 'a system with a very long name', 'b'].map((id) => ({ id, lines: [id] })),
      rows: [
        { kind: 'begin', title: 'side by side' },
        { ...call, to: 'a' },
        { kind: 'between' },
        { kind: 'begin', title: 'for each' },
        { ...call, to: 'b' },
        { kind: 'end' },
        { kind: 'end' },
        { kind: 'note', text: 'done', tone: 'good' },
      ],
    });
    const heads = [...drawn.matchAll(/<rect x="([\d.]+)" y="4" width="([\d.]+)"/g)].map(([, x, w]) => [
      Number(x),
      Number(x) + Number(w),
    ]);
    expect(heads.length).toBe(4);
    for (const [index, [left = 0]] of heads.entries())
      if (index > 0) expect(left).toBeGreaterThan(heads[index - 1]?.[1] ?? 0);
    const frames = [...drawn.matchAll(/class="frame" x="([\d.-]+)"/g)].map(([, x]) => Number(x));
    expect(frames.length).toBe(2);
    expect(frames[0]).toBeGreaterThan(frames[1] ?? 0);
    expect(drawn).not.toMatch(/NaN|undefined/);
  });
});

describe('lines of a box', () => {
  it('are cut where they are long, and counted where they are many', () => {
    const lines = linesOf(['x'.repeat(60), ...Array.from({ length: 9 }, (_, index) => `line ${index}`)]);
    expect(lines.length).toBe(6);
    expect(Array.from(lines[0] ?? '').length).toBe(44);
    expect(lines.at(-1)).toBe('and 5 more');
  });
});
