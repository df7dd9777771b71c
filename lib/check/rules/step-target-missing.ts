/** A step names exactly one thing that it calls (Arazzo 1.1, Step Object). */
import { type Rule, stepsOf } from '../rule.ts';
import { hasMisspeltTarget, targetFields } from '../step-fields.ts';

export const stepTargetMissing: Rule = (links, report) => {
  for (const { owner, linked } of stepsOf(links)) {
    const { step } = linked;
    if (step.target !== undefined || targetFields(owner.description, step).length > 0) continue;
    if (hasMisspeltTarget(owner.description, step)) continue;
    report('ARZ050', step.at, { stepId: step.stepId });
  }
};
