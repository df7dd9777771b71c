/**
 * The working form between the passes of planning: scopes opened, steps placed, order settled; labels, reads and
 * policies not yet. It is a tree of objects that point at each other, built once by lib/plan/scopes.ts and only read
 * afterwards; the plan itself is plain data and knows none of these types.
 */
import type { FailureAction, Step, SuccessAction, Workflow } from '../model/arazzo.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type {
  LinkedAction,
  LinkedParameter,
  LinkedStep,
  LinkedWorkflow,
  Links,
  OperationTarget,
} from '../model/links.ts';
import type { PlanEdge, PlanScope } from '../model/plan.ts';

export type AnyAction = SuccessAction | FailureAction;

export interface Draft {
  readonly links: Links;
  readonly root: ScopeDraft;
  /** Tail-called and repair workflows, in the order of their discovery. */
  readonly tails: readonly ScopeDraft[];
  readonly scopes: readonly ScopeDraft[];
  readonly steps: readonly StepDraft[];
  readonly edges: readonly PlanEdge[];
  /** Where a goto or retry to a workflow leads. */
  readonly workflowTargets: ReadonlyMap<ActionSite, ScopeDraft>;
  readonly diagnostics: readonly Diagnostic[];
}

/** An action as one scope sees it: the same workflow may be passed through several scopes. */
export type ActionSite = string;

export interface ScopeDraft {
  readonly path: string;
  readonly via: PlanScope['via'];
  readonly parent?: ScopeDraft;
  readonly linked: LinkedWorkflow;
  /** The workflowId step that opened it. */
  readonly caller?: LinkedStep;
  /** What is passed in; absent where the parent's inputs are seen. */
  readonly inputs?: readonly LinkedParameter[];
  readonly members: Map<Step, MemberDraft>;
  /** Set when the order is settled, right after the members. */
  items: readonly Item[];
}

export type MemberDraft =
  | { readonly kind: 'step'; readonly step: StepDraft }
  | { readonly kind: 'scope'; readonly scope: ScopeDraft };

export type Item =
  | MemberDraft
  | { readonly kind: 'parallel'; readonly name: string; readonly branches: readonly (readonly Item[])[] };

export interface StepDraft {
  readonly path: string;
  readonly scope: ScopeDraft;
  readonly linked: LinkedStep;
  readonly target: OperationTarget;
  /** The steps of the workflow that undoes it, in their order; empty where an operation does, or nothing. */
  readonly undoneBy: readonly StepDraft[];
}

export function memberPath(member: MemberDraft): string {
  return member.kind === 'step' ? member.step.path : member.scope.path;
}

export function siteOf(scope: ScopeDraft, owner: LinkedStep, action: LinkedAction<AnyAction>): ActionSite {
  return `${scope.path}\n${owner.step.stepId}\n${action.at.pointer}\n${action.at.document}`;
}

/** The scope and those that enclose it, innermost first. */
export function enclosing(scope: ScopeDraft): readonly ScopeDraft[] {
  const chain: ScopeDraft[] = [];
  for (let at: ScopeDraft | undefined = scope; at !== undefined; at = at.parent) chain.push(at);
  return chain;
}

export function passesThrough(scope: ScopeDraft, workflow: Workflow): boolean {
  return enclosing(scope).some((one) => one.linked.workflow === workflow);
}

/** Inside a workflow that undoes a step: nothing of it stands in the flow. */
export function isUndoing(scope: ScopeDraft): boolean {
  return enclosing(scope).some(({ via }) => via === 'undo');
}

/** Every step in order; those beside each other in the order of their branches. */
export function stepsWithin(items: readonly Item[]): readonly StepDraft[] {
  return items.flatMap((item): readonly StepDraft[] => {
    switch (item.kind) {
      case 'step':
        return [item.step];
      case 'scope':
        return stepsWithin(item.scope.items);
      case 'parallel':
        return item.branches.flatMap(stepsWithin);
    }
  });
}
