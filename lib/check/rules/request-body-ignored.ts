/** A step with `workflowId` hands over inputs, not a body. */
import { type Rule, subworkflowsOf } from '../rule.ts';

export const requestBodyIgnored: Rule = (links, report) => {
  for (const { linked } of subworkflowsOf(links)) {
    const { requestBody, stepId } = linked.step;
    if (requestBody !== undefined) report('ARZ076', requestBody.at, { stepId });
  }
};
