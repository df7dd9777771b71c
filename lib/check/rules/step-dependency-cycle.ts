/**
 * Steps that wait for each other by `dependsOn`, or by the outputs that they read where the workflow is ordered by
 * dependencies (elsewhere such a read is a forward reference). A read that a jump carries back is no wait.
 */
import type { Step } from '../../model/arazzo.ts';
import type { LinkedStep, LinkedWorkflow } from '../../model/links.ts';
import { earlyReads } from '../early-reads.ts';
import { isOrderedByDependencies, type Rule } from '../rule.ts';
import { circles, type WaitOf } from '../waits.ts';

export const stepDependencyCycle: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    if (!isOrderedByDependencies(owner.workflow)) continue;
    const waits = [...owner.steps.flatMap(declared), ...implied(owner)];
    for (const circle of circles(owner.workflow.steps, waits)) {
      const [first] = circle;
      if (first !== undefined) report('ARZ089', first.at, { waits: circle });
    }
  }
};

function declared({ step, dependsOn }: LinkedStep): WaitOf<Step>[] {
  return dependsOn.flatMap((dependency) =>
    dependency.kind === 'step' ? [waitOf(step, dependency.step, 'dependsOn', dependency.at)] : [],
  );
}

/** Reads of earlier steps, and of later ones that no jump comes from. */
function implied(owner: LinkedWorkflow): WaitOf<Step>[] {
  const numbers = new Map(owner.steps.map(({ step, index }) => [step, index] as const));
  const later = earlyReads(owner).map(({ reader, of, read }) => waitOf(reader.step, of, 'output', read.at));
  const earlier = owner.steps.flatMap(({ step, index, reads }) =>
    reads.flatMap(({ what, at }) =>
      what.kind === 'step' && (numbers.get(what.step) ?? index) < index ? [waitOf(step, what.step, 'output', at)] : [],
    ),
  );
  return [...earlier, ...later].filter(({ waiter, awaited }) => waiter !== awaited);
}

function waitOf(waiter: Step, awaited: Step, why: 'dependsOn' | 'output', at: WaitOf<Step>['at']): WaitOf<Step> {
  return { from: waiter.stepId, to: awaited.stepId, why, at, waiter, awaited };
}
