/** An operation that takes an Idempotency-Key recognises what is repeated; said so, it may be repeated in doubt. */
import { effectsToUndo, mayNotBeRepeated, takesKey, undosOf, usesPolicies } from '../effects.ts';
import { titleOf } from '../linking.ts';
import type { Rule } from '../rule.ts';

export const idempotencyUndeclared: Rule = (links, report) => {
  for (const effect of [...effectsToUndo(links), ...undosOf(links)]) {
    const { owner, linked, target } = effect;
    if (!usesPolicies(owner.description) || !mayNotBeRepeated(effect) || !takesKey(target)) continue;
    const { stepId, at } = linked.step;
    report('XIL043', at, { stepId, operation: titleOf(target.operation) });
  }
};
