/** `parameters` of an action are only for a `workflowId` target (Arazzo 1.1, Success and Failure Action Objects). */
import { below, keyAt } from '../../diagnostics/place.ts';
import type { Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const actionParametersMisplaced: Rule = (links, report) => {
  for (const { action } of writtenActions(links)) {
    if (action.parameters.length === 0 || action.workflowId !== undefined) continue;
    report('ARZ085', keyAt(below(action.at, 'parameters')), { name: action.name });
  }
};
