/** `stepId` MUST be unique amongst all steps of its workflow (Arazzo 1.1, Step Object). */
import { below } from '../../diagnostics/place.ts';
import { repeated, type Rule } from '../rule.ts';

export const stepIdDuplicate: Rule = (links, report) => {
  for (const workflow of links.workflows.keys()) {
    for (const { item, first } of repeated(workflow.steps, (step) => step.stepId)) {
      report('ARZ030', below(item.at, 'stepId'), { stepId: item.stepId, first: below(first.at, 'stepId') });
    }
  }
};
