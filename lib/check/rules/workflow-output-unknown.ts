/**
 * An output of a workflow that is read but not declared: by `$workflows.<id>.outputs.<name>`, or by `$outputs.<name>`
 * on the step that calls it.
 */
import type { Workflow } from '../../model/arazzo.ts';
import type { Place } from '../../model/diagnostic.ts';
import type { Report } from '../finding.ts';
import { declaredName } from '../link-reads.ts';
import { type Rule, subworkflowsOf } from '../rule.ts';
import { readsIn } from '../rule-reads.ts';
import { mentionsIn, sitesOfStep } from '../sites.ts';

export const workflowOutputUnknown: Rule = (links, report) => {
  for (const { what, at } of readsIn(links)) {
    if (what.kind === 'workflow' && what.field === 'outputs')
      reportUnknown(what.target.workflow, what.name, at, report);
  }
  for (const { linked, target } of subworkflowsOf(links)) {
    for (const { expression, at } of mentionsIn(sitesOfStep(linked))) {
      if (expression.source === 'outputs') reportUnknown(target.workflow, expression.name, at, report);
    }
  }
};

function reportUnknown({ workflowId, outputs, at: declared }: Workflow, name: string, at: Place, report: Report): void {
  const known = [...outputs.keys()];
  const output = declaredName(name, known);
  if (output !== '' && !outputs.has(output)) report('ARZ107', at, { workflowId, output, known, declared });
}
