/** Risks of effects: what stands after a failure, what a lost answer leaves in doubt, and what an undo needs. */
import type { Plan, PlanStep } from '../../model/plan.ts';
import { dependsOn, passedBefore } from '../flow-order.ts';
import { outputsRead } from '../undo-outputs.ts';
import { type Risk, titleOf } from './risk.ts';

export const effectNeverUndone: Risk = ({ plan, report }) => {
  for (const step of effects(plan)) {
    if (step.undo) continue;
    const later = mayFailAfter(plan, step).map(({ stepId }) => stepId);
    if (later.length > 0) {
      report('RSK001', step.origin, { stepId: step.stepId, operation: titleOf(plan, step), later });
    }
  }
};

export const doubtWithoutProbe: Risk = ({ plan, report }) => {
  for (const step of effects(plan)) {
    const { undo, probe, effect, stepId, origin } = step;
    const isAnswered = undo?.kind === 'none' || (undo?.kind === 'calls' && undo.whenInDoubt === 'undo');
    if (effect !== 'unsafe' || probe || isAnswered) continue;
    report('RSK002', origin, { stepId, operation: titleOf(plan, step) });
  }
};

/** Where the step may not be repeated at all, that it has no probe says more. */
export const undoNeedsAnswer: Risk = ({ plan, report }) => {
  for (const step of effects(plan)) {
    const { undo, probe, effect, stepId } = step;
    if (effect === 'unsafe' || probe || undo?.kind !== 'calls' || undo.whenInDoubt !== 'ask') continue;
    const calls = undo.calls.flatMap((path) => plan.calls[path] ?? []);
    const outputs = [...new Set(calls.flatMap((call) => outputsRead(call, step)))];
    const [first] = calls;
    if (outputs.length > 0 && first) report('RSK003', first.origin, { stepId, outputs });
  }
};

export const undoNotRepeatable: Risk = ({ plan, report }) => {
  for (const { undo, stepId } of effects(plan)) {
    if (undo?.kind !== 'calls') continue;
    for (const call of undo.calls.flatMap((path) => plan.calls[path] ?? [])) {
      if (call.effect === 'unsafe') report('RSK011', call.origin, { stepId, operation: titleOf(plan, call) });
    }
  }
};

export const probeNeverSaysNo: Risk = ({ plan, report }) => {
  for (const { probe, stepId, origin } of effects(plan)) {
    if (!probe || probe.absent.length > 0) continue;
    report('RSK009', plan.calls[probe.call]?.origin ?? origin, { stepId });
  }
};

export const effectMadeEarly: Risk = ({ plan, report }) => {
  for (const step of effects(plan)) {
    if (step.undo?.kind !== 'none') continue;
    const before = new Set(passedBefore(plan, step.path));
    const later = mayFailAfter(plan, step).filter(
      (one) => !before.has(one.path) && !isNeeded(plan, step, one) && one.path !== step.path,
    );
    if (later.length > 0) {
      report('RSK014', step.origin, { stepId: step.stepId, later: later.map(({ stepId }) => stepId) });
    }
  }
};

export const retryNeverInDoubt: Risk = ({ plan, report, places }) => {
  for (const step of effects(plan)) {
    if (step.effect !== 'unsafe' || step.probe) continue;
    for (const [index, { name, type, criteria }] of step.onFailure.entries()) {
      if (type !== 'retry' || criteria.length > 0) continue;
      const place = places.of(step.origin, ['onFailure', String(index)]);
      report('RSK005', place, { stepId: step.stepId, operation: titleOf(plan, step), action: name });
    }
  }
};

function effects(plan: Plan): readonly PlanStep[] {
  return Object.values(plan.steps).filter(({ effect }) => effect !== 'safe');
}

/** Those after it, and those beside it: they may fail when it is done. */
function mayFailAfter(plan: Plan, step: PlanStep): readonly PlanStep[] {
  return Object.values(plan.steps).filter(
    (other) => other !== step && passedBefore(plan, other.path).includes(step.path),
  );
}

/** The later one reads it, or awaits what does. */
function isNeeded(plan: Plan, earlier: PlanStep, later: PlanStep): boolean {
  const found = new Set([earlier]);
  for (const one of found) {
    for (const other of Object.values(plan.steps)) if (dependsOn(plan, other, one)) found.add(other);
  }
  return found.has(later);
}
