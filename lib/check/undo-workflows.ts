/** Workflows that undo steps: those that a `compensate` names, and those that they call. */
import type { Workflow } from '../model/arazzo.ts';
import type { LinkedStep, LinkedWorkflow, Links } from '../model/links.ts';
import { stepsOf } from './rule.ts';

/** Each with the first step that it undoes. */
export function workflowsThatUndo(links: Links): ReadonlyMap<Workflow, LinkedStep> {
  const found = new Map<Workflow, LinkedStep>();
  for (const { linked } of stepsOf(links)) {
    if (linked.undo?.target?.kind !== 'workflow') continue;
    for (const { workflow } of calledFrom(links, linked.undo.target.workflow)) {
      if (!found.has(workflow)) found.set(workflow, linked);
    }
  }
  return found;
}

/** The workflow, and all that its steps call. */
function calledFrom(links: Links, first: Workflow): readonly LinkedWorkflow[] {
  const all = new Set([first]);
  for (const workflow of all) {
    for (const { target } of links.workflows.get(workflow)?.steps ?? []) {
      if (target?.kind === 'workflow') all.add(target.workflow);
    }
  }
  return [...all].flatMap((workflow) => links.workflows.get(workflow) ?? []);
}
