/**
 * The order of a workflow's members: array order as far as dependencies allow, or, where the author asked for it with
 * `x-interlock.parallel`, only what `dependsOn` and output references demand, arranged as series and parallels.
 * A workflow with actions that jump keeps its order: ASL has no way out of a Parallel branch (run-contract section 8).
 */
import type { Step } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LinkedAction, LinkedStep, LinkedWorkflow } from '../model/links.ts';
import type { PlanEdge } from '../model/plan.ts';
import { report } from '../diagnostics/report.ts';
import { earlyReads } from '../check/early-reads.ts';
import { type AnyAction, enclosing, type Item, memberPath, type ScopeDraft } from './draft.ts';
import { foreignWaits } from './foreign-waits.ts';
import { type Arrangement, arrange, type Graph, sequence } from './series-parallel.ts';

export interface Ordered {
  readonly items: readonly Item[];
  readonly edges: readonly PlanEdge[];
  readonly diagnostics: readonly Diagnostic[];
}

export function orderItems(scope: ScopeDraft): Ordered {
  if (scope.members.size === 0) return { items: [], edges: [], diagnostics: [] };
  const { edges, graph, byPath, diagnostics } = dependencies(scope);
  const item = (path: string): Item => {
    const found = byPath.get(path);
    assert(found, 'an arranged node is a member');
    return found;
  };
  if (scope.linked.workflow.policy['parallel'] !== true) return { ...inSequence(graph, edges, item), diagnostics };
  const jump = jumpOf(scope);
  if (jump) {
    const facts = { workflowId: scope.linked.workflow.workflowId, action: jump.action.name, by: jump.at };
    const warning = report('PLN005', scope.linked.workflow.at, facts);
    return { ...inSequence(graph, edges, item), diagnostics: [...diagnostics, warning] };
  }
  const { arrangement, added } = arrange(graph);
  return {
    items: itemsOf(arrangement, item, scope.path),
    edges: [...edges, ...added.map((edge): PlanEdge => ({ ...edge, why: 'added' }))],
    diagnostics,
  };
}

interface Dependencies {
  readonly graph: Graph;
  readonly edges: readonly PlanEdge[];
  readonly byPath: ReadonlyMap<string, Item>;
  readonly diagnostics: readonly Diagnostic[];
}

function dependencies(scope: ScopeDraft): Dependencies {
  const byPath = new Map<string, Item>();
  const before = new Map<string, Set<string>>();
  const edges: PlanEdge[] = [];
  const diagnostics: Diagnostic[] = [];
  const orderPaths = (from: string, to: string, why: PlanEdge['why']): void => {
    if (from === to || before.get(to)?.has(from)) return;
    before.set(to, (before.get(to) ?? new Set()).add(from));
    edges.push({ from, to, why });
  };
  const order = (from: Step, to: string, why: PlanEdge['why']): void => {
    const member = scope.members.get(from);
    if (member) orderPaths(memberPath(member), to, why);
  };
  const readOf = orderedReads(scope.linked);
  for (const linked of scope.linked.steps) {
    const member = scope.members.get(linked.step);
    if (!member) continue;
    const path = memberPath(member);
    byPath.set(path, member);
    for (const dependency of linked.dependsOn)
      if (dependency.kind === 'step') order(dependency.step, path, 'dependsOn');
    for (const step of readOf(linked)) order(step, path, 'output');
  }
  for (const { waiter, awaited, stepId, dependency } of foreignWaits(byPath)) {
    const { text, at } = dependency;
    if (follows(before, awaited, waiter)) diagnostics.push(report('PLN012', at, { stepId, text }));
    else orderPaths(awaited, waiter, 'dependsOn');
  }
  return { graph: { nodes: [...byPath.keys()], before }, edges, byPath, diagnostics };
}

/** Steps whose outputs a step reads and that run before it; what a jump carries back from a later one is no order. */
function orderedReads(owner: LinkedWorkflow): (reader: LinkedStep) => readonly Step[] {
  const numbers = new Map(owner.steps.map(({ step, index }) => [step, index] as const));
  const early = earlyReads(owner);
  return (reader) => {
    const read = reader.reads.flatMap(({ what }) => (what.kind === 'step' ? [what.step] : []));
    const isEarly = (step: Step): boolean => early.some((one) => one.reader === reader && one.of === step);
    return read.filter((step) => (numbers.get(step) ?? reader.index) < reader.index || isEarly(step));
  };
}

/** Whether a member has to come after another, directly or by way of others. */
function follows(before: ReadonlyMap<string, ReadonlySet<string>>, later: string, earlier: string): boolean {
  const found = new Set([later]);
  for (const path of found) for (const awaited of before.get(path) ?? []) found.add(awaited);
  return found.has(earlier);
}

function inSequence(graph: Graph, edges: readonly PlanEdge[], item: (path: string) => Item): Ordered {
  const order = sequence(graph);
  const known = new Set(edges.map(({ from, to }) => `${from}\n${to}`));
  const steps = order.slice(1).map((to, index): PlanEdge => ({ from: order[index] ?? to, to, why: 'sequence' }));
  const sequenced = steps.filter(({ from, to }) => !known.has(`${from}\n${to}`));
  return { items: order.map(item), edges: [...edges, ...sequenced], diagnostics: [] };
}

/** What forbids to run a scope's steps beside each other: an action that jumps, of its steps or of those that call it. */
function jumpOf(scope: ScopeDraft): LinkedAction<AnyAction> | undefined {
  const own = scope.linked.steps.flatMap((linked) => jumpsOf(linked));
  const calling = enclosing(scope).flatMap(({ caller }) => (caller ? callerJumps(caller) : []));
  return [...own, ...calling][0];
}

/** A repair step is passed by whoever retries: beside others it could be under way twice, under one visit. */
function jumpsOf(linked: LinkedStep): readonly LinkedAction<AnyAction>[] {
  const failing = linked.failureActions.filter(
    ({ action, target }) => action.type === 'goto' || (action.type === 'retry' && target?.kind === 'step'),
  );
  return [...linked.successActions, ...failing];
}

/** A caller's retry begins the whole sub-workflow again, which is a jump too once its steps run beside each other. */
function callerJumps(caller: LinkedStep): readonly LinkedAction<AnyAction>[] {
  return [...caller.successActions, ...caller.failureActions.filter(({ action }) => action.type !== 'end')];
}

function itemsOf(arrangement: Arrangement, item: (path: string) => Item, scope: string): readonly Item[] {
  switch (arrangement.kind) {
    case 'node':
      return [item(arrangement.node)];
    case 'series':
      return arrangement.parts.flatMap((part) => itemsOf(part, item, scope));
    case 'parallel': {
      const branches = arrangement.parts.map((part) => itemsOf(part, item, scope));
      return [{ kind: 'parallel', name: parallelName(branches, scope), branches }];
    }
  }
}

/** `b and c`, from what each branch begins with; the emitter shortens what is too long for a state name. */
function parallelName(branches: readonly (readonly Item[])[], scope: string): string {
  const firsts = branches.map((branch) => firstName(branch, scope));
  const last = firsts.pop();
  return `${scope === '' ? '' : `${scope}/`}${firsts.length === 0 ? '' : `${firsts.join(', ')} and `}${last ?? ''}`;
}

function firstName(branch: readonly Item[], scope: string): string {
  const first = branch[0];
  assert(first, 'a branch has an item');
  const path = first.kind === 'parallel' ? first.name : memberPath(first);
  return scope !== '' && path.startsWith(`${scope}/`) ? path.slice(scope.length + 1) : path;
}
