/** The `value` of a Reusable Object is only for parameters (Arazzo 1.1, Reusable Object). */
import { below } from '../../diagnostics/place.ts';
import { isReusable } from '../link-components.ts';
import type { Rule } from '../rule.ts';

export const reusableValueIgnored: Rule = (links, report) => {
  for (const { successActions, failureActions, steps } of links.workflows.keys()) {
    const lists = [successActions, failureActions, ...steps.flatMap((step) => [step.onSuccess, step.onFailure])];
    for (const entry of lists.flat()) {
      if (!isReusable(entry) || entry.value === undefined) continue;
      report('ARZ042', below(entry.at, 'value'), { reference: entry.reference });
    }
  }
};
