/** A criterion that cannot be read: its type, or its condition in the language of that type (Arazzo 1.1, Criterion Object). */
import { parseCriterion } from '../../expressions/values.ts';
import { faultOf, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';
import { criterionJson } from '../sites.ts';
import { writtenCriteria } from '../written.ts';

export const conditionInvalid: Rule = (links, report, tools) => {
  for (const { description, criterion } of writtenCriteria(links)) {
    const parsed = parseCriterion(criterionJson(criterion));
    for (const problem of parsed.ok ? [] : parsed.problems) {
      if (problem.path[0] === 'context' && criterion.context === undefined) continue;
      const { at, ...fault } = faultOf(description, criterion.at, problem);
      report('ARZ101', at, { ...fault, text: criterion.condition, type: typeName(criterion.type) });
    }
  }
  for (const { written, problem } of siteProblems(links, tools)) {
    const { subject, at: site } = written.site;
    if (problem.severity !== 'error' || !('type' in subject) || problem.path[0] !== 'condition') continue;
    const { at, ...fault } = faultOf(written.description, site, problem);
    report('ARZ101', at, { ...fault, type: subject.type });
  }
};

function typeName(type: unknown): string {
  return typeof type === 'string' ? type : 'typed';
}
