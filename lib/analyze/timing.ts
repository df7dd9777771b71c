/**
 * How long a run takes: expected by an assumed latency of each call, at worst by what the plan lets each step take. The
 * worst case of a visit is its lease: every attempt to its timeout, with the waits between them. Loops are not counted: the
 * deadline ends them.
 */
import type { Plan, PlanSeries, PlanStep } from '../model/plan.ts';
import { arrange, type Arrangement } from '../plan/series-parallel.ts';
import { dependsOn, mainSteps, parallelsIn } from './flow-order.ts';

export interface StepTiming {
  readonly step: string;
  readonly timeoutsMs: readonly number[];
  readonly attempts: number;
  /** Of one visit: attempts, waits, probe and fallback. */
  readonly visitMs: number;
  /** With the retries of its actions. */
  readonly worstMs: number;
  readonly graceMs: number;
}

export interface Timing {
  /** What a call is assumed to take. */
  readonly latencyMs: number;
  readonly expectedMs: number;
  /** Steps on the longest way, by expected time. */
  readonly criticalPath: readonly string[];
  readonly worstMs: number;
  readonly worstPath: readonly string[];
  readonly deadlineMs: number;
  /** The longest undo budget: how long after the deadline a run may still compensate. */
  readonly undoBudgetMs: number;
  readonly steps: readonly StepTiming[];
  /** Orderings that no dependency asks for: the graph could not be written with parallel states alone. */
  readonly added: readonly { readonly from: string; readonly to: string }[];
  readonly suggestion?: Suggestion;
}

/** What running steps beside each other would save; absent where nothing would be. */
export interface Suggestion {
  /** Steps that would run side by side, a group each. */
  readonly groups: readonly (readonly string[])[];
  readonly expectedMs: number;
  readonly worstMs: number;
  /** More transitions of a standard workflow, one for each group. */
  readonly transitions: number;
}

export function timingOf(plan: Plan, latencyMs: number): Timing {
  const steps = Object.values(plan.steps).map(stepTiming);
  const worst = new Map(steps.map(({ step, worstMs }) => [step, worstMs]));
  const expected = longestWay(plan.flow, () => latencyMs);
  const atWorst = longestWay(plan.flow, (path) => worst.get(path) ?? 0);
  const budgets = Object.values(plan.steps).flatMap(({ undo }) => (undo?.kind === 'calls' ? [undo.budgetMs] : []));
  const suggestion = suggestionFor(plan, latencyMs, worst);
  return {
    latencyMs,
    expectedMs: expected.ms,
    criticalPath: expected.path,
    worstMs: atWorst.ms,
    worstPath: atWorst.path,
    deadlineMs: plan.deadlineMs,
    undoBudgetMs: Math.max(0, ...budgets),
    steps,
    added: plan.edges.filter(({ why }) => why === 'added').map(({ from, to }) => ({ from, to })),
    ...(suggestion && { suggestion }),
  };
}

function stepTiming({ path, timeoutsMs, retry, leaseMs, graceMs, onFailure }: PlanStep): StepTiming {
  const again = onFailure.flatMap(({ retry: action }) => (action ? [action.limit * (action.afterMs + leaseMs)] : []));
  return {
    step: path,
    timeoutsMs,
    attempts: retry.attempts,
    visitMs: leaseMs,
    worstMs: leaseMs + again.reduce((sum, ms) => sum + ms, 0),
    graceMs,
  };
}

export interface Way {
  readonly ms: number;
  readonly path: readonly string[];
}

/** The way through a flow that weighs most, with its steps. */
export function longestWay(series: PlanSeries, weight: (path: string) => number): Way {
  return series.reduce(
    (way: Way, node) => {
      const next =
        node.kind === 'step'
          ? { ms: weight(node.step), path: [node.step] }
          : node.branches.map((branch) => longestWay(branch, weight)).reduce((a, b) => (b.ms > a.ms ? b : a));
      return { ms: way.ms + next.ms, path: [...way.path, ...next.path] };
    },
    { ms: 0, path: [] },
  );
}

function suggestionFor(plan: Plan, latencyMs: number, worst: ReadonlyMap<string, number>): Suggestion | undefined {
  const steps = mainSteps(plan);
  const jumps = Object.values(plan.steps).some(({ exits }) => exits.some((label) => label !== 'next'));
  if (steps.length < 2 || jumps || plan.mode === 'express' || parallelsIn(plan.flow).length > 0) return undefined;
  const before = new Map(steps.map((step, index) => [step.path, new Set(orderedBefore(plan, steps, step, index))]));
  const { arrangement } = arrange({ nodes: steps.map(({ path }) => path), before });
  const groups = groupsOf(arrangement);
  if (groups.length === 0) return undefined;
  return {
    groups,
    expectedMs: lengthOf(arrangement, () => latencyMs),
    worstMs: lengthOf(arrangement, (path) => worst.get(path) ?? 0),
    transitions: groups.length,
  };
}

/**
 * What a step builds on; and all that stands before an effect which nobody can take back, since beside others it would be
 * made although one of them fails.
 */
function orderedBefore(plan: Plan, steps: readonly PlanStep[], step: PlanStep, index: number): readonly string[] {
  const earlier = steps.slice(0, index);
  const stays = (one: PlanStep): boolean => one.effect !== 'safe' && one.undo?.kind !== 'calls';
  return earlier.filter((one) => stays(step) || stays(one) || dependsOn(plan, step, one)).map(({ path }) => path);
}

function groupsOf(arrangement: Arrangement): readonly (readonly string[])[] {
  switch (arrangement.kind) {
    case 'node':
      return [];
    case 'series':
      return arrangement.parts.flatMap(groupsOf);
    case 'parallel':
      return [nodesOf(arrangement), ...arrangement.parts.flatMap(groupsOf)];
  }
}

function nodesOf(arrangement: Arrangement): readonly string[] {
  return arrangement.kind === 'node' ? [arrangement.node] : arrangement.parts.flatMap(nodesOf);
}

function lengthOf(arrangement: Arrangement, weight: (path: string) => number): number {
  if (arrangement.kind === 'node') return weight(arrangement.node);
  const parts = arrangement.parts.map((part) => lengthOf(part, weight));
  return arrangement.kind === 'series' ? parts.reduce((sum, ms) => sum + ms, 0) : Math.max(...parts);
}
