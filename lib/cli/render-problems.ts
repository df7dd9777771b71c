/** An input that does not fit the workflow's schema, told like a diagnostic: which member, what it is, what it should be. */
import type { InputProblem } from '../runtime/run.ts';

/** `answer`: what a person gives along to a step that waits. */
export function renderProblems(problems: readonly InputProblem[], of: 'input' | 'answer' = 'input'): string {
  const lines = problems.map(({ pointer, message, value }) => {
    const got = value === undefined ? '' : `, got ${JSON.stringify(value)}`;
    return `  ${pointer === '' ? `the ${of}` : pointer} ${message}${got}`;
  });
  return [
    of === 'answer'
      ? 'interlock: the answer does not fit what the step asks for'
      : "interlock: the input does not fit the workflow's `inputs` schema",
    ...lines,
    of === 'answer'
      ? '  The step still waits. Correct --input and answer again.'
      : '  Nothing was started. Correct --input and run again.',
    '',
  ].join('\n');
}
