/** A step names exactly one thing that it calls (Arazzo 1.1, Step Object). */
import { type Rule, stepsOf } from '../rule.ts';
import { hasMisspeltTarget } from '../step-fields.ts';

export const stepTargetMissing: Rule = (links, report) => {
  for (const { owner, linked } of stepsOf(links)) {
    const { step } = linked;
    // A field that is there is like itself, so this is quiet about steps with a target, or with several.
    if (step.target !== undefined || hasMisspeltTarget(owner.description, step)) continue;
    report('ARZ050', step.at, { stepId: step.stepId });
  }
};
