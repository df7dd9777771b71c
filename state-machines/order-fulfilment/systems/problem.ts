/**
 * A refusal as a value that routes throw and the server renders: problem details (RFC 9457). Its type ends in the slug,
 * which is what programs compare; the detail is for people and may change.
 */
import type { Answer } from './router.ts';

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside the standard ones, such as `errors` or `shortages`. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export class Problem extends Error {
  readonly status: number;
  readonly slug: string;
  readonly options: ProblemOptions;

  constructor(status: number, slug: string, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.slug = slug;
    this.options = options;
  }
}

/** The slug `out-of-stock` has the title "Out of stock". */
function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function answerOf(problem: Problem): Answer {
  return {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...problem.options.headers },
    body: {
      type: `https://problems.example.com/${problem.slug}`,
      title: titleOf(problem.slug),
      status: problem.status,
      detail: problem.message,
      ...problem.options.extra,
    },
  };
}
