/**
 * What the emitter asks of a plan's nodes: what a node begins with, which steps are passed within it, and what may come
 * again. Plain look-ups; no state of a machine is known here.
 */
import { assert } from '../model/assert.ts';
import type { Plan, PlanAction, PlanNode, PlanSeries, PlanStep } from '../model/plan.ts';

export type ParallelNode = Extract<PlanNode, { kind: 'parallel' }>;

export interface PlanIndex {
  readonly plan: Plan;
  /** Retry actions by label, of steps and of those that call sub-workflows. */
  readonly retries: ReadonlyMap<string, PlanAction>;
  /** Some label other than `next` can be taken: what stands before a step may not have been passed. */
  readonly jumps: boolean;
}

export function indexOfPlan(plan: Plan): PlanIndex {
  const steps = Object.values(plan.steps);
  const callers = Object.values(plan.scopes).flatMap(({ caller }) => caller?.onFailure ?? []);
  const actions = [...steps.flatMap(({ onFailure }) => onFailure), ...callers];
  return {
    plan,
    retries: new Map(
      actions.flatMap((action) => (action.retry && action.label ? [[action.label, action] as const] : [])),
    ),
    jumps: steps.some(chooses),
  };
}

export function stepOf({ plan }: Pick<PlanIndex, 'plan'>, path: string): PlanStep {
  const step = plan.steps[path];
  assert(step, `the flow names steps of the plan (${path})`);
  return step;
}

export function tailOf({ plan }: Pick<PlanIndex, 'plan'>, scope: string): PlanSeries {
  const series = plan.tails[scope];
  assert(series, 'a workflow that is led to has a flow');
  return series;
}

/** Leaving the step may lead elsewhere than to what follows it. */
export function chooses(step: PlanStep): boolean {
  return step.exits.some((label) => label !== 'next');
}

export function nameOf(node: PlanNode): string {
  return node.kind === 'step' ? node.step : node.name;
}

export function firstOf(series: PlanSeries): string {
  const first = series[0];
  assert(first, 'a series has a node');
  return nameOf(first);
}

/** The steps of a node, in flow order. */
export function stepsOf(node: PlanNode): readonly string[] {
  return node.kind === 'step' ? [node.step] : node.branches.flatMap((branch) => branch.flatMap(stepsOf));
}

/** The same with the steps of the repair workflows that its retries run: all that the node may leave outputs of. */
export function stepsWithin(index: PlanIndex, series: PlanSeries): readonly string[] {
  const found = new Set<string>();
  const visit = (nodes: PlanSeries): void => {
    for (const node of nodes) {
      if (node.kind === 'parallel') node.branches.forEach(visit);
      else if (!found.has(node.step)) {
        found.add(node.step);
        for (const label of stepOf(index, node.step).exits) visit(repairFlow(index, label));
      }
    }
  };
  visit(series);
  return [...found];
}

function repairFlow(index: PlanIndex, label: string): PlanSeries {
  const repair = index.retries.get(label)?.retry?.repair;
  return repair?.kind === 'workflow' ? tailOf(index, repair.scope) : [];
}

/**
 * The Parallel itself may be entered again. A jump never leads out of a branch, so a loop either covers the whole of it,
 * and then all its steps repeat, or stays inside a branch.
 */
export function comesAgain(index: PlanIndex, node: ParallelNode): boolean {
  return stepsOf(node).every((path) => stepOf(index, path).repeats);
}
