/** `in` MUST NOT be given for parameters of an action (Arazzo 1.1, Success Action Object). */
import { type Rule, stepsOf } from '../rule.ts';

export const parameterInForbidden: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const parameters = [...linked.successActions, ...linked.failureActions].flatMap((action) => action.parameters);
    for (const { parameter, at } of parameters) {
      if (parameter.in !== undefined) report('ARZ064', at, { name: parameter.name, where: parameter.in });
    }
  }
};
