/** A list MUST NOT hold two actions of the same name (Arazzo 1.1, Step and Workflow Objects). */
import type { Place } from '../../model/diagnostic.ts';
import { quiet, type Report } from '../finding.ts';
import { resolved } from '../link-components.ts';
import type { Linking } from '../linking.ts';
import { repeated, type Rule } from '../rule.ts';

export const actionNameDuplicate: Rule = (links, report) => {
  for (const { description, workflow } of links.workflows.values()) {
    const linking: Linking = { description, workflow, report: quiet };
    for (const list of [workflow.successActions, ...workflow.steps.map((step) => step.onSuccess)]) {
      reportRepeated(
        list.map((entry) => ({ at: entry.at, name: resolved(linking, 'successActions', entry)?.name })),
        report,
      );
    }
    for (const list of [workflow.failureActions, ...workflow.steps.map((step) => step.onFailure)]) {
      reportRepeated(
        list.map((entry) => ({ at: entry.at, name: resolved(linking, 'failureActions', entry)?.name })),
        report,
      );
    }
  }
};

interface Named {
  readonly at: Place;
  readonly name: string | undefined;
}

function reportRepeated(entries: readonly Named[], report: Report): void {
  for (const { item, first } of repeated(entries, ({ name }) => name ?? '')) {
    report('ARZ080', item.at, { name: item.name ?? '', first: first.at });
  }
}
