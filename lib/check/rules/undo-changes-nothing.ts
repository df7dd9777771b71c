/** What changes nothing undoes nothing. */
import { isSafeMethod } from '../../model/methods.ts';
import { titleOf } from '../linking.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const undoChangesNothing: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { undo, step } = linked;
    const target = undo?.target;
    if (!undo || target?.kind !== 'operation' || !isSafeMethod(target.operation.method)) continue;
    report('XIL037', undo.step.at, { stepId: step.stepId, operation: titleOf(target.operation) });
  }
};
