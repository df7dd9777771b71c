/** A step that no path leads to. Only where steps run in array order: dependencies start a step by themselves. */
import { alwaysLeaves, flowOf, isAstray, reachableFrom } from '../flow.ts';
import { isOrderedByDependencies, type Rule } from '../rule.ts';

export const stepUnreachable: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    if (isOrderedByDependencies(owner.workflow) || isAstray(owner)) continue;
    const reached = reachableFrom(flowOf(owner), 0);
    for (const { step, index } of owner.steps.slice(1)) {
      if (reached[index]) continue;
      const before = owner.steps[index - 1];
      report('ARZ091', step.at, { stepId: step.stepId, by: before && alwaysLeaves(before)?.at });
    }
  }
};
