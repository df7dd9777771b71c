/** Invariants 5 and 6: nothing is undone that never was, nothing twice, nothing begins after the fence, nothing out of order. */
import type { PlanStep } from '../../model/plan.ts';
import { pathsOf } from '../../runtime/precedence.ts';
import type { Evidence } from '../evidence.ts';
import type { LandedEffect } from '../systems.ts';
import { type Violation, violations } from './violation.ts';
import { stepsByOperation } from './visits.ts';

export function undoneOnceAndForCause(evidence: Evidence): readonly Violation[] {
  const twice = evidence.effects.filter(({ undone }) => undone.length > 1);
  return violations(5, [
    ...twice.map(({ id, undone }) => `${id} is undone ${undone.length} times`),
    ...evidence.astray.map(({ operation }) => `${operation} undoes what never was`),
  ]);
}

export function nothingBeginsAfterTheFence({ written }: Evidence): readonly Violation[] {
  const raised = new Set<number>();
  const begun: string[] = [];
  for (const { what, epoch, step } of written) {
    if (what === 'fence') raised.add(epoch);
    if (what === 'intent' && raised.has(epoch)) begun.push(`${step} begins after the fence of epoch ${epoch}`);
  }
  return violations(6, begun);
}

/** While an effect stands that was built on another one, the other is not undone. By-hand undos have no order. */
export function undosRespectDependencies(evidence: Evidence): readonly Violation[] {
  if (evidence.handled) return [];
  const steps = stepsByOperation(evidence);
  const { plan } = evidence.plans(evidence.record.header.epoch);
  const paths = pathsOf(plan);
  const known = evidence.effects.flatMap((effect) => {
    const [step, ...others] = steps.get(effect.operation) ?? [];
    return step && others.length === 0 && !step.repeats && mustGo(step) ? [{ effect, step }] : [];
  });
  return violations(
    6,
    known.flatMap(({ effect, step }) =>
      known
        .filter(
          (later) => !isIndependent(step) && paths(step.path, later.step.path) && isLeftBehind(effect, later.effect),
        )
        .map((later) => `${effect.id} is undone while ${later.effect.id}, which was built on it, stands or lands`),
    ),
  );
}

function mustGo({ undo }: PlanStep): boolean {
  return undo?.kind !== 'none';
}

function isIndependent({ undo }: PlanStep): boolean {
  return undo?.kind === 'calls' && undo.independent;
}

function isLeftBehind({ undone: [first] }: LandedEffect, later: LandedEffect): boolean {
  if (!first) return false;
  const [gone] = later.undone;
  return gone === undefined || gone.at > first.at;
}
