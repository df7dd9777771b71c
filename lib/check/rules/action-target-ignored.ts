/** `stepId` and `workflowId` are only relevant for `goto` and `retry` (Arazzo 1.1, Success and Failure Action Objects). */
import { below, keyAt } from '../../diagnostics/place.ts';
import type { Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const actionTargetIgnored: Rule = (links, report) => {
  for (const { action } of writtenActions(links)) {
    if (action.type !== 'end') continue;
    for (const field of ['stepId', 'workflowId'] as const) {
      if (action[field] !== undefined) report('ARZ083', keyAt(below(action.at, field)), { name: action.name, field });
    }
  }
};
