/** A runtime expression outside of conditions that does not follow the grammar (Arazzo 1.1, Runtime Expressions). */
import type { Problem } from '../../expressions/problem.ts';
import { faultOf, isSelectorProblem, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';

export const expressionInvalid: Rule = (links, report, tools) => {
  for (const { written, problem } of siteProblems(links, tools)) {
    const { subject, at: site } = written.site;
    if (problem.severity !== 'error' || isCondition('type' in subject, problem) || isSelectorProblem(problem)) continue;
    const { at, ...fault } = faultOf(written.description, site, problem);
    report('ARZ100', at, fault);
  }
};

function isCondition(isCriterion: boolean, { path }: Problem): boolean {
  return isCriterion && path[0] === 'condition';
}
