/**
 * What a deploy changes: the plans that stand against those that would, workflow by workflow, and the systems that are called
 * for the first time or no more. It compares what was compiled and not what was written, so a comment changes nothing. Whom a
 * change meets follows from it: an execution keeps the plan that it began with (docs/decisions/051).
 */
import { reachedSystems } from '../model/dependencies.ts';
import { canonicalJson } from '../model/canonical.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';

const OF_STEPS: readonly string[] = ['steps', 'operations', 'calls'];

export interface Planned {
  readonly plan: Plan;
  readonly planHash: string;
}

export type WorkflowChange =
  | { readonly workflowId: string; readonly change: 'same' | 'new' | 'removed' }
  | {
      readonly workflowId: string;
      readonly change: 'changed';
      readonly from: string;
      readonly to: string;
      readonly steps: StepChanges;
      /** Whether anything differs beside single steps: order, inputs, outputs, policies of a workflow or system. */
      readonly beside: boolean;
      /** Its mode differs, and a machine has one for ever: AWS puts another in its place. */
      readonly replaced: boolean;
    };

export interface StepChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In what they send, read, accept or undo. */
  readonly changed: readonly string[];
}

export interface DeployChanges {
  readonly workflows: readonly WorkflowChange[];
  readonly systems: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export function deployChanges(standing: readonly Planned[], next: readonly Planned[]): DeployChanges {
  const [before, after] = [byWorkflow(standing), byWorkflow(next)];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const [called, toCall] = [systemsOf(standing), systemsOf(next)];
  return {
    workflows: ids.map((workflowId) => changeOf(workflowId, before.get(workflowId), after.get(workflowId))),
    systems: { added: without(toCall, called), removed: without(called, toCall) },
  };
}

function changeOf(workflowId: string, before: Planned | undefined, after: Planned | undefined): WorkflowChange {
  if (before === undefined) return { workflowId, change: 'new' };
  if (after === undefined) return { workflowId, change: 'removed' };
  if (before.planHash === after.planHash) return { workflowId, change: 'same' };
  const [old, now] = [before.plan, after.plan];
  const [paths, newPaths] = [Object.keys(old.steps), Object.keys(now.steps)];
  const differs = (path: string): boolean => textOf(stepOf(old, path)) !== textOf(stepOf(now, path));
  return {
    workflowId,
    change: 'changed',
    from: before.planHash,
    to: after.planHash,
    steps: {
      added: without(newPaths, paths),
      removed: without(paths, newPaths),
      changed: paths.filter((path) => newPaths.includes(path) && differs(path)),
    },
    beside: textOf(besideSteps(old)) !== textOf(besideSteps(now)),
    replaced: old.mode !== now.mode,
  };
}

/** A step with its operation and what is called beside it: its undo, its probe. */
function stepOf({ steps, operations, calls }: Plan, path: string): unknown {
  const step = steps[path];
  const beside = Object.entries(calls).filter(([call]) => call.startsWith(`${path}#`));
  return { step, operation: operations[step?.operation ?? ''], calls: Object.fromEntries(beside) };
}

/** The rest of the plan: what belongs to no single step. */
function besideSteps(plan: Plan): unknown {
  return Object.fromEntries(Object.entries(plan).filter(([name]) => !OF_STEPS.includes(name)));
}

function byWorkflow(planned: readonly Planned[]): ReadonlyMap<string, Planned> {
  return new Map(planned.map((one) => [one.plan.workflowId, one]));
}

function systemsOf(planned: readonly Planned[]): readonly string[] {
  return [...new Set(planned.flatMap(({ plan }) => reachedSystems(plan)))].sort();
}

function without(these: readonly string[], those: readonly string[]): readonly string[] {
  return these.filter((one) => !those.includes(one));
}

/** Parts of plans are plain JSON; they only lack the index signature. */
function textOf(value: unknown): string {
  return canonicalJson(value as Json);
}
