/** An input that is read but not declared, where the schema is open: it may be given, but nothing says so. */
import { isClosed, isComplete } from '../input-schema.ts';
import { inputNames } from '../link-reads.ts';
import type { Rule } from '../rule.ts';
import { inputReads } from './input-unknown.ts';

export const inputUndeclared: Rule = (links, report) => {
  for (const { workflow, input, at } of inputReads(links)) {
    const known = inputNames(workflow.inputs);
    if (input === '' || known.includes(input) || !isComplete(workflow.inputs) || isClosed(workflow.inputs)) continue;
    report('ARZ109', at, { workflowId: workflow.workflowId, input, known });
  }
};
