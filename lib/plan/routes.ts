/**
 * Second pass: where a run goes after each step. Gives every step and every calling scope its way out (label and the
 * scopes that end well by it), turns action targets into labels, and lists all labels that leaving a step can give, so
 * that the emitter writes exactly the choices that can happen. A region is the root flow, a tail, or a Parallel branch.
 */
import type { FailureAction, Step, SuccessAction } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { LinkedAction, LinkedStep } from '../model/links.ts';
import type { PlanAction } from '../model/plan.ts';
import { type AnyAction, type Draft, type Item, memberPath, type ScopeDraft, siteOf } from './draft.ts';
import { planCriteria } from './values.ts';

export interface Way {
  readonly label: string;
  /** Scopes that end well by it, innermost first. */
  readonly closes: readonly string[];
}

export interface Routes {
  /** By step path: the scopes that close when the run falls through the step. */
  readonly closes: ReadonlyMap<string, readonly string[]>;
  /** By scope path: how its success leaves it. */
  readonly ways: ReadonlyMap<string, Way>;
  /** By step or scope path: what follows it in its series, by label. */
  readonly following: ReadonlyMap<string, string>;
  /** Scopes that end in a Parallel, where no step is left to judge the caller's criteria. */
  readonly endInParallel: ReadonlySet<string>;
}

const END: Way = { label: 'end', closes: [] };

export function routesFromDraft(draft: Draft): Routes {
  const routes = {
    closes: new Map<string, readonly string[]>(),
    ways: new Map<string, Way>(),
    following: new Map<string, string>(),
    endInParallel: new Set<string>(),
  };
  for (const region of [draft.root, ...draft.tails]) {
    routes.ways.set(region.path, END);
    walkSeries(region.items, END, routes);
  }
  return routes;
}

type Growing = {
  readonly closes: Map<string, readonly string[]>;
  readonly ways: Map<string, Way>;
  readonly following: Map<string, string>;
  readonly endInParallel: Set<string>;
};

function walkSeries(items: readonly Item[], exit: Way, routes: Growing): void {
  items.forEach((item, index) => {
    const next = items[index + 1];
    walkItem(item, next ? { label: `goto ${firstNode(next)}`, closes: [] } : exit, routes);
  });
}

function walkItem(item: Item, way: Way, routes: Growing): void {
  switch (item.kind) {
    case 'step':
      routes.closes.set(item.step.path, way.closes);
      routes.following.set(item.step.path, way.label);
      return;
    case 'scope': {
      const inner: Way = { label: way.label, closes: [item.scope.path, ...way.closes] };
      routes.ways.set(item.scope.path, inner);
      routes.following.set(item.scope.path, way.label);
      walkSeries(item.scope.items, inner, routes);
      return;
    }
    case 'parallel':
      routes.following.set(item.name, way.label);
      for (const scope of way.closes) routes.endInParallel.add(scope);
      for (const branch of item.branches) walkSeries(branch, END, routes);
  }
}

/** What a run enters first when it comes to an item: a step's path or a parallel's name. */
export function firstNode(item: Item): string {
  switch (item.kind) {
    case 'step':
      return item.step.path;
    case 'parallel':
      return item.name;
    case 'scope': {
      const first = item.scope.items[0];
      assert(first, 'a workflow without errors has a step');
      return firstNode(first);
    }
  }
}

export interface PlannedActions {
  readonly onSuccess: readonly PlanAction[];
  readonly onFailure: readonly PlanAction[];
}

/** The actions of a step, or of a workflowId step that a scope was opened for, as its owner's scope sees them. */
export function actionsOf(draft: Draft, routes: Routes, scope: ScopeDraft, owner: LinkedStep): PlannedActions {
  const one = (entry: LinkedAction<AnyAction>, failing: boolean): PlanAction =>
    planAction({ draft, routes, scope, owner, entry, failing });
  return {
    onSuccess: owner.successActions.map((entry: LinkedAction<SuccessAction>) => one(entry, false)),
    onFailure: owner.failureActions.map((entry: LinkedAction<FailureAction>) => one(entry, true)),
  };
}

interface ActionContext {
  readonly draft: Draft;
  readonly routes: Routes;
  readonly scope: ScopeDraft;
  readonly owner: LinkedStep;
  readonly entry: LinkedAction<AnyAction>;
  readonly failing: boolean;
}

function planAction(context: ActionContext): PlanAction {
  const { action } = context.entry;
  const base = { name: action.name, type: action.type, criteria: planCriteria(action.criteria), closes: [] };
  switch (action.type) {
    case 'end':
      return context.failing ? base : { ...base, ...wayOut(context) };
    case 'goto':
      return { ...base, label: `goto ${gotoNode(context)}` };
    case 'retry':
      return { ...base, ...planRetry(context, action) };
  }
}

function wayOut({ routes, scope }: ActionContext): Way {
  const way = routes.ways.get(scope.path);
  assert(way, 'every scope has a way out');
  return way;
}

function gotoNode({ draft, scope, owner, entry }: ActionContext): string {
  const { target } = entry;
  assert(target, 'a goto without errors has a target');
  if (target.kind === 'step') return entryOf(scope, target.step);
  const tail = draft.workflowTargets.get(siteOf(scope, owner, entry));
  const first = tail?.items[0];
  assert(first, 'the workflow of a goto was opened');
  return firstNode(first);
}

function planRetry(context: ActionContext, action: FailureAction): Pick<PlanAction, 'label' | 'retry'> {
  const { scope, owner } = context;
  const member = scope.members.get(owner.step);
  assert(member, 'the owner of an action is a member of its scope');
  const repair = repairOf(context);
  return {
    label: `retry ${memberPath(member)}#${action.name}`,
    retry: {
      afterMs: Math.round((action.retryAfter ?? 0) * 1000),
      limit: action.retryLimit ?? 1,
      again: entryOf(scope, owner.step),
      ...(repair && { repair }),
    },
  };
}

function repairOf({ draft, scope, owner, entry }: ActionContext): NonNullable<PlanAction['retry']>['repair'] {
  if (entry.target === undefined) return undefined;
  if (entry.target.kind === 'workflow') {
    const opened = draft.workflowTargets.get(siteOf(scope, owner, entry));
    assert(opened, 'the workflow of a repair was opened');
    return { kind: 'workflow', scope: opened.path };
  }
  const member = scope.members.get(entry.target.step);
  assert(member?.kind === 'step', 'a repair step that calls a workflow was refused');
  return { kind: 'step', step: member.step.path };
}

function entryOf(scope: ScopeDraft, step: Step): string {
  const member = scope.members.get(step);
  assert(member, 'a step that is named is a member of its scope');
  return firstNode(member);
}

/** Every label that leaving a step can give: its own actions', then those of the scopes that it may close or fail. */
export function exitsOf(
  own: PlannedActions,
  callers: readonly CallerActions[],
  closes: readonly string[],
): readonly string[] {
  const failing = callers.flatMap(({ actions }) => actions.onFailure);
  const ended = [...own.onSuccess, ...own.onFailure].flatMap((action) => action.closes);
  const closing = new Set([...closes, ...ended]);
  const succeeding: PlanAction[] = [];
  // Innermost first: an `end` on a caller's success ends the scope around it too, whose own caller comes later.
  for (const { scope, actions } of callers) {
    if (!closing.has(scope)) continue;
    succeeding.push(...actions.onSuccess);
    for (const path of actions.onSuccess.flatMap((action) => action.closes)) closing.add(path);
  }
  const all = [...own.onSuccess, ...own.onFailure, ...succeeding, ...failing];
  return [...new Set(['next', ...all.flatMap(({ label }) => (label === undefined ? [] : [label]))])];
}

export interface CallerActions {
  /** The scope that the actions' owner opened. */
  readonly scope: string;
  readonly actions: PlannedActions;
}
