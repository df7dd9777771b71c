/** The plan as a graph: which step follows which, what runs side by side, where actions jump, and the critical path. */
import type { Plan, PlanNode, PlanSeries } from '../../model/plan.ts';
import { requestOf, systemOf, type WorkflowFacts } from '../facts.ts';
import { type Graph, type GraphEdge, type GraphNode, linesOf } from '../picture.ts';

const START = 'start';
const END = 'end';

export function coordinationOf({ plan, analysis }: WorkflowFacts): Graph {
  const critical = new Set(analysis.timing.criticalPath);
  const flows = [plan.flow, ...Object.values(plan.tails)];
  const inner = flows.flatMap((series) => joined(series, critical).edges);
  const whole = joined(plan.flow, critical);
  const ends: readonly GraphEdge[] = [
    ...whole.first.map((to) => follows(START, to, critical, true)),
    ...whole.last.map((from) => follows(from, END, critical, true)),
  ];
  const tails = Object.keys(plan.tails);
  return {
    kind: 'graph',
    title: `Plan of ${plan.workflowId}`,
    says: `Steps of ${plan.workflowId} in their order; the critical path is ${analysis.timing.criticalPath.join(', then ')}.`,
    direction: 'down',
    nodes: [
      { id: START, lines: ['start'], look: 'round', tone: 'quiet' },
      ...Object.values(plan.steps).map(
        (step): GraphNode => ({
          id: step.path,
          lines: linesOf([
            step.path,
            `${systemOf(plan, step.path)}: ${requestOf(plan, step.path)}`,
            ...traitsOf(plan, step.path),
          ]),
          look: 'box',
          tone: critical.has(step.path) ? 'strong' : 'plain',
          ...tailOf(plan, tails, step.path),
        }),
      ),
      { id: END, lines: ['succeeded'], look: 'round', tone: 'good' },
    ],
    edges: [...ends, ...inner, ...jumpsOf(plan)],
    groups: tails.map((scope) => ({ id: scope, title: `beside the flow: ${scope}` })),
  };
}

function tailOf(plan: Plan, tails: readonly string[], path: string): { readonly group?: string } {
  const scope = tails.find((one) => seriesHolds(plan.tails[one] ?? [], path));
  return scope === undefined ? {} : { group: scope };
}

function seriesHolds(series: PlanSeries, path: string): boolean {
  return series.some((node) =>
    node.kind === 'step' ? node.step === path : node.branches.some((branch) => seriesHolds(branch, path)),
  );
}

/** In a word or two each: what a reader asks first about a step. */
function traitsOf(plan: Plan, path: string): readonly string[] {
  const step = plan.steps[path];
  if (!step) return [];
  return [
    ...(step.undo?.kind === 'calls' ? [`undone by ${requestOf(plan, step.undo.calls[0] ?? '')}`] : []),
    ...(step.undo?.kind === 'none' ? ['may stay when the run fails'] : []),
    ...(step.forEach ? ['for each of a list'] : []),
    ...(step.interaction ? ['waits for a person'] : []),
    ...(step.poll ? [`asks until ${step.poll.of} is done`] : []),
    ...(step.fallback ? ['has a fallback'] : []),
  ];
}

interface Joined {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly edges: readonly GraphEdge[];
}

function joined(series: PlanSeries, critical: ReadonlySet<string>): Joined {
  const parts = series.map((node) => ofNode(node, critical));
  const between = parts.flatMap((part, index) => {
    const next = parts[index + 1];
    return next ? part.last.flatMap((from) => next.first.map((to) => follows(from, to, critical, false))) : [];
  });
  return {
    first: parts[0]?.first ?? [],
    last: parts.at(-1)?.last ?? [],
    edges: [...parts.flatMap(({ edges }) => edges), ...between],
  };
}

function ofNode(node: PlanNode, critical: ReadonlySet<string>): Joined {
  if (node.kind === 'step') return { first: [node.step], last: [node.step], edges: [] };
  const branches = node.branches.map((branch) => joined(branch, critical));
  return {
    first: branches.flatMap(({ first }) => first),
    last: branches.flatMap(({ last }) => last),
    edges: branches.flatMap(({ edges }) => edges),
  };
}

function follows(from: string, to: string, critical: ReadonlySet<string>, atEnd: boolean): GraphEdge {
  const isCritical = critical.has(from) && critical.has(to);
  const isEnd = atEnd && (critical.has(from) || critical.has(to));
  return { from, to, lines: [], tone: isCritical || isEnd ? 'strong' : 'plain' };
}

function jumpsOf(plan: Plan): readonly GraphEdge[] {
  return Object.values(plan.steps).flatMap(({ path, onSuccess, onFailure }) =>
    [...onSuccess.map((one) => [one, true] as const), ...onFailure.map((one) => [one, false] as const)].flatMap(
      ([{ name, label, retry }, well]): readonly GraphEdge[] => {
        const to = retry ? retry.again : label?.replace(/^goto /, '');
        if (to === undefined || !(to in plan.steps)) return [];
        return [{ from: path, to, lines: linesOf([name]), tone: well ? 'good' : 'bad', dashed: true }];
      },
    ),
  );
}
