/** On a step with `workflowId` a parameter is an input, known by its name alone (Arazzo 1.1, Parameter Object). */
import { type Rule, subworkflowsOf } from '../rule.ts';

export const parameterInIgnored: Rule = (links, report) => {
  for (const { linked } of subworkflowsOf(links)) {
    for (const { parameter, origin, at } of linked.parameters) {
      if (origin !== 'step' || parameter.in === undefined) continue;
      report('ARZ063', at, { name: parameter.name, where: parameter.in });
    }
  }
};
