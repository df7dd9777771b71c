/**
 * Without `dependsOn` steps run in array order, and an output that is read before its step has run is an error (Arazzo
 * 1.1, Step Object: SHOULD). Where an action leads back, the reader may come after the step in time although it stands
 * before it; a loop may carry a step's own output into its next passage.
 */
import { flowOf, isAstray, reachableFrom } from '../flow.ts';
import { isOrderedByDependencies, type Rule } from '../rule.ts';

export const forwardOutputReference: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    if (isOrderedByDependencies(owner.workflow) || isAstray(owner)) continue;
    const flow = flowOf(owner);
    const places = new Map(owner.steps.map(({ step, index }) => [step, index]));
    for (const { step, index, reads } of owner.steps) {
      for (const { what, moment, text, at } of reads) {
        // An output that is not declared has its own diagnostic, wherever its step stands.
        if (what.kind !== 'step' || !what.step.outputs.has(what.output)) continue;
        if ((places.get(what.step) ?? 0) < index) continue;
        if (what.step === step && (moment === 'action' || moment === 'outputs')) continue;
        if (reachableFrom(flow, what.step).has(step)) continue;
        report('ARZ088', at, { stepId: step.stepId, of: what.step.stepId, text, place: what.step.at });
      }
    }
  }
};
