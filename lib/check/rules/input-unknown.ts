/** An input that the workflow's closed schema does not list: read, it is never there; given, the call always fails. */
import type { Workflow } from '../../model/arazzo.ts';
import type { Place } from '../../model/diagnostic.ts';
import type { Links } from '../../model/links.ts';
import { isClosed } from '../input-schema.ts';
import { inputNames } from '../link-reads.ts';
import { type Rule, subworkflowsOf } from '../rule.ts';
import { readsIn } from '../rule-reads.ts';

export const inputUnknown: Rule = (links, report) => {
  for (const { workflow, input, at } of [...inputReads(links), ...givenInputs(links)]) {
    const known = inputNames(workflow.inputs);
    if (input === '' || known.includes(input) || !isClosed(workflow.inputs)) continue;
    report('ARZ108', at, { workflowId: workflow.workflowId, input, known });
  }
};

export interface InputNamed {
  readonly workflow: Workflow;
  readonly input: string;
  readonly at: Place;
}

/** Inputs that are read, by the workflow itself or by another one. */
export function inputReads(links: Links): InputNamed[] {
  return readsIn(links).flatMap(({ what, owner, at }) => {
    if (what.kind === 'input') return [{ workflow: owner.workflow, input: what.name, at }];
    if (what.kind !== 'workflow' || what.field !== 'inputs') return [];
    return [{ workflow: what.target.workflow, input: what.name, at }];
  });
}

function givenInputs(links: Links): InputNamed[] {
  return subworkflowsOf(links).flatMap(({ linked, target }) =>
    linked.parameters.map(({ parameter, at }) => ({ workflow: target.workflow, input: parameter.name, at })),
  );
}
