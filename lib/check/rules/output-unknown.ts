/** An output that is read but not declared is never there; a request or a decision cannot be made of it. */
import type { Rule } from '../rule.ts';
import { undeclaredOutputs } from '../rule-reads.ts';

export const outputUnknown: Rule = (links, report) => {
  for (const { step, output, moment, at } of undeclaredOutputs(links)) {
    if (moment === 'outputs') continue;
    const { stepId, outputs } = step;
    report('ARZ106', at, { stepId, output, known: [...outputs.keys()], declared: step.at });
  }
};
