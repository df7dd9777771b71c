/**
 * What the criteria of a call look at: a step that counts as done has it. A criterion may look at it only to find that it is
 * absent; then no alarm is lost but one, and none is false.
 */
import { references } from '../../expressions/references.ts';
import type { Plan, PlanCall } from '../../model/plan.ts';
import type { Criterion } from '../../model/value.ts';

export interface Vouched {
  /** Down to these, everything is there. */
  readonly ways: readonly (readonly string[])[];
  /** Below these, a query has looked at what nobody knows here. */
  readonly queried: readonly (readonly string[])[];
}

export function vouchedBy(plan: Plan, call: PlanCall): Vouched {
  const probed = Object.values(plan.steps).flatMap(({ probe }) => (probe?.call === call.path ? probe.applied : []));
  const criteria = [...call.criteria, ...probed];
  return {
    ways: criteria.flatMap(waysIntoBody),
    queried: criteria.filter(({ type }) => type === 'jsonpath' || type === 'xpath').flatMap(waysIntoBody),
  };
}

function waysIntoBody(criterion: Criterion): readonly (readonly string[])[] {
  return references(criterion).flatMap(({ expression }) =>
    expression.source === 'response' && expression.part === 'body'
      ? [[...expression.trail, ...expression.pointer]]
      : [],
  );
}

export function isVouched({ ways, queried }: Vouched, pointer: readonly string[]): boolean {
  return ways.some((way) => isWithin(pointer, way)) || queried.some((way) => isWithin(way, pointer));
}

/** `outer` leads to `inner`, or is it. */
function isWithin(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.length <= inner.length && outer.every((token, index) => token === inner[index]);
}
