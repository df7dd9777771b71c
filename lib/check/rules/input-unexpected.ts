/** An input that a called workflow does not declare: a misspelt name goes unseen, since schemas are open by default. */
import { inputNames } from '../link-reads.ts';
import { isClosed, isComplete } from '../input-schema.ts';
import { type Rule, stepsAndBesideOf } from '../rule.ts';

export const inputUnexpected: Rule = (links, report) => {
  for (const { linked } of stepsAndBesideOf(links)) {
    const { target, parameters, successActions, failureActions } = linked;
    const calls = [{ target, parameters }, ...successActions, ...failureActions];
    for (const call of calls) {
      if (call.target?.kind !== 'workflow') continue;
      const { workflowId, inputs } = call.target.workflow;
      if (!isComplete(inputs) || isClosed(inputs)) continue;
      const known = inputNames(inputs);
      for (const { parameter, at } of call.parameters) {
        if (!known.includes(parameter.name)) report('ARZ075', at, { name: parameter.name, workflowId, known });
      }
    }
  }
};
