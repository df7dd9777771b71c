/**
 * A query, header or cookie parameter that the operation does not declare. Only a warning: real OpenAPI documents leave
 * out headers that their systems want, and it can be sent. Credentials and the headers that OpenAPI has no parameters
 * for are expected; a default of the workflow need not fit every step; a whole query has no name that could be known.
 */
import { callsOf, type Rule } from '../rule.ts';
import { isProvided } from '../provided-parameters.ts';

export const parameterUnknown: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    if (target.operation.message?.action === 'receive') continue;
    const { operation, document } = target;
    for (const { parameter, origin, at, declared } of linked.parameters) {
      const { name, in: where } = parameter;
      if (origin !== 'step' || declared !== undefined || where === undefined) continue;
      if (where === 'path' || where === 'querystring') continue;
      if (isProvided({ name, in: where }, document)) continue;
      const known = operation.parameters.filter((one) => one.in === where).map((one) => one.name);
      report('ARZ067', at, { name, where, operation: title, known });
    }
  }
};
