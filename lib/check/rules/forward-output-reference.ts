/**
 * Without `dependsOn` steps run in array order, and an output that is read before its step has run is an error (Arazzo
 * 1.1, Step Object: SHOULD). Where an action leads back, the reader may come after the step in time although it stands
 * before it; a loop may carry a step's own output into its next passage. An output that is not declared has its own
 * diagnostic, wherever its step stands.
 */
import type { LinkedWorkflow } from '../../model/links.ts';
import { type EarlyRead, earlyReads } from '../early-reads.ts';
import { isAstray } from '../flow.ts';
import { isOrderedByDependencies, type Rule } from '../rule.ts';

export const forwardOutputReference: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    for (const { reader, of, read } of inArrayOrder(owner)) {
      report('ARZ088', read.at, { stepId: reader.step.stepId, of: of.stepId, text: read.text, place: of.at });
    }
  }
};

function inArrayOrder(owner: LinkedWorkflow): readonly EarlyRead[] {
  if (isOrderedByDependencies(owner.workflow) || isAstray(owner)) return [];
  return earlyReads(owner).filter(
    ({ reader, of, read }) => of !== reader.step || read.moment === 'request' || read.moment === 'criteria',
  );
}
