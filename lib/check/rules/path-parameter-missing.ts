/**
 * A path cannot be built while one of its parameters is not given. Beside a path parameter that the path does not have
 * this would be said twice: that one is most probably it.
 */
import { pathNames } from '../link-parameters.ts';
import { callsOf, type Rule } from '../rule.ts';

export const pathParameterMissing: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { step } = linked;
    const given = linked.parameters.filter(({ parameter }) => parameter.in === 'path' || parameter.in === undefined);
    const names = given.map(({ parameter }) => parameter.name);
    const wanted = pathNames(target.operation.path);
    if (names.some((name) => !wanted.includes(name))) continue;
    for (const name of wanted) {
      if (!names.includes(name)) report('ARZ066', step.at, { name, operation: title, stepId: step.stepId });
    }
  }
};
