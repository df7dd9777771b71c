/** An output that is read but not declared is never there (Arazzo 1.1, Runtime Expressions). */
import type { Rule } from '../rule.ts';
import { readsIn } from '../rule-reads.ts';

export const outputUnknown: Rule = (links, report) => {
  for (const { what, at } of readsIn(links)) {
    if (what.kind !== 'step' || what.output === '' || what.step.outputs.has(what.output)) continue;
    const { stepId, outputs } = what.step;
    report('ARZ106', at, { stepId, output: what.output, known: [...outputs.keys()], declared: what.step.at });
  }
};
