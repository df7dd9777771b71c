/**
 * A workflow that undoes a step is a row of calls, made one after another until all are done: nothing in it jumps, runs
 * beside another, or is undone itself (docs/decisions).
 */
import { below } from '../../diagnostics/place.ts';
import type { Place } from '../../model/diagnostic.ts';
import type { LinkedStep, LinkedWorkflow } from '../../model/links.ts';
import type { Rule } from '../rule.ts';
import { workflowsThatUndo } from '../undo-workflows.ts';

export const undoWorkflowNotStraight: Rule = (links, report) => {
  for (const [workflow, undone] of workflowsThatUndo(links)) {
    const linked = links.workflows.get(workflow);
    const facts = { workflowId: workflow.workflowId, stepId: undone.step.stepId, used: undone.undo?.step.at };
    for (const { at, what } of linked ? bendsOf(linked) : []) report('XIL036', at, { ...facts, what });
  }
};

interface Bend {
  readonly at: Place;
  /** Ends the sentence "Workflow x undoes step y, but ...". */
  readonly what: string;
}

function bendsOf({ workflow, dependsOn, steps }: LinkedWorkflow): readonly Bend[] {
  const { at, policy } = workflow;
  const parallel = policy['parallel'] === true;
  return [
    ...(dependsOn.length > 0 ? [{ at: below(at, 'dependsOn'), what: 'depends on other workflows' }] : []),
    ...(parallel ? [{ at: below(at, 'x-interlock', 'parallel'), what: 'asks for parallel steps' }] : []),
    ...steps.flatMap(bendsOfStep),
  ];
}

function bendsOfStep(linked: LinkedStep): readonly Bend[] {
  const { step, successActions, failureActions, target } = linked;
  const { stepId, successCriteria, policy } = step;
  const jumps = [...successActions, ...failureActions.filter(({ action }) => action.type !== 'end')];
  const beside = ['compensate', 'probe', 'fallback', 'forEach', 'poll', 'interaction'].filter(
    (key) => Object.hasOwn(policy, key) && !(key === 'compensate' && !step.undo),
  );
  const judges = target?.kind === 'workflow' && successCriteria.length > 0;
  return [
    ...jumps.map(({ at, action }) => ({ at, what: `has action "${action.name}", which leads elsewhere` })),
    ...beside.map((key) => ({ at: below(step.at, 'x-interlock', key), what: `has a \`${key}\` of its own` })),
    ...(judges
      ? [{ at: below(step.at, 'successCriteria'), what: `judges the workflow that step "${stepId}" calls` }]
      : []),
  ];
}
