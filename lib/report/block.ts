/**
 * A document as data: what the sections of a report are made of, before anybody decides whether it is read as Markdown or
 * as a page. Texts are plain; what they hold of somebody's documents is escaped by whoever writes it out, never here.
 */
import type { Picture } from './picture.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  /** A word that says how well it is. */
  | { readonly marked: string; readonly tone: Tone }
  /** To a heading of the same document. */
  | { readonly link: string; readonly to: string };

export type Text = string | readonly Inline[];

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3 | 4; readonly text: string; readonly id: string }
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | {
      readonly kind: 'table';
      /** What it shows, for those who do not see it. */
      readonly says: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'picture'; readonly picture: Picture };

export interface Report {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export function heading(level: 2 | 3 | 4, text: string, id: string): Block {
  return { kind: 'heading', level, text, id };
}

export function paragraph(text: Text): Block {
  return { kind: 'paragraph', text };
}

/** A table of nothing is a sentence. */
export function table(
  says: string,
  head: readonly string[],
  rows: readonly (readonly Text[])[],
  none = 'None.',
): Block {
  return rows.length === 0 ? paragraph(none) : { kind: 'table', says, head, rows };
}

/** A sentence of a diagnostic: what stands in backticks is code. One without a pair stays what it is. */
export function spoken(sentence: string): Text {
  const parts = sentence.split('`');
  if (parts.length % 2 === 0) return sentence;
  return parts.flatMap((part, at): readonly Inline[] => (part === '' ? [] : [at % 2 === 1 ? { code: part } : part]));
}

/** Names as code, with commas between. */
export function codes(names: readonly string[], none = '-'): Text {
  if (names.length === 0) return none;
  return names.flatMap((name, index): readonly Inline[] => (index === 0 ? [{ code: name }] : [', ', { code: name }]));
}

export function plainText(text: Text): string {
  if (typeof text === 'string') return text;
  return text
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('code' in part) return part.code;
      if ('strong' in part) return part.strong;
      return 'marked' in part ? part.marked : part.link;
    })
    .join('');
}
