/**
 * First pass: writes every workflow that the run passes through out as a scope (the root, inlined sub-workflows and
 * dependencies, the targets of goto and repair), and settles the order of their steps. Nothing runs here and no label is
 * known yet. Bounded: workflows that call themselves are refused, and so is a plan of more than 1,000 steps.
 */
import type { Step, Workflow } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { LinkedParameter, LinkedStep, LinkedWorkflow, Links, WorkflowTarget } from '../model/links.ts';
import type { PlanEdge, PlanScope } from '../model/plan.ts';
import { below } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import {
  type AnyAction,
  type Draft,
  type Item,
  type MemberDraft,
  passesThrough,
  type ScopeDraft,
  enclosing,
  isUndoing,
  siteOf,
  type StepDraft,
  stepsWithin,
} from './draft.ts';
import { neverPassed } from './foreign-waits.ts';
import { handedParameters } from './handed-on.ts';
import { orderItems } from './order.ts';

const MAX_STEPS = 1_000;
const MAX_SCOPES = 1_000;

export function draftFromWorkflow(links: Links, root: LinkedWorkflow): Draft {
  const opening = new Opening(links);
  const scope = opening.open({ path: '', via: 'root', linked: root });
  opening.openTails();
  const { scopes, steps, tails, edges, workflowTargets } = opening;
  const diagnostics = [...opening.diagnostics, ...neverPassed(scopes)];
  return { links, root: scope, scopes, steps, tails, edges, workflowTargets, diagnostics };
}

interface Entrance {
  readonly path: string;
  readonly via: PlanScope['via'];
  readonly parent?: ScopeDraft;
  readonly linked: LinkedWorkflow;
  readonly caller?: LinkedStep;
  readonly inputs?: readonly LinkedParameter[];
}

/** What grows while scopes are opened. A class because each opening adds to the same lists. */
class Opening {
  readonly links: Links;
  readonly scopes: ScopeDraft[] = [];
  readonly steps: StepDraft[] = [];
  readonly tails: ScopeDraft[] = [];
  readonly edges: PlanEdge[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly workflowTargets: Map<string, ScopeDraft> = new Map();
  private readonly dependencies = new Map<Workflow, ScopeDraft>();
  private readonly paths = new Set<string>();
  /** Steps of the flow and of the workflows that undo them. */
  private size = 0;
  private tooLarge = false;

  constructor(links: Links) {
    this.links = links;
  }

  open(entrance: Entrance): ScopeDraft {
    const scope: ScopeDraft = { ...entrance, members: new Map(), items: [] };
    this.scopes.push(scope);
    const before = isUndoing(scope) ? [] : this.openDependencies(scope);
    for (const linked of scope.linked.steps) {
      const member = this.place(scope, linked);
      if (member) scope.members.set(linked.step, member);
    }
    const ordered = orderItems(scope);
    if (!isUndoing(scope)) this.edges.push(...ordered.edges);
    this.diagnostics.push(...ordered.diagnostics);
    scope.items = [...before, ...ordered.items];
    return scope;
  }

  /** Each workflow that is depended on is passed once in a run, before the first that waits for it. */
  private openDependencies(scope: ScopeDraft): readonly Item[] {
    return scope.linked.dependsOn.flatMap((target): Item[] => {
      if (this.dependencies.has(target.workflow) || !this.mayOpen(scope, target, target.at)) return [];
      const path = this.unique(join(scope.path, `@${target.workflow.workflowId}`));
      const opened = this.open({ path, via: 'dependency', parent: scope, linked: this.linkedOf(target) });
      this.dependencies.set(target.workflow, opened);
      return [{ kind: 'scope', scope: opened }];
    });
  }

  private place(scope: ScopeDraft, linked: LinkedStep): MemberDraft | undefined {
    const path = this.unique(join(scope.path, linked.step.stepId));
    const { target } = linked;
    if (target === undefined) return undefined;
    switch (target.kind) {
      case 'channel':
        // The check refuses a step that does not say whether it sends or receives.
        return undefined;
      case 'operation': {
        const step: StepDraft = { path, scope, linked, target, undoneBy: this.openUndo(scope, path, linked) };
        if (!isUndoing(scope)) this.steps.push(step);
        this.size += 1;
        if (this.size > MAX_STEPS) this.refuseSize(scope);
        return { kind: 'step', step };
      }
      case 'workflow': {
        if (!this.mayOpen(scope, target, below(linked.step.at, 'workflowId'))) return undefined;
        const inputs = linked.parameters;
        const child = this.open({
          path,
          via: 'step',
          parent: scope,
          linked: this.linkedOf(target),
          caller: linked,
          inputs,
        });
        return { kind: 'scope', scope: child };
      }
    }
  }

  /** What a workflow undoes by is passed when the step is undone; its steps are calls beside the flow. */
  private openUndo(scope: ScopeDraft, path: string, { undo }: LinkedStep): readonly StepDraft[] {
    if (undo?.target?.kind !== 'workflow' || isUndoing(scope)) return [];
    const { target, parameters: inputs } = undo;
    if (!this.mayOpen(scope, target, below(undo.step.at, 'workflowId'))) return [];
    const opened = this.open({
      path: this.unique(undoPath(path)),
      via: 'undo',
      parent: scope,
      linked: this.linkedOf(target),
      inputs,
    });
    return stepsWithin(opened.items);
  }

  /** Goto and retry to workflows, also those found in the tails themselves. */
  openTails(): void {
    for (let at = 0; at < this.scopes.length; at += 1) {
      const scope = this.scopes[at];
      assert(scope, 'the index is within the list');
      if (isUndoing(scope)) continue;
      for (const owner of scope.linked.steps) this.openTargets(scope, owner);
    }
  }

  private openTargets(scope: ScopeDraft, owner: LinkedStep): void {
    for (const entry of [...owner.successActions, ...owner.failureActions]) {
      const { action, target } = entry;
      if (target?.kind === 'step' && action.type === 'retry') this.refuseRepair(scope, action, target.step);
      if (target?.kind !== 'workflow' || action.type === 'end') continue;
      const site = siteOf(scope, owner, entry);
      const parameters = handedParameters(owner, entry);
      const opened =
        action.type === 'retry'
          ? this.openRepair(scope, owner, action, target, parameters)
          : this.openTail(scope, action, target, parameters);
      if (opened) this.workflowTargets.set(site, opened);
    }
  }

  /** A repair is one visit of one state; a step that calls a workflow has many. */
  private refuseRepair(scope: ScopeDraft, action: AnyAction, step: Step): void {
    if (scope.members.get(step)?.kind !== 'scope' && !step.forEach && !step.poll) return;
    this.diagnostics.push(report('PLN006', action.at, { action: action.name, stepId: step.stepId }));
  }

  private openRepair(
    scope: ScopeDraft,
    owner: LinkedStep,
    action: AnyAction,
    target: WorkflowTarget,
    parameters: readonly LinkedParameter[],
  ): ScopeDraft | undefined {
    if (!this.mayOpen(scope, target, action.at)) return undefined;
    const path = this.unique(`${join(scope.path, owner.step.stepId)}~${plain(action.name)}`);
    const inputs = parameters.length > 0 ? { inputs: parameters } : {};
    const opened = this.open({ path, via: 'repair', parent: scope, linked: this.linkedOf(target), ...inputs });
    this.tails.push(opened);
    return opened;
  }

  private openTail(
    scope: ScopeDraft,
    action: AnyAction,
    target: WorkflowTarget,
    parameters: readonly LinkedParameter[],
  ): ScopeDraft | undefined {
    const { workflowId } = target.workflow;
    if (scope.via !== 'root' && scope.via !== 'goto') {
      this.diagnostics.push(report('PLN004', action.at, { action: action.name, workflowId }));
      return undefined;
    }
    const chain = enclosing(scope);
    if (parameters.length === 0) {
      const again = this.scopes.find(
        (one) => one.linked.workflow === target.workflow && (one.via === 'root' || (one.via === 'goto' && !one.inputs)),
      );
      if (again) return again;
    } else if (chain.some((one) => one.inputs === parameters)) {
      this.diagnostics.push(report('PLN009', action.at, { action: action.name, workflowId }));
      return undefined;
    }
    if (this.full(scope)) return undefined;
    const path = this.unique(`>${plain(workflowId)}${parameters.length === 0 ? '' : `~${plain(action.name)}`}`);
    const inputs = parameters.length > 0 ? { inputs: parameters } : {};
    const opened = this.open({ path, via: 'goto', parent: scope, linked: this.linkedOf(target), ...inputs });
    this.tails.push(opened);
    return opened;
  }

  /** Paths are keys of journal and plan: ids that differ only in what a path cannot hold are numbered. */
  private unique(wanted: string): string {
    let path = wanted;
    for (let number = 2; this.paths.has(path); number += 1) path = `${wanted}_${number}`;
    this.paths.add(path);
    return path;
  }

  private mayOpen(scope: ScopeDraft, target: WorkflowTarget, at: Place): boolean {
    const { workflowId } = target.workflow;
    if (passesThrough(scope, target.workflow)) {
      const chain = enclosing(scope).map((one) => one.linked.workflow.workflowId);
      this.diagnostics.push(report('PLN002', at, { workflowId, chain: chain.reverse() }));
      return false;
    }
    return !this.full(scope);
  }

  private full(scope: ScopeDraft): boolean {
    if (this.scopes.length >= MAX_SCOPES) this.refuseSize(scope);
    return this.tooLarge;
  }

  private refuseSize(scope: ScopeDraft): void {
    if (this.tooLarge) return;
    this.tooLarge = true;
    const root = enclosing(scope).at(-1) ?? scope;
    const { workflow } = root.linked;
    this.diagnostics.push(report('PLN003', workflow.at, { workflowId: workflow.workflowId, limit: MAX_STEPS }));
  }

  private linkedOf(target: WorkflowTarget): LinkedWorkflow {
    const linked = this.links.workflows.get(target.workflow);
    assert(linked, 'every workflow that is named is linked');
    return linked;
  }
}

export function undoPath(step: string): string {
  return `${step}#undo`;
}

function join(scope: string, id: string): string {
  return scope === '' ? plain(id) : `${scope}/${plain(id)}`;
}

/** The marks of a path (`/ @ ~ > #`) and of a label (`# space`), and what a journal key is split at, never stand in an id. */
function plain(id: string): string {
  return id.replace(/[^\p{L}\p{N}_-]/gu, '_');
}
