/**
 * Steps that wait for each other by `dependsOn`, or by the outputs that they read where the workflow is ordered by
 * dependencies (elsewhere such a read is a forward reference). A read that a loop carries back is no wait.
 */
import { type Flow, flowOf, reachableFrom } from '../flow.ts';
import type { Step } from '../../model/arazzo.ts';
import type { LinkedStep } from '../../model/links.ts';
import { isOrderedByDependencies, type Rule } from '../rule.ts';
import { circles, type WaitOf } from '../waits.ts';

export const stepDependencyCycle: Rule = (links, report) => {
  for (const owner of links.workflows.values()) {
    if (!isOrderedByDependencies(owner.workflow)) continue;
    const flow = flowOf(owner);
    const waits = owner.steps.flatMap((linked) => [...declared(linked), ...implied(linked, owner.steps, flow)]);
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

function implied({ step, index, reads }: LinkedStep, steps: readonly LinkedStep[], flow: Flow): WaitOf<Step>[] {
  return reads.flatMap(({ what, at }) => {
    if (what.kind !== 'step' || what.step === step) return [];
    const later = steps.findIndex((one) => one.step === what.step) > index;
    return later && reachableFrom(flow, what.step).has(step) ? [] : [waitOf(step, what.step, 'output', at)];
  });
}

function waitOf(waiter: Step, awaited: Step, why: 'dependsOn' | 'output', at: WaitOf<Step>['at']): WaitOf<Step> {
  return { from: waiter.stepId, to: awaited.stepId, why, at, waiter, awaited };
}
