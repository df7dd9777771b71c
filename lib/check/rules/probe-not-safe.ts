/** A probe only looks: it is asked as often as is needed, and must leave nothing behind. */
import { isSafeMethod } from '../../model/methods.ts';
import { titleOf } from '../linking.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const probeNotSafe: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { probe, step } = linked;
    const target = probe?.target;
    if (!probe || target?.kind !== 'operation' || isSafeMethod(target.operation.method)) continue;
    report('XIL032', probe.step.at, { stepId: step.stepId, operation: titleOf(target.operation) });
  }
};
