/**
 * Which documented status a plan's criteria ask for, by operation: a simulated system then answers with that one. Only
 * the plain form `$statusCode == 201` is read; everything else keeps the operation's first good answer.
 */
import type { Plan } from '../model/plan.ts';

export function wantedStatuses(plan: Plan): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const step of Object.values(plan.steps)) {
    for (const criterion of step.criteria) {
      const status =
        criterion.type === 'simple' ? /^\s*\$statusCode\s*==\s*(\d{3})\b/.exec(criterion.condition)?.[1] : undefined;
      if (status !== undefined && !wanted.has(step.operation)) wanted.set(step.operation, Number(status));
    }
  }
  return wanted;
}
