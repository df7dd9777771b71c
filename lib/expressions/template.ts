/**
 * Text with embedded expressions: where the `{$...}` are. Only braces around a known source count; `{id}` of a path,
 * `{` of JSON text and `{$env.X}` of other tools stay text (problems.ts warns about the last). One pass, no nesting:
 * the grammar keeps braces out of names and pointers.
 */
import type { TemplateValue } from '../model/value.ts';
import { isExpression } from './parse.ts';

export interface Embedded {
  /** The expression, without its braces. */
  readonly text: string;
  /** Of the opening brace. */
  readonly at: number;
}

export type Part = string | Embedded;

/** The parts in order; literal text is never empty and never split in two. */
export function splitTemplate(text: string): readonly Part[] {
  const parts: Part[] = [];
  let literalFrom = 0;
  for (const embedded of findEmbedded(text)) {
    if (embedded.at > literalFrom) parts.push(text.slice(literalFrom, embedded.at));
    parts.push(embedded);
    literalFrom = embedded.at + embedded.text.length + 2;
  }
  if (literalFrom < text.length) parts.push(text.slice(literalFrom));
  return parts;
}

/** The offsets of `{$source.` groups that nothing closes. */
export function unclosedBraces(text: string): readonly number[] {
  return braceGroups(text)
    .filter(({ closed, content }) => !closed && isExpression(content.split(/[\s"'<>,]/, 1)[0] ?? ''))
    .map(({ at }) => at);
}

/** `{$word...}` groups whose word is no source: text to us, perhaps meant otherwise. */
export function foreignBraces(text: string): readonly Embedded[] {
  return braceGroups(text)
    .filter(({ closed, content }) => closed && /^\$[A-Za-z]+[.}]?/.test(content) && !isExpression(content))
    .map(({ at, content }) => ({ at, text: content }));
}

/** Expressions in a text that no braces embed: a part of the text, and hardly meant as one. */
export function bareExpressions(text: string): readonly Embedded[] {
  return [...text.matchAll(BARE)].flatMap((found) => {
    const bare = found[0].replace(/[.#/-]+$/, '');
    return isExpression(bare) ? [{ at: found.index, text: bare }] : [];
  });
}

const BARE =
  /(?<![\w${\\])\$(?:inputs|steps|workflows|outputs|response|request|message|sourceDescriptions)[.#][\w.#/~-]{1,200}/g;

export function templateFrom(parts: readonly Part[]): TemplateValue {
  const made = parts.map((part) => (typeof part === 'string' ? part : expressionValue(part.text)));
  return { kind: 'template', parts: made };
}

function expressionValue(text: string): { readonly kind: 'expression'; readonly text: string } {
  return { kind: 'expression', text };
}

function findEmbedded(text: string): Embedded[] {
  return braceGroups(text)
    .filter(({ closed, content }) => closed && isExpression(content))
    .map(({ at, content }) => ({ at, text: content }));
}

interface BraceGroup {
  readonly at: number;
  readonly content: string;
  /** Ended by `}`, rather than by another `{` or the end of the text. */
  readonly closed: boolean;
}

/** What follows each `{$` up to the next brace of either kind: every character is looked at once. */
function braceGroups(text: string): BraceGroup[] {
  return [...text.matchAll(/\{(\$[^{}]*)(\}?)/g)].map((match) => ({
    at: match.index,
    content: match[1] ?? '',
    closed: match[2] === '}',
  }));
}
