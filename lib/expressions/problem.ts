/**
 * What is wrong, or merely tolerated, in an expression, condition or selector: data with an offset inside the string,
 * so that a diagnostic can point at the very character. lib/check gives it a code of its registry and a place in the
 * file; this room knows neither files nor lines. A message names what was found and never a run's value.
 */
export type ProblemCode =
  // Runtime expressions.
  | 'unknown-source'
  | 'unexpected-text'
  | 'incomplete'
  | 'outputs-omitted'
  | 'bad-pointer'
  // Tolerated, with a warning.
  | 'dotted-name'
  | 'dotted-body'
  | 'brackets'
  | 'whole-object'
  | 'loose-id'
  | 'double-quotes'
  | 'braces'
  | 'filter-on-root'
  | 'compared-path'
  | 'bare-expression'
  | 'plural-header'
  // Templates.
  | 'unclosed-brace'
  // Conditions, selectors and their types.
  | 'bad-condition'
  | 'bare-word'
  | 'chained-comparison'
  | 'bad-regex'
  | 'unsupported-regex'
  | 'bad-jsonpath'
  | 'unsupported-jsonpath'
  | 'bad-xpath'
  | 'unsupported-xpath'
  | 'bad-shape'
  | 'unknown-type'
  | 'unknown-version'
  // Bounds.
  | 'too-long'
  | 'too-deep';

export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  /** A headline without a full stop. */
  readonly message: string;
  /** Where in the string, in UTF-16 code units. */
  readonly at: number;
  readonly length: number;
  /** Which string: the way down to it from the value that was asked about; empty for itself. */
  readonly path: Path;
  /** What to write in place of the marked text, where that is known. */
  readonly instead?: string;
}

export type Path = readonly (string | number)[];

/** The marked stretch of a string. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

export function problem(code: ProblemCode, message: string, span: Span, instead?: string): Problem {
  return { severity: 'error', code, message, ...span, path: [], ...(instead === undefined ? {} : { instead }) };
}

export function warning(code: ProblemCode, message: string, span: Span, instead?: string): Problem {
  return { ...problem(code, message, span, instead), severity: 'warning' };
}

/** The same problems, seen from `depth` levels further out and `offset` characters further left. */
export function placed(problems: readonly Problem[], path: Path, offset = 0): Problem[] {
  return problems.map((found) => ({ ...found, at: found.at + offset, path: [...path, ...found.path] }));
}
