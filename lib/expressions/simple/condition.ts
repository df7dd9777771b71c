/**
 * A simple condition as a tree (Arazzo 1.1, Criterion Object: literals and operators). Every node knows where it
 * stands in the text, so that a verdict can quote the part that decided it.
 */
import type { Expression } from '../expression.ts';
import type { Span } from '../problem.ts';

export type Condition = (
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | Reading
  | { readonly kind: 'member'; readonly of: Condition; readonly token: string }
) & { readonly span: Span };

/** A runtime expression, read when the condition is evaluated. */
export interface Reading {
  readonly kind: 'reading';
  readonly expression: Expression;
  readonly text: string;
}

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';
