/** `in` MUST be given unless the parameter is an input of a workflow (Arazzo 1.1, Parameter Object). */
import { type Rule, stepsAndBesideOf } from '../rule.ts';

export const parameterInMissing: Rule = (links, report) => {
  for (const { linked } of stepsAndBesideOf(links)) {
    const { target, step } = linked;
    // What it calls may lie nowhere, and that it is no workflow is known all the same.
    if (step.target === undefined || step.target.kind === 'workflowId') continue;
    for (const { parameter, origin, at } of linked.parameters) {
      if (origin !== 'step' || parameter.in !== undefined) continue;
      const { name } = parameter;
      const known = target?.kind === 'operation' ? target.operation.parameters : [];
      report('ARZ062', at, { name, declared: known.filter((one) => one.name === name).map((one) => one.in) });
    }
  }
};
