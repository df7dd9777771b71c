/**
 * An input that a called workflow requires, without a default. Inputs are validated, so without it the call always
 * fails. A goto without parameters hands on the caller's inputs, so there nothing is missing for sure.
 */
import { below } from '../../diagnostics/place.ts';
import type { Place } from '../../model/diagnostic.ts';
import { isObject } from '../../model/json.ts';
import type { LinkedParameter, WorkflowTarget } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsAndBesideOf } from '../rule.ts';

export const inputMissing: Rule = (links, report) => {
  for (const { linked } of stepsAndBesideOf(links)) {
    const { step, target, parameters, successActions, failureActions } = linked;
    if (target?.kind === 'workflow') reportMissing(target, parameters, step.at, report);
    for (const action of [...successActions, ...failureActions]) {
      if (action.target?.kind !== 'workflow' || action.parameters.length === 0) continue;
      reportMissing(action.target, action.parameters, action.at, report);
    }
  }
};

function reportMissing(
  { workflow }: WorkflowTarget,
  parameters: readonly LinkedParameter[],
  at: Place,
  report: Report,
): void {
  const given = new Set(parameters.map(({ parameter }) => parameter.name));
  for (const name of requiredInputs(workflow.inputs)) {
    if (given.has(name)) continue;
    report('ARZ074', at, { name, workflowId: workflow.workflowId, declared: below(workflow.at, 'inputs') });
  }
}

function requiredInputs(inputs: unknown): string[] {
  if (!isObject(inputs) || !Array.isArray(inputs['required'])) return [];
  const properties = isObject(inputs['properties']) ? inputs['properties'] : {};
  return inputs['required'].filter((name): name is string => {
    if (typeof name !== 'string') return false;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return !isObject(property) || !Object.hasOwn(property, 'default');
  });
}
