/** Where the workflow of a plan is written, as far as its steps tell. */
import type { Place } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';

/** The workflow that is run: the one that its first step stands in, unless that is another's. */
export function workflowPlace(plan: Plan): Place | undefined {
  const steps = Object.values(plan.steps);
  const step = steps.find(({ scope }) => scope === '') ?? steps[0];
  const [pointer] = /^\/workflows\/\d+/.exec(step?.origin.pointer ?? '') ?? [];
  return step && pointer !== undefined ? { document: step.origin.document, pointer } : step?.origin;
}
