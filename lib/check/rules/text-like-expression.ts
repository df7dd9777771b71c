/** Text such as `$input.id` or `{$step.a}` that no source of values begins: it is sent as it stands, which is rarely meant. */
import { faultOf, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';

export const textLikeExpression: Rule = (links, report, tools) => {
  for (const { written, problem } of siteProblems(links, tools)) {
    if (problem.severity !== 'warning' || problem.code !== 'unknown-source') continue;
    const { at, ...fault } = faultOf(written.description, written.site.at, problem);
    report('ARZ105', at, fault);
  }
};
