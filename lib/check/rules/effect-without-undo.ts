/** An effect that nobody has said how to undo, nor that it may stay: when the run fails, an operator is left with it. */
import { effectsToUndo, usesPolicies } from '../effects.ts';
import { titleOf } from '../linking.ts';
import type { Rule } from '../rule.ts';

export const effectWithoutUndo: Rule = (links, report) => {
  for (const { owner, linked, target, policy } of effectsToUndo(links)) {
    const { step } = linked;
    if (policy.compensate !== undefined || step.undo || !usesPolicies(owner.description)) continue;
    report('XIL040', step.at, { stepId: step.stepId, operation: titleOf(target.operation) });
  }
};
