/**
 * What stands beside a step: the calls that undo its effect, the one that asks after it, and what takes its place when it
 * failed. None of them is a state of the machine; handlers make them by their path. An undo is a row of calls, made one
 * after another: of one operation, or of a workflow's steps with sub-workflows written out.
 */
import type { Step } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { OperationTarget } from '../model/links.ts';
import type { PlanCall, PlanFallback, PlanProbe, PlanUndo } from '../model/plan.ts';
import type { UndoPolicy } from '../model/policy.ts';
import { type CallContext, planCall, systemPolicy } from './calls.ts';
import type { StepDraft } from './draft.ts';
import { itemSubjects } from './items.ts';
import { stepPolicies, undoPolicies } from './policies.ts';
import { undoPath } from './scopes.ts';
import { planCriteria, planValues } from './values.ts';

export interface Beside {
  readonly undo?: PlanUndo;
  readonly probe?: PlanProbe;
  readonly fallback?: PlanFallback;
  readonly calls: readonly PlanCall[];
}

export function planBeside(context: CallContext, step: StepDraft): Beside {
  const probed = planProbe(context, step);
  const undone = planUndo(context, step, probed !== undefined);
  const replaced = planFallback(context, step);
  return {
    ...(undone && { undo: undone.undo }),
    ...(probed && { probe: probed.probe }),
    ...(replaced && { fallback: replaced.fallback }),
    calls: [...(undone?.calls ?? []), ...(probed?.calls ?? []), ...(replaced?.calls ?? [])],
  };
}

interface Undone {
  readonly undo: PlanUndo;
  readonly calls: readonly PlanCall[];
}

function planUndo(context: CallContext, step: StepDraft, hasProbe: boolean): Undone | undefined {
  const declared = context.policies.ofStep(step.linked.step.policy).compensate;
  if (declared === undefined) return undefined;
  if ('none' in declared) return { undo: { kind: 'none', reason: declared.none }, calls: [] };
  const calls = undoCalls(context, step, declared);
  const undo: PlanUndo = {
    kind: 'calls',
    calls: calls.map(({ path }) => path),
    whenInDoubt: declared.whenInDoubt ?? (hasProbe ? 'probe' : 'ask'),
    independent: declared.independent ?? false,
    attempts: declared.retry?.attempts ?? DEFAULTS.undo.attempts,
    budgetMs: declared.retry?.budget ?? DEFAULTS.undo.budgetMs,
  };
  return { undo, calls };
}

function undoCalls(context: CallContext, step: StepDraft, declared: UndoPolicy): readonly PlanCall[] {
  const { linked, scope, path } = step;
  const { undo } = linked;
  if (undo?.target?.kind === 'operation') {
    const { target } = undo;
    const { description } = scope.linked;
    const system = systemPolicy(context, target, description);
    const policies = undoPolicies({ linked: undo, target, step: {}, system }, declared);
    return [
      planCall(context, {
        path: undoPath(path),
        scope: scope.path,
        linked: undo,
        target,
        description,
        policies,
        ...itemSubjects(step),
      }),
    ];
  }
  assert(step.undoneBy.length > 0, 'a compensate without errors calls something');
  return step.undoneBy.map((one) => {
    const { description } = one.scope.linked;
    const own = context.policies.ofStep(one.linked.step.policy);
    const system = systemPolicy(context, one.target, description);
    const policies = undoPolicies({ linked: one.linked, target: one.target, step: own, system }, declared);
    return planCall(context, { ...one, scope: one.scope.path, description, policies, ...itemSubjects(step) });
  });
}

function planProbe(
  context: CallContext,
  step: StepDraft,
): { readonly probe: PlanProbe; readonly calls: readonly [PlanCall] } | undefined {
  const { linked, scope, path } = step;
  const { probe } = linked;
  if (!probe) return undefined;
  const target = operationOf(probe.target);
  const { description } = scope.linked;
  const { retry, timeouts } = context.policies.ofStep(probe.step.policy);
  // Its outputs stand in for the step's, so they are as sensitive.
  const { sensitive } = context.policies.ofStep(linked.step.policy);
  const own = { ...(retry && { retry }), ...(timeouts && { timeouts }), ...(sensitive && { sensitive }) };
  const system = systemPolicy(context, target, description);
  const policies = stepPolicies({ linked: probe, target, step: { ...own, cache: false }, system });
  const applied = planCriteria(probe.step.applied);
  const absent = planCriteria(probe.step.absent);
  const call = planCall(context, {
    path: `${path}#probe`,
    scope: scope.path,
    linked: probe,
    target,
    description,
    policies,
    more: [...applied, ...absent],
    ...itemSubjects(step),
  });
  return { probe: { call: call.path, applied, absent }, calls: [call] };
}

function planFallback(
  context: CallContext,
  step: StepDraft,
): { readonly fallback: PlanFallback; readonly calls: readonly PlanCall[] } | undefined {
  const { fallback } = step.linked;
  if (!fallback) return undefined;
  const criteria = planCriteria(fallback.fallback.criteria);
  if (!fallback.step) {
    return { fallback: { kind: 'outputs', outputs: planValues(fallback.fallback.outputs), criteria }, calls: [] };
  }
  const call = replacement(context, step, fallback.step);
  return { fallback: { kind: 'call', call: call.path, criteria }, calls: [call] };
}

/** Another step's request in this step's place. */
function replacement(context: CallContext, { scope, path }: StepDraft, other: Step): PlanCall {
  const linked = scope.linked.steps.find(({ step }) => step === other);
  assert(linked, 'a fallback names a step of its workflow');
  const target = operationOf(linked.target);
  const { description } = scope.linked;
  const own = context.policies.ofStep(other.policy);
  const system = systemPolicy(context, target, description);
  const policies = stepPolicies({ linked, target, step: own, system });
  return planCall(context, { path: `${path}#fallback`, scope: scope.path, linked, target, description, policies });
}

function operationOf(target: StepDraft['linked']['target']): OperationTarget {
  assert(target?.kind === 'operation', 'a probe or fallback without errors calls an operation');
  return target;
}
