/** An input that does not fit the workflow's schema, told like a diagnostic: which member, what it is, what it should be. */
import type { InputProblem } from '../runtime/run.ts';

export function renderProblems(problems: readonly InputProblem[]): string {
  const lines = problems.map(({ pointer, message, value }) => {
    const got = value === undefined ? '' : `, got ${JSON.stringify(value)}`;
    return `  ${pointer === '' ? 'the input' : pointer} ${message}${got}`;
  });
  return [
    "interlock: the input does not fit the workflow's `inputs` schema",
    ...lines,
    '  Nothing was started. Correct --input and run again.',
    '',
  ].join('\n');
}
