/**
 * One JSONata expression, read without evaluating it: does it parse, and what does it refer to. The parser is the
 * library's own, so a definition that passes here parses at run time too. What a reference means (is the variable
 * assigned, does `$states.result` exist here) is the caller's question.
 */
import jsonata from 'jsonata';
import { type ExpressionNode, type References, referencesOf } from './expression-references.ts';
import * as messages from './messages.ts';

export type ExpressionReading =
  | { readonly ok: true; readonly references: References }
  | { readonly ok: false; readonly message: string };

const OPEN = '{%';
const CLOSE = '%}';

/**
 * The expression between `{%` and `%}`, or undefined for a literal. "A JSONata string MUST start with `{%` with no
 * leading spaces, and MUST end with `%}` with no trailing spaces."
 */
export function expressionIn(text: string): string | undefined {
  const isExpression = text.length >= OPEN.length + CLOSE.length && text.startsWith(OPEN) && text.endsWith(CLOSE);
  return isExpression ? text.slice(OPEN.length, -CLOSE.length).trim() : undefined;
}

/** A string that begins an expression and does not end it is refused rather than taken for a literal. */
export function isUnclosed(text: string): boolean {
  return text.startsWith(OPEN) && expressionIn(text) === undefined;
}

export function readExpression(source: string): ExpressionReading {
  try {
    // The library types its syntax tree too narrowly (no bodies, conditions or predicates): ours is complete.
    const tree = jsonata(source).ast() as unknown as ExpressionNode;
    return { ok: true, references: referencesOf(tree) };
  } catch (error) {
    return { ok: false, message: refusal(error) };
  }
}

function refusal(error: unknown): string {
  // Parser and walk are recursive: an expression can exhaust the stack before the definition's own bounds do.
  if (error instanceof RangeError) return messages.expressionTooDeep;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);
}
