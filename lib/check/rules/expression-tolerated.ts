/**
 * What is understood although the standard does not write it so: dots into a body, double quotes, a whole object. A
 * dot in a name is no fault where the name is declared with it, nor is a filter at the root of what is documented as a list.
 */
import { references } from '../../expressions/references.ts';
import { criteriaOverLists, placeName } from '../answered-lists.ts';
import { inputNames } from '../link-reads.ts';
import { faultOf, type SiteProblem, siteProblems } from '../faults.ts';
import type { Rule } from '../rule.ts';

export const expressionTolerated: Rule = (links, report, tools) => {
  const overLists = criteriaOverLists(links);
  for (const found of siteProblems(links, tools)) {
    const { written, problem } = found;
    if (problem.severity !== 'warning' || problem.code === 'unknown-source') continue;
    if (problem.code === 'bare-expression') continue;
    if (problem.code === 'dotted-name' && isDeclared(found)) continue;
    if (problem.code === 'filter-on-root' && overLists.has(placeName(written.site.at))) continue;
    const { at, ...fault } = faultOf(written.description, written.site.at, problem);
    report('ARZ103', at, fault);
  }
};

function isDeclared({ written: { owner, site }, problem }: SiteProblem): boolean {
  const { expression } =
    references(site.subject).find(
      ({ at, text, path }) =>
        path.join('/') === problem.path.join('/') && at <= problem.at && problem.at < at + text.length,
    ) ?? {};
  if (owner === undefined || expression === undefined) return false;
  if (expression.source === 'inputs') return inputNames(owner.workflow.inputs).includes(expression.name);
  if (expression.source !== 'steps') return false;
  const step = owner.workflow.steps.find((one) => one.stepId === expression.stepId);
  return (step?.outputs.has(expression.name) ?? false) || step?.poll?.outputs.has(expression.name) === true;
}
