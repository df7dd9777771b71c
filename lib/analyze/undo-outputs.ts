/**
 * Outputs of a step that its undo reads and that may be missing although the effect stands: an answer is unwanted where a
 * criterion does not hold, so what only a criterion vouches for may be just what it lacks. What the documents promise of
 * every answer is taken to be there.
 */
import { references } from '../expressions/references.ts';
import { type Plan, type PlanCall, type PlanStep } from '../model/plan.ts';
import { own } from '../model/json.ts';
import type { Value } from '../model/value.ts';
import { answerOf } from './flow/answers.ts';
import { isVouched, vouchedBy } from './flow/vouched.ts';
import { memberAt } from './fit/members.ts';

export function unsureOutputsOfUndo(plan: Plan, step: PlanStep): readonly string[] {
  const { undo } = step;
  if (undo?.kind !== 'calls') return [];
  const calls = undo.calls.flatMap((path) => own(plan.calls, path) ?? []);
  const read = new Set(calls.flatMap((call) => outputsRead(call, step)));
  return [...read].filter((name) => mayBeMissing(plan, step, own(step.outputs, name)));
}

/** Of the step's own outputs those that a call beside it reads, by name. */
export function outputsRead({ parameters, body }: PlanCall, step: PlanStep): readonly string[] {
  const values: readonly Value[] = [
    ...parameters.map(({ value }) => value),
    ...(body?.payload ? [body.payload] : []),
    ...(body?.replacements ?? []).map(({ value }) => value),
  ];
  return values.flatMap(references).flatMap(({ expression }) => {
    if (expression.source !== 'steps' || expression.stepId !== step.stepId) return [];
    return expression.name === '' ? Object.keys(step.outputs) : [expression.name];
  });
}

function mayBeMissing(plan: Plan, step: PlanStep, output: Value | undefined): boolean {
  const vouched = vouchedBy(plan, step);
  return references(output ?? { kind: 'literal', value: null }).some(({ expression }) => {
    if (expression.source !== 'response' || expression.part !== 'body') return false;
    const way = [...expression.trail, ...expression.pointer];
    const typed = answerOf(plan, step);
    const presence = typed ? memberAt(typed, way).presence : 'unknown';
    return presence === 'maybe' || (presence === 'unknown' && isVouched(vouched, way));
  });
}
