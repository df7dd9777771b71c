/** What a rehearsal counts is what the service bills: retries are transitions, too. */
import { expect, test } from 'vitest';
import { transitionsIn } from '../../../lib/rehearse/transitions.ts';

function events(...types: readonly string[]): Parameters<typeof transitionsIn>[0] {
  return types.map((type) => ({ type })) as Parameters<typeof transitionsIn>[0];
}

test('each state that is entered is a transition, and so is each try of a task after its first', () => {
  expect(transitionsIn(events('ExecutionStarted', 'PassStateEntered', 'PassStateExited'))).toBe(1);
  expect(transitionsIn(events('TaskStateEntered', 'TaskScheduled', 'TaskSucceeded', 'TaskStateExited'))).toBe(1);
  const tried = ['TaskStateEntered', 'TaskScheduled', 'TaskFailed', 'TaskScheduled', 'TaskFailed', 'TaskScheduled'];
  expect(transitionsIn(events(...tried))).toBe(3);
});

test('a task that could not be scheduled is one transition', () => {
  expect(transitionsIn(events('TaskStateEntered', 'EvaluationFailed', 'ExecutionFailed'))).toBe(1);
  expect(transitionsIn([])).toBe(0);
});
