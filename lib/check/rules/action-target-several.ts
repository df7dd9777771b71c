/** `stepId` and `workflowId` of an action exclude each other (Arazzo 1.1, Success and Failure Action Objects). */
import type { Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const actionTargetSeveral: Rule = (links, report) => {
  for (const { action } of writtenActions(links)) {
    const { type, stepId, workflowId, name, at } = action;
    if (type === 'end' || stepId === undefined || workflowId === undefined) continue;
    report('ARZ082', at, { name, stepId, workflowId });
  }
};
