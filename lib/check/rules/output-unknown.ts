/**
 * An output that is read but not declared is never there: a request or a decision is made without it, or not at all. One
 * that the workflow has which the step calls is handed on all the same.
 */
import { calledBy } from '../implied-outputs.ts';
import type { Rule } from '../rule.ts';
import { outputNames, undeclaredOutputs } from '../rule-reads.ts';

export const outputUnknown: Rule = (links, report) => {
  const called = calledBy(links);
  for (const { step, output, moment, at } of undeclaredOutputs(links)) {
    const workflow = called.get(step);
    const calls = workflow?.outputs.has(output) ? workflow.workflowId : undefined;
    if (moment === 'outputs' && calls === undefined) continue;
    const known = outputNames(step);
    report('ARZ106', at, { stepId: step.stepId, output, known, declared: step.at, calls });
  }
};
