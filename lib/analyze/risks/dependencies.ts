/**
 * Another way on that is no way on: a failing step goes to one that calls another system, and both depend on the same. (A
 * `fallback` by a step calls the system of its own step always, XIL038: it helps against an answer, never against a system.)
 */
import { behind, dependsOnIn } from '../../model/dependencies.ts';
import type { Plan } from '../../model/plan.ts';
import type { Risk } from './risk.ts';

export const failoverSharesDependency: Risk = ({ plan, places, report }) => {
  for (const step of Object.values(plan.steps)) {
    const system = systemOf(plan, step.path);
    for (const [index, { name, type, label }] of step.onFailure.entries()) {
      const target = type === 'goto' ? plan.steps[label?.replace(/^goto /, '') ?? ''] : undefined;
      const other = target && systemOf(plan, target.path);
      if (!target || system === undefined || other === undefined || system === other) continue;
      const shared = sharedBy(plan, system, other);
      if (shared.length === 0) continue;
      const at = places.of(step.origin, ['onFailure', String(index)]);
      report('RSK019', at, {
        stepId: step.stepId,
        action: name,
        target: target.stepId,
        systems: [system, other],
        shared,
      });
    }
  }
};

function systemOf(plan: Plan, path: string): string | undefined {
  return plan.operations[plan.steps[path]?.operation ?? '']?.system;
}

/** By what they are everywhere: two source descriptions may be the same system. */
function sharedBy(plan: Plan, one: string, other: string): readonly string[] {
  const dependsOn = dependsOnIn(Object.values(plan.systems));
  const identity = (name: string): string => plan.systems[name]?.identity ?? name;
  const own = new Set([one, ...behind(one, dependsOn)].map(identity));
  return [...new Set([other, ...behind(other, dependsOn)].map(identity))].filter((name) => own.has(name));
}
