/**
 * A query, header or cookie parameter that the operation requires. Only a warning: documents require more than their
 * systems do. What the environment or Interlock itself gives is not missing.
 */
import type { Operation, OperationParameter } from '../../model/openapi.ts';
import { keyOf } from '../link-parameters.ts';
import { isProvided } from '../provided-parameters.ts';
import { callsOf, type Rule } from '../rule.ts';

export const parameterMissing: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { step, parameters } = linked;
    const { operation, document } = target;
    const given = new Set(parameters.map(({ parameter }) => keyOf(parameter)));
    const wholeQuery = parameters.some(({ parameter }) => parameter.in === 'querystring');
    for (const declared of operation.parameters) {
      const { name, in: where, required } = declared;
      if (!required || where === 'path' || (where === 'query' && wholeQuery)) continue;
      if (given.has(keyOf({ ...declared, value: null })) || isProvided(declared, document)) continue;
      if (isIdempotencyKey(declared, operation)) continue;
      report('ARZ068', step.at, { name, where, operation: title, stepId: step.stepId });
    }
  }
};

/** Sent with every call that is not safe to repeat, whether or not the description says so. */
function isIdempotencyKey({ name, in: where }: OperationParameter, { method }: Operation): boolean {
  return where === 'header' && name.toLowerCase() === 'idempotency-key' && ['post', 'patch'].includes(method);
}
