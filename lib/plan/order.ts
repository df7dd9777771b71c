/**
 * The order of a workflow's members: array order as far as dependencies allow, or, where the author asked for it with
 * `x-interlock.parallel`, only what `dependsOn` and output references demand, arranged as series and parallels.
 * A workflow with actions that jump keeps its order: ASL has no way out of a Parallel branch (run-contract section 8).
 */
import type { Step } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { LinkedAction, LinkedStep } from '../model/links.ts';
import type { PlanEdge } from '../model/plan.ts';
import { report } from '../diagnostics/report.ts';
import { type AnyAction, enclosing, type Item, memberPath, type ScopeDraft } from './draft.ts';
import { type Arrangement, arrange, type Graph, sequence } from './series-parallel.ts';

export interface Ordered {
  readonly items: readonly Item[];
  readonly edges: readonly PlanEdge[];
  readonly diagnostics: readonly Diagnostic[];
}

export function orderItems(scope: ScopeDraft): Ordered {
  if (scope.members.size === 0) return { items: [], edges: [], diagnostics: [] };
  const { edges, graph, byPath } = dependencies(scope);
  const item = (path: string): Item => {
    const found = byPath.get(path);
    assert(found, 'an arranged node is a member');
    return found;
  };
  if (scope.linked.workflow.policy['parallel'] !== true) return inSequence(graph, edges, item);
  const jump = jumpOf(scope);
  if (jump) {
    const facts = { workflowId: scope.linked.workflow.workflowId, action: jump.action.name, by: jump.at };
    const warning = report('PLN005', scope.linked.workflow.at, facts);
    return { ...inSequence(graph, edges, item), diagnostics: [warning] };
  }
  const { arrangement, added } = arrange(graph);
  return {
    items: itemsOf(arrangement, item, scope.path),
    edges: [...edges, ...added.map((edge): PlanEdge => ({ ...edge, why: 'added' }))],
    diagnostics: [],
  };
}

interface Dependencies {
  readonly graph: Graph;
  readonly edges: readonly PlanEdge[];
  readonly byPath: ReadonlyMap<string, Item>;
}

function dependencies(scope: ScopeDraft): Dependencies {
  const byPath = new Map<string, Item>();
  const before = new Map<string, Set<string>>();
  const edges: PlanEdge[] = [];
  const order = (from: Step, to: string, why: PlanEdge['why']): void => {
    const member = scope.members.get(from);
    if (!member || memberPath(member) === to || before.get(to)?.has(memberPath(member))) return;
    before.set(to, (before.get(to) ?? new Set()).add(memberPath(member)));
    edges.push({ from: memberPath(member), to, why });
  };
  for (const linked of scope.linked.steps) {
    const member = scope.members.get(linked.step);
    if (!member) continue;
    const path = memberPath(member);
    byPath.set(path, member);
    for (const dependency of linked.dependsOn)
      if (dependency.kind === 'step') order(dependency.step, path, 'dependsOn');
    for (const read of linked.reads) if (read.what.kind === 'step') order(read.what.step, path, 'output');
  }
  return { graph: { nodes: [...byPath.keys()], before }, edges, byPath };
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
