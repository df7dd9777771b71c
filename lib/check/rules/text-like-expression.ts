/** Text such as `$input.id` or `{$step.a}`, that no source of values begins, or `a $inputs.b` without braces: it is sent as it stands. */
import { faultOf, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';

const CODES: ReadonlySet<string> = new Set(['unknown-source', 'bare-expression']);

export const textLikeExpression: Rule = (links, report, tools) => {
  for (const { written, problem } of siteProblems(links, tools)) {
    if (problem.severity !== 'warning' || !CODES.has(problem.code)) continue;
    const { at, ...fault } = faultOf(written.description, written.site.at, problem);
    report('ARZ105', at, fault);
  }
};
