/** A Selector Object that cannot be read: its type, or its selector in the language of that type (Arazzo 1.1, section 11). */
import { faultOf, isSelectorProblem, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';

export const selectorInvalid: Rule = (links, report, tools) => {
  for (const { written, problem } of siteProblems(links, tools)) {
    const { subject, at: site } = written.site;
    if (problem.severity !== 'error' || 'type' in subject || !isSelectorProblem(problem)) continue;
    const { at, ...fault } = faultOf(written.description, site, problem);
    report('ARZ102', at, fault);
  }
};
