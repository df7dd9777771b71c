/** `workflowId` MUST be unique amongst all workflows of its document (Arazzo 1.1, Workflow Object). */
import { below } from '../../diagnostics/place.ts';
import { repeated, type Rule } from '../rule.ts';

export const workflowIdDuplicate: Rule = (links, report) => {
  for (const { arazzo } of links.descriptions) {
    for (const { item, first } of repeated(arazzo.workflows, (workflow) => workflow.workflowId)) {
      const { workflowId } = item;
      report('ARZ031', below(item.at, 'workflowId'), { workflowId, first: below(first.at, 'workflowId') });
    }
  }
};
