/** What a deploy changes, and for whom, as people read it. */
import type { DeployChanges, StepChanges, WorkflowChange } from '../analyze/deploy-changes.ts';

const SHOWN_HASH = 12;

export function renderDeployChanges({ workflows, systems }: DeployChanges): string {
  const lines = [...workflows.flatMap(ofWorkflow), ...ofSystems(systems)];
  return `${lines.join('\n')}\n`;
}

function ofWorkflow(one: WorkflowChange): readonly string[] {
  switch (one.change) {
    case 'same':
      return [`${one.workflowId}: as it is`];
    case 'new':
      return [`${one.workflowId}: new`];
    case 'removed':
      return [
        `${one.workflowId}: removed with its machines`,
        '  runs under way  nobody looks after them any more: let them come to rest before the deploy',
      ];
    case 'changed':
      return [
        `${one.workflowId}: plan ${one.from.slice(0, SHOWN_HASH)} becomes ${one.to.slice(0, SHOWN_HASH)}`,
        ...ofSteps(one.steps),
        ...(one.beside ? ['  ~ beside single steps: order, inputs, outputs or policies'] : []),
        one.replaced
          ? '  runs under way  end with their machine, which another one replaces since its mode changes; what stands of them is undone: let them come to rest before the deploy'
          : '  runs under way  go on under the plan and the functions that they began with, their undo too',
        '  failed runs     are retried under the new plan only (`"description": "current"`)',
        '  new runs        begin under the new plan',
      ];
  }
}

function ofSteps({ added, removed, changed }: StepChanges): readonly string[] {
  return [
    ...added.map((path) => `  + ${path}`),
    ...removed.map((path) => `  - ${path}`),
    ...changed.map((path) => `  ~ ${path}`),
  ];
}

function ofSystems({ added, removed }: DeployChanges['systems']): readonly string[] {
  return [
    ...added.map(
      (name) => `system ${name}: called for the first time; its credentials have to be there before the deploy`,
    ),
    ...removed.map(
      (name) => `system ${name}: called no more, and its function goes: let the runs that call it come to rest first`,
    ),
  ];
}
