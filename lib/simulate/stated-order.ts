/** The steps of a plan in an order in which each comes after what it reads, as the flow has them. */
import type { Plan, PlanSeries, PlanStep } from '../model/plan.ts';

export function stepsInOrder(plan: Plan): readonly PlanStep[] {
  const paths = new Set([plan.flow, ...Object.values(plan.tails)].flatMap(pathsIn));
  for (const path of Object.keys(plan.steps)) paths.add(path);
  return [...paths].flatMap((path) => plan.steps[path] ?? []);
}

function pathsIn(series: PlanSeries): readonly string[] {
  return series.flatMap((node) => (node.kind === 'step' ? [node.step] : node.branches.flatMap(pathsIn)));
}
