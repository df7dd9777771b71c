/** `whenInDoubt: probe` needs a probe. */
import { below } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const probeMissing: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { undo, probe, step } = linked;
    if (undo?.step.policy['whenInDoubt'] !== 'probe' || probe) continue;
    report('XIL033', below(undo.step.at, 'whenInDoubt'), { stepId: step.stepId });
  }
};
