/** A body that the operation requires: without it every request would break the contract. */
import { callsOf, type Rule } from '../rule.ts';

export const requestBodyMissing: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { requestBody, stepId, at } = linked.step;
    if (target.operation.requestBody?.required !== true) continue;
    const given = requestBody?.payload !== undefined || (requestBody?.replacements.length ?? 0) > 0;
    if (!given) report('ARZ071', requestBody?.at ?? at, { stepId, operation: title });
  }
};
