/** A path cannot be built while one of its parameters is not given. */
import { pathNames } from '../link-parameters.ts';
import { callsOf, type Rule } from '../rule.ts';

export const pathParameterMissing: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { step } = linked;
    const given = new Set(linked.parameters.map(({ parameter }) => parameter.name));
    for (const name of pathNames(target.operation.path)) {
      if (!given.has(name)) report('ARZ066', step.at, { name, operation: title, stepId: step.stepId });
    }
  }
};
