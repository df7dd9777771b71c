/**
 * The order in which a plan's steps are passed: what may already have been done when a step fails, and which steps have to
 * follow which. Jumps are not followed: what they lead to is in the flow too, and counts as passed before.
 */
import type { Plan, PlanNode, PlanSeries, PlanStep } from '../model/plan.ts';

export type ParallelNode = Extract<PlanNode, { kind: 'parallel' }>;

export function stepsIn(series: PlanSeries): readonly string[] {
  return series.flatMap((node) => (node.kind === 'step' ? [node.step] : node.branches.flatMap(stepsIn)));
}

export function parallelsIn(series: PlanSeries): readonly ParallelNode[] {
  return series.flatMap((node) =>
    node.kind === 'step' ? [] : [node, ...node.branches.flatMap((branch) => parallelsIn(branch))],
  );
}

/** Steps that are passed whenever the run goes well; those of tails and repairs are not among them. */
export function mainSteps(plan: Plan): readonly PlanStep[] {
  return stepsIn(plan.flow).flatMap((path) => plan.steps[path] ?? []);
}

/** Paths of the steps that may have been passed, or may be under way, when this one fails. */
export function passedBefore(plan: Plan, path: string): readonly string[] {
  const main = before(plan.flow, path);
  if (main) return main;
  // A tail or a repair may begin anywhere.
  const tail = Object.values(plan.tails).flatMap((series) => before(series, path) ?? []);
  return [...stepsIn(plan.flow), ...tail];
}

function before(series: PlanSeries, path: string): readonly string[] | undefined {
  const passed: string[] = [];
  for (const node of series) {
    if (node.kind === 'step') {
      if (node.step === path) return passed;
      passed.push(node.step);
      continue;
    }
    const inside = beforeInBranches(node, path);
    if (inside) return [...passed, ...inside];
    passed.push(...node.branches.flatMap(stepsIn));
  }
  return undefined;
}

/** Of its own branch what comes before it, of the others all. */
function beforeInBranches({ branches }: ParallelNode, path: string): readonly string[] | undefined {
  const parts = branches.map((branch) => before(branch, path));
  if (parts.every((part) => part === undefined)) return undefined;
  return branches.flatMap((branch, index) => parts[index] ?? stepsIn(branch));
}

/** Whether a step reads or awaits another one: all that a plan knows of why one follows the other, but for array order. */
export function dependsOn(plan: Plan, later: PlanStep, earlier: PlanStep): boolean {
  if (later.reads.includes(earlier.path)) return true;
  return plan.edges.some(
    ({ from, to, why }) =>
      (why === 'dependsOn' || why === 'output') && isWithin(earlier.path, from) && isWithin(later.path, to),
  );
}

/** A member of a workflow is a step, or a scope with steps. */
function isWithin(path: string, member: string): boolean {
  return path === member || path.startsWith(`${member}/`);
}
