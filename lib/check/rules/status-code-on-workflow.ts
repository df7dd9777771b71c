/** `$statusCode` on a step that calls a workflow: the standard's own example has it, and it has no meaning. */
import { type Rule, subworkflowsOf } from '../rule.ts';
import { mentionsIn, sitesOfStep } from '../sites.ts';

export const statusCodeOnWorkflow: Rule = (links, report) => {
  for (const { linked } of subworkflowsOf(links)) {
    for (const { expression, moment, at } of mentionsIn(sitesOfStep(linked))) {
      if (expression.source !== 'statusCode' || moment === 'request') continue;
      report('ARZ110', at, { stepId: linked.step.stepId });
    }
  }
};
