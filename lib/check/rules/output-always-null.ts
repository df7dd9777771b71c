/** An output made of one that is not declared: harmless to run, since what is missing is null in an output. */
import { impliedOutputs } from '../implied-outputs.ts';
import type { Rule } from '../rule.ts';
import { outputNames, undeclaredOutputs } from '../rule-reads.ts';

export const outputAlwaysNull: Rule = (links, report) => {
  const implied = impliedOutputs(links);
  for (const { step, output, moment, at } of undeclaredOutputs(links)) {
    if (moment !== 'outputs' || implied.get(step)?.has(output)) continue;
    report('ARZ114', at, { stepId: step.stepId, output, known: outputNames(step) });
  }
};
