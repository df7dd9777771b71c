/** `in` MUST be given unless the parameter is an input of a workflow (Arazzo 1.1, Parameter Object). */
import { callsOf, type Rule } from '../rule.ts';

export const parameterInMissing: Rule = (links, report) => {
  for (const { linked, target } of callsOf(links)) {
    for (const { parameter, origin, at } of linked.parameters) {
      if (origin !== 'step' || parameter.in !== undefined) continue;
      const { name } = parameter;
      const declared = target.operation.parameters.filter((one) => one.name === name).map((one) => one.in);
      report('ARZ062', at, { name, declared });
    }
  }
};
