/**
 * A query, header or cookie parameter that the operation requires. Only a warning: documents require more than their
 * systems do. What the environment or Interlock itself gives is not missing.
 */
import { isSafeMethod } from '../../model/methods.ts';
import type { OperationParameter } from '../../model/openapi.ts';
import { keyOf } from '../link-parameters.ts';
import { typedPolicies } from '../policy.ts';
import { isProvided } from '../provided-parameters.ts';
import { type CallOf, callsOf, type Rule } from '../rule.ts';

export const parameterMissing: Rule = (links, report) => {
  for (const call of callsOf(links)) {
    const { linked, target, title } = call;
    const { step, parameters } = linked;
    const { operation, document } = target;
    const given = new Set(parameters.map(({ parameter }) => keyOf(parameter)));
    const wholeQuery = parameters.some(({ parameter }) => parameter.in === 'querystring');
    for (const declared of operation.parameters) {
      const { name, in: where, required } = declared;
      if (!required || where === 'path' || (where === 'query' && wholeQuery)) continue;
      if (given.has(keyOf({ ...declared, value: null })) || isProvided(declared, document)) continue;
      if (isKeyHeader(declared, call)) continue;
      report('ARZ068', step.at, { name, where, operation: title, stepId: step.stepId });
    }
  }
};

/** Sent with every call that changes something; under another name where the description says so, and then only there. */
function isKeyHeader({ name, in: where }: OperationParameter, { linked, target }: CallOf): boolean {
  if (where !== 'header' || isSafeMethod(target.operation.method)) return false;
  const { idempotency } = typedPolicies.ofStep(linked.step.policy);
  return name.toLowerCase() === (idempotency?.header ?? 'Idempotency-Key').toLowerCase();
}
