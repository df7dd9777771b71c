/** A body for an operation that declares none: the standard says SHOULD NOT, so it is sent with a warning. */
import { callsOf, type Rule } from '../rule.ts';

export const requestBodyUnexpected: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { requestBody, stepId } = linked.step;
    if (requestBody === undefined || target.operation.requestBody !== undefined) continue;
    report('ARZ070', requestBody.at, { stepId, operation: title });
  }
};
