/** A sequence as SVG: a lane for each system, calls to the right and their answers beneath, side by side in a frame. */
import { escaped } from '../escaped.ts';
import { cutLine, type Sequence, type SequenceRow } from '../picture.ts';
import { sizeOf, textOf } from './graph-svg.ts';
import { LINE_HEIGHT, widestNamed, widestOf, widthOf } from './measure.ts';

const HEAD = 52;
const CALL = 46;
const NOTE = 30;
const BEGIN = 28;
const BETWEEN = 14;
const END = 14;
const LEAST_LANE = 120;
const WIDEST_LANE = 240;
const SIDE = 16;

const HEIGHTS: { readonly [K in SequenceRow['kind']]: number } = {
  call: CALL,
  note: NOTE,
  begin: BEGIN,
  between: BETWEEN,
  end: END,
};

export function sequenceSvg(sequence: Sequence): string {
  const { lanes, rows, says } = sequence;
  const xs = lanesAt(sequence);
  const width = Math.max(...xs.values(), 0) + widestHalf(sequence) + SIDE;
  const height = HEAD + rows.reduce((sum, { kind }) => sum + HEIGHTS[kind], 0) + 24;
  const parts: string[] = lanes.map(({ id, lines }) => laneOf(lines, xs.get(id) ?? 0, height));
  let y = HEAD;
  const frames: number[] = [];
  for (const row of rows) {
    parts.push(rowOf(row, { y, xs, width, frames }));
    y += HEIGHTS[row.kind];
  }
  return `<svg role="img" aria-label="${escaped(says)}" ${sizeOf(width, height)} viewBox="0 0 ${width} ${height}">${parts.join('')}</svg>`;
}

/** Far enough apart for what is said between a lane and the first one, and for their own names. */
function lanesAt({ lanes, rows }: Sequence): ReadonlyMap<string, number> {
  const xs = new Map<string, number>();
  let [x, half] = [SIDE, 0];
  for (const [index, { id, lines }] of lanes.entries()) {
    const own = (widestNamed(lines) + 24) / 2;
    const [first = 0] = xs.values();
    const said = rows.flatMap((row) =>
      row.kind === 'call' && (row.to === id || row.from === id) ? [row.asks, row.answers] : [],
    );
    const wanted = first + widestOf(said.map((text) => cutLine(text))) + 28 - x;
    const apart = Math.max(LEAST_LANE, half + own + 16, Math.min(WIDEST_LANE, wanted));
    x += index === 0 ? own : apart;
    half = own;
    xs.set(id, Math.round(x));
  }
  return xs;
}

function widestHalf({ lanes }: Sequence): number {
  return Math.ceil((widestNamed(lanes.at(-1)?.lines ?? []) + 24) / 2);
}

function laneOf(lines: readonly string[], x: number, height: number): string {
  const width = widestNamed(lines) + 24;
  const box = `<rect x="${x - width / 2}" y="4" width="${width}" height="${HEAD - 14}" rx="4"/>`;
  const line = `<path class="lane" d="M${x} ${HEAD - 10}V${height - 8}"/>`;
  return `${line}<g class="node box plain">${box}${textOf(lines, { x, y: 4 + (HEAD - 14) / 2 }, 'name')}</g>`;
}

interface Around {
  readonly y: number;
  readonly xs: ReadonlyMap<string, number>;
  readonly width: number;
  /** Where the frames that are open begin. */
  readonly frames: number[];
}

function rowOf(row: SequenceRow, { y, xs, width, frames }: Around): string {
  const inset = 4 + frames.length * 5;
  switch (row.kind) {
    case 'call': {
      const [from, to] = [xs.get(row.from) ?? 0, xs.get(row.to) ?? 0];
      const asked = arrow(from, to, y + 18, row.asks, { tone: row.tone, dashed: '' });
      if (row.answers === '') return asked;
      return (
        asked +
        arrow(to, from, y + 38, row.answers, { tone: row.tone === 'plain' ? 'quiet' : row.tone, dashed: ' dashed' })
      );
    }
    case 'note': {
      const text = cutLine(row.text, 90);
      const room = Math.min(width - 2 * inset, widthOf(text) + 24);
      const box = `<rect x="${inset + 4}" y="${y + 3}" width="${Math.ceil(room)}" height="${NOTE - 8}" rx="3"/>`;
      return `<g class="note ${row.tone}">${box}<text x="${inset + 14}" y="${y + 3 + (NOTE - 8) / 2}">${escaped(text)}</text></g>`;
    }
    case 'begin':
      frames.push(y + 6);
      return `<text class="frame-title" x="${inset + 10}" y="${y + 6 + LINE_HEIGHT / 2}">${escaped(row.title)}</text>`;
    case 'between':
      return `<path class="between" d="M${inset} ${y + BETWEEN / 2}H${width - inset}"/>`;
    case 'end': {
      const top = frames.pop() ?? y;
      const left = inset - 5;
      return `<rect class="frame" x="${left}" y="${top}" width="${width - 2 * left}" height="${y + 6 - top}" rx="4"/>`;
    }
  }
}

function arrow(
  from: number,
  to: number,
  y: number,
  text: string,
  { tone, dashed }: { readonly tone: string; readonly dashed: string },
): string {
  const right = from < to;
  const words = cutLine(text);
  const x = right ? from + 12 : to + 12;
  const ground = `<rect x="${x - 3}" y="${y - 15}" width="${Math.ceil(widthOf(words)) + 6}" height="13"/>`;
  const said =
    words === '' ? '' : `<g class="said ${tone}">${ground}<text x="${x}" y="${y - 8}">${escaped(words)}</text></g>`;
  return `<path class="arrow ${tone}${dashed}" d="M${from} ${y}H${right ? to - 1 : to + 1}" marker-end="url(#head-${tone})"/>${said}`;
}
