/** A list MUST NOT hold two parameters of the same `name` and `in` (Arazzo 1.1, Step and Workflow Objects). */
import type { Parameter, Reusable } from '../../model/arazzo.ts';
import { quiet, type Report } from '../finding.ts';
import { resolvedParameter } from '../link-components.ts';
import { keyOf } from '../link-parameters.ts';
import type { Linking } from '../linking.ts';
import { repeated, type Rule } from '../rule.ts';
import { writtenActions } from '../written.ts';

export const parameterDuplicate: Rule = (links, report) => {
  const asking = links.health.map(({ owner }) => owner);
  for (const { description, workflow } of [...links.workflows.values(), ...asking]) {
    const linking: Linking = { description, workflow, report: quiet };
    const beside = workflow.steps.flatMap(({ undo, probe }) => [undo, probe].filter((one) => one !== undefined));
    for (const { parameters } of [workflow, ...workflow.steps, ...beside]) reportRepeated(linking, parameters, report);
  }
  const [first] = links.workflows.values();
  if (first === undefined) return;
  for (const { description, action } of writtenActions(links)) {
    reportRepeated({ description, workflow: first.workflow, report: quiet }, action.parameters, report);
  }
};

function reportRepeated(linking: Linking, entries: readonly (Parameter | Reusable)[], report: Report): void {
  const named = entries.flatMap((entry) => resolvedParameter(linking, entry) ?? []);
  for (const { item, first } of repeated(named, ({ parameter }) => keyOf(parameter))) {
    const { name, in: where } = item.parameter;
    if (name !== '') report('ARZ061', item.at, { name, where, first: first.at });
  }
}
