/** Ids SHOULD match `[A-Za-z0-9_-]+`: nothing else can be referred to by an expression of the grammar. */
import { below } from '../../diagnostics/place.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const idIrregular: Rule = (links, report) => {
  for (const { workflowId, at } of links.workflows.keys()) {
    if (isIrregular(workflowId)) report('ARZ033', below(at, 'workflowId'), { what: 'Workflow', id: workflowId });
  }
  for (const { linked } of stepsOf(links)) {
    const { stepId, at } = linked.step;
    if (isIrregular(stepId)) report('ARZ033', below(at, 'stepId'), { what: 'Step', id: stepId });
  }
};

/** An empty id is a missing one, which is the structural check's. */
function isIrregular(id: string): boolean {
  return id !== '' && !/^[A-Za-z0-9_-]+$/.test(id);
}
