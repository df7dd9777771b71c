/** `interlock cancel`: ends a run that goes on, and has undone what it did. */
import type { Command } from '../command.ts';
import { OPERATOR_OPTIONS, operateRun } from '../operating.ts';

export const cancelCommand: Command = {
  name: 'cancel',
  summary: 'Cancel a run: nothing new begins, what is under way is waited for, and what stands is undone.',
  operands: 'RUN',
  operandRange: [1, 1],
  options: OPERATOR_OPTIONS,
  examples: [
    { line: 'interlock cancel place-order-1a2b', says: 'The beginning of the id is enough where one run has it.' },
    {
      line: 'interlock cancel place-order-1a2b --note "the customer called" --json',
      says: 'With the reason; the run view as it ended, for a program.',
    },
  ],
  run: (invocation) => operateRun(invocation, () => ({ verb: 'cancel' })),
};
