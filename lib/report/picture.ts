/**
 * Pictures as data: graphs of boxes and arrows, and sequences of calls. What they mean is decided where they are made
 * (pictures/), where things lie by the layout (draw/layout.ts), how they look by whoever writes them out.
 */
export type Look = 'box' | 'round' | 'diamond' | 'store' | 'point';
export type PictureTone = 'plain' | 'strong' | 'good' | 'bad' | 'quiet';

export interface GraphNode {
  readonly id: string;
  /** The first line is its name. */
  readonly lines: readonly string[];
  readonly look: Look;
  readonly tone: PictureTone;
  readonly group?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly lines: readonly string[];
  readonly tone: PictureTone;
  readonly dashed?: boolean;
}

export interface GraphGroup {
  readonly id: string;
  readonly title: string;
  readonly within?: string;
}

export interface Graph {
  readonly kind: 'graph';
  readonly title: string;
  /** In a sentence, for those who do not see it. */
  readonly says: string;
  readonly direction: 'down' | 'right';
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
}

export interface Lane {
  readonly id: string;
  readonly lines: readonly string[];
}

export type SequenceRow =
  | {
      readonly kind: 'call';
      readonly from: string;
      readonly to: string;
      readonly asks: string;
      /** Empty: nothing is answered. */
      readonly answers: string;
      readonly tone: PictureTone;
    }
  | { readonly kind: 'note'; readonly text: string; readonly tone: PictureTone }
  /** Rows until `end` happen side by side; `between` stands between those that are one after the other. */
  | { readonly kind: 'begin'; readonly title: string }
  | { readonly kind: 'between' }
  | { readonly kind: 'end' };

export interface Sequence {
  readonly kind: 'sequence';
  readonly title: string;
  readonly says: string;
  readonly lanes: readonly Lane[];
  readonly rows: readonly SequenceRow[];
}

export type Picture = Graph | Sequence;

const LONGEST_LINE = 44;
const MOST_LINES = 6;

/** So that no document makes a picture that nobody can read: long lines are cut, and many are counted. */
export function linesOf(lines: readonly string[], most: number = MOST_LINES): readonly string[] {
  const shown = lines.length > most ? [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`] : lines;
  return shown.map((line) => cutLine(line));
}

export function cutLine(line: string, longest: number = LONGEST_LINE): string {
  const plain = line.replace(/\s+/g, ' ').trim();
  const characters = Array.from(plain);
  return characters.length <= longest ? plain : `${characters.slice(0, longest - 1).join('')}…`;
}
