/** `operationId`, `operationPath`, `channelPath` and `workflowId` exclude each other (Arazzo 1.1, Step Object). */
import { below, keyAt } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';
import { targetFields } from '../step-fields.ts';

export const stepTargetSeveral: Rule = (links, report) => {
  for (const { owner, linked } of stepsOf(links)) {
    const { step } = linked;
    const fields = targetFields(owner.description, step);
    const [, second] = fields;
    if (second === undefined) continue;
    report('ARZ051', keyAt(below(step.at, second)), { stepId: step.stepId, fields });
  }
};
