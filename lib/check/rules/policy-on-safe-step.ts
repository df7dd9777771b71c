/** A step that only reads has no effect to undo, and none to ask after. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { isSafeMethod } from '../../model/methods.ts';
import { titleOf } from '../linking.ts';
import { type Rule, stepsOf } from '../rule.ts';

const keys = ['compensate', 'probe'];

export const policyOnSafeStep: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { step, target } = linked;
    if (target?.kind !== 'operation' || !isSafeMethod(target.operation.method)) continue;
    for (const key of keys.filter((one) => Object.hasOwn(step.policy, one))) {
      const at = keyAt(below(step.at, 'x-interlock', key));
      report('XIL030', at, { stepId: step.stepId, key, operation: titleOf(target.operation) });
    }
  }
};
