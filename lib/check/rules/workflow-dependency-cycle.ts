/**
 * Workflows that wait for each other: by `dependsOn`, by reading outputs, by calling. A circle of calls alone is
 * lib/plan's business, since what a call needs is a place in a machine, not an order; one of reads alone is no order.
 */
import { below } from '../../diagnostics/place.ts';
import type { Workflow } from '../../model/arazzo.ts';
import type { LinkedWorkflow } from '../../model/links.ts';
import type { Rule } from '../rule.ts';
import { circles, type WaitOf } from '../waits.ts';

export const workflowDependencyCycle: Rule = (links, report) => {
  const waits = [...links.workflows.values()].flatMap((owner) => [...declared(owner), ...called(owner)]);
  for (const circle of circles(links.workflows.keys(), waits)) {
    const first = circle.find(({ why }) => why === 'dependsOn');
    if (first !== undefined) report('ARZ090', first.at, { waits: circle });
  }
};

function declared({ workflow, dependsOn }: LinkedWorkflow): WaitOf<Workflow>[] {
  return dependsOn.map(({ workflow: awaited, at }) => ({
    from: workflow.workflowId,
    to: awaited.workflowId,
    why: 'dependsOn',
    at,
    waiter: workflow,
    awaited,
  }));
}

function called({ workflow, steps }: LinkedWorkflow): WaitOf<Workflow>[] {
  return steps.flatMap(({ step, target }) => {
    if (target?.kind !== 'workflow') return [];
    const { workflow: awaited } = target;
    const names = { from: workflow.workflowId, to: awaited.workflowId };
    return [{ ...names, why: 'call', at: below(step.at, 'workflowId'), waiter: workflow, awaited }];
  });
}
