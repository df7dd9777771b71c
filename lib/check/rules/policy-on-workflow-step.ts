/** A step that calls a workflow makes no request: what is said of a request or its effect belongs to the steps inside. */
import { below, keyAt } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';

const keys = [
  'compensate',
  'probe',
  'fallback',
  'idempotency',
  'onChange',
  'concurrency',
  'forEach',
  'poll',
  'interaction',
];

export const policyOnWorkflowStep: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { step, target } = linked;
    if (target?.kind !== 'workflow') continue;
    for (const key of keys.filter((one) => Object.hasOwn(step.policy, one))) {
      const at = keyAt(below(step.at, 'x-interlock', key));
      report('XIL031', at, { stepId: step.stepId, key, workflowId: target.workflow.workflowId });
    }
  }
};
