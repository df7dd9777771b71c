/**
 * A workflow of a description without any policy, which may fail after it has changed something: said once, since such
 * documents were written before Interlock. An effect of the last step alone is not left behind by a failure.
 */
import { effectsToUndo, usesPolicies } from '../effects.ts';
import type { Rule } from '../rule.ts';

export const effectsUnprotected: Rule = (links, report) => {
  const left = effectsToUndo(links).filter(
    ({ owner, linked }) => !usesPolicies(owner.description) && linked.index < owner.steps.length - 1,
  );
  for (const [{ workflow }, effects] of Map.groupBy(left, ({ owner }) => owner)) {
    const stepIds = effects.map(({ linked }) => linked.step.stepId);
    report('XIL042', workflow.at, { workflowId: workflow.workflowId, stepIds });
  }
};
