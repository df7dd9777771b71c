/** An output that is read but not declared is never there: a request or a decision is made without it, or not at all. */
import { type Rule, subworkflowsOf } from '../rule.ts';
import { outputNames, undeclaredOutputs } from '../rule-reads.ts';

export const outputUnknown: Rule = (links, report) => {
  const called = new Map(subworkflowsOf(links).map(({ linked, target }) => [linked.step, target.workflow]));
  for (const { step, output, moment, at } of undeclaredOutputs(links)) {
    if (moment === 'outputs') continue;
    const workflow = called.get(step);
    const calls = workflow?.outputs.has(output) ? workflow.workflowId : undefined;
    const known = outputNames(step);
    report('ARZ106', at, { stepId: step.stepId, output, known, declared: step.at, calls });
  }
};
