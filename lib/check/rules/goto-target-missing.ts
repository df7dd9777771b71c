/** A `goto` MUST have a `stepId` or a `workflowId` (Arazzo 1.1, Success and Failure Action Objects). */
import type { Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const gotoTargetMissing: Rule = (links, report) => {
  for (const { action } of writtenActions(links)) {
    const { type, stepId, workflowId, name, at } = action;
    if (type === 'goto' && stepId === undefined && workflowId === undefined) report('ARZ081', at, { name });
  }
};
