/** Only an answer to a request that changes nothing may be used again. A system's `cache` leaves the others alone. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { isSafeMethod } from '../../model/methods.ts';
import { own } from '../../model/json.ts';
import { titleOf } from '../linking.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const cacheOnEffect: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { step, target } = linked;
    const declared = own(step.policy, 'cache');
    if (declared === undefined || declared === false) continue;
    if (target?.kind !== 'operation' || isSafeMethod(target.operation.method)) continue;
    const at = keyAt(below(step.at, 'x-interlock', 'cache'));
    report('XIL044', at, { stepId: step.stepId, operation: titleOf(target.operation) });
  }
};
