/**
 * Outputs or inputs of a workflow are there once it has run in the same run: called by an earlier step, or named in
 * `dependsOn`, also by way of others. Reading does not make it run.
 */
import type { Workflow } from '../../model/arazzo.ts';
import type { LinkedWorkflow, Links, Read } from '../../model/links.ts';
import type { Report } from '../finding.ts';
import type { Rule } from '../rule.ts';

export const workflowNotRunBefore: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    const before = new Set([
      owner.workflow,
      ...withTheirs(
        owner.dependsOn.map(({ workflow }) => workflow),
        links,
      ),
    ]);
    for (const { reads, target } of owner.steps) {
      // The criteria and outputs of the calling step itself are read after the call.
      const own = target?.kind === 'workflow' ? target.workflow : undefined;
      reportReads(
        reads,
        (workflow, { moment }) => before.has(workflow) || (workflow === own && moment !== 'request'),
        report,
      );
      if (own !== undefined) for (const workflow of withTheirs([own], links)) before.add(workflow);
    }
    reportReads(owner.reads, (workflow) => before.has(workflow), report);
  }
};

function reportReads(
  reads: readonly Read[],
  hasRun: (workflow: Workflow, read: Read) => boolean,
  report: Report,
): void {
  for (const read of reads) {
    if (read.what.kind !== 'workflow') continue;
    const { workflow } = read.what.target;
    if (!hasRun(workflow, read)) report('ARZ112', read.at, { text: read.text, workflowId: workflow.workflowId });
  }
}

/** The workflows, and all that run because of them. */
function withTheirs(workflows: readonly Workflow[], links: Links): ReadonlySet<Workflow> {
  const all = new Set<Workflow>();
  const waiting = [...workflows];
  for (const workflow of waiting) {
    if (all.has(workflow)) continue;
    all.add(workflow);
    const linked = links.workflows.get(workflow);
    if (linked !== undefined) waiting.push(...started(linked));
  }
  return all;
}

function started({ dependsOn, steps }: LinkedWorkflow): Workflow[] {
  return [
    ...dependsOn.map(({ workflow }) => workflow),
    ...steps.flatMap(({ target }) => (target?.kind === 'workflow' ? [target.workflow] : [])),
  ];
}
