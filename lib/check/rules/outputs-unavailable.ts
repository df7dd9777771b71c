/**
 * `$outputs` of a step that calls no workflow: there are none while it is made and judged. (What an action on success hands
 * on may read those of its own step.)
 */
import { type Rule, stepsOf } from '../rule.ts';
import { mentionsIn, sitesOfStep } from '../sites.ts';

export const outputsUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    if (linked.target?.kind !== 'operation') continue;
    for (const { expression, moment, text, at } of mentionsIn(sitesOfStep(linked))) {
      if (expression.source !== 'outputs' || moment === 'action') continue;
      report('ARZ119', at, { text, stepId: linked.step.stepId });
    }
  }
};
