/**
 * A request that was sent and not answered may have happened. Where it may be repeated, or a probe may ask, or an undo is
 * harmless, Interlock finds out; else every lost answer ends with an operator. An operation that takes an Idempotency-Key
 * has a finding of its own.
 */
import { type EffectOf, effectsToUndo, mayNotBeRepeated, takesKey, undosOf, usesPolicies } from '../effects.ts';
import { titleOf } from '../linking.ts';
import type { Rule } from '../rule.ts';

export const effectInDoubt: Rule = (links, report) => {
  const steps = effectsToUndo(links).filter((effect) => !isAnswered(effect));
  for (const effect of [...steps, ...undosOf(links)]) {
    const { owner, linked, target } = effect;
    if (!usesPolicies(owner.description) || !mayNotBeRepeated(effect) || takesKey(target)) continue;
    const { stepId, at } = linked.step;
    report('XIL041', at, { stepId, operation: titleOf(target.operation), isUndo: !steps.includes(effect) });
  }
};

function isAnswered({ linked, policy }: EffectOf): boolean {
  const { compensate } = policy;
  const stays = compensate !== undefined && 'none' in compensate;
  const harmless = compensate !== undefined && 'whenInDoubt' in compensate && compensate.whenInDoubt === 'undo';
  return stays || harmless || linked.probe !== undefined;
}
