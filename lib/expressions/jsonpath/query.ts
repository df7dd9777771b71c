/**
 * A JSONPath query as a tree (RFC 9535 section 2). Only well-typed queries exist in this form: a comparison has
 * single values on both sides, a test is a query or a logical function (section 2.4.3), so evaluating needs no checks.
 */
export interface Query {
  /** `$` begins at the root, `@` at the node that a filter looks at. */
  readonly from: '$' | '@';
  readonly segments: readonly Segment[];
}

export interface Segment {
  readonly kind: 'child' | 'descendant';
  readonly selectors: readonly Selector[];
}

export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'index'; readonly index: number }
  | Slice
  | { readonly kind: 'filter'; readonly test: Test };

export interface Slice {
  readonly kind: 'slice';
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
}

/** A condition on a node. */
export type Test =
  | { readonly kind: 'or' | 'and'; readonly tests: readonly Test[] }
  | { readonly kind: 'not'; readonly test: Test }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Single; readonly right: Single }
  | { readonly kind: 'match'; readonly whole: boolean; readonly text: Single; readonly pattern: Single };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Yields one value or nothing. */
export type Single =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'singular'; readonly query: Query }
  | { readonly kind: 'length'; readonly of: Single }
  | { readonly kind: 'count' | 'value'; readonly query: Query };

/** Whether a query can select one node at most (RFC 9535 section 2.3.5.1). */
export function isSingular(query: Query): boolean {
  return query.segments.every(({ kind, selectors }) => {
    const [only, ...others] = selectors;
    return kind === 'child' && others.length === 0 && (only?.kind === 'name' || only?.kind === 'index');
  });
}
