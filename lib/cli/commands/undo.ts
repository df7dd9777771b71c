/** `interlock undo`: has undone what a run holds, and tries again what could not be undone. */
import type { Command } from '../command.ts';
import { OPERATOR_OPTIONS, operateRun } from '../operating.ts';

export const undoCommand: Command = {
  name: 'undo',
  summary: 'Undo a run that needs attention: what it holds, and once more what could not be undone.',
  operands: 'RUN',
  operandRange: [1, 1],
  options: OPERATOR_OPTIONS,
  examples: [
    { line: 'interlock undo place-order-1a2b', says: 'After a run was held, or when a system is well again.' },
    { line: 'interlock undo place-order-1a2b --note "refunds work again"', says: 'With the reason.' },
  ],
  run: (invocation) => operateRun(invocation, () => ({ verb: 'undo' })),
};
