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

/** Items of a shard ask their shard and not the run: they may begin until whoever raised the fence closes it, or all is over. */
export function nothingBeginsAfterTheFence({ written }: Evidence): readonly Violation[] {
  const shut = new Set<string>();
  const begun: string[] = [];
  for (const { what, epoch, step, detail } of written) {
    if (what === 'fence') shut.add(`run ${epoch}`);
    if (what === 'close' || what === 'end') shut.add(`all ${epoch}`);
    if (what === 'shard-close') shut.add(`${detail} ${epoch}`);
    if (what !== 'intent') continue;
    const gates = detail === undefined ? { run: 'the fence' } : { [detail]: `the close of ${detail}`, all: 'the end' };
    const [passed] = Object.entries(gates).filter(([gate]) => shut.has(`${gate} ${epoch}`));
    if (passed) begun.push(`${step} begins after ${passed[1]} of epoch ${epoch}`);
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
