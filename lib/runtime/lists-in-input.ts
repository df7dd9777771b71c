/**
 * Lists of steps that an input holds, looked at before its run begins: one that cannot be done would else be refused by its
 * step (lib/runtime/items.ts), when others have acted and have to be undone. Asked only where every run that succeeds comes
 * to the step; what an action may lead past is the step's own to refuse, and so is a list that a system answers.
 */
import { DEFAULTS } from '../model/defaults.ts';
import type { Json } from '../model/json.ts';
import type { Plan, PlanAction, PlanStep } from '../model/plan.ts';
import type { Value } from '../model/value.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { formatPointer } from '../expressions/pointer.ts';
import { references } from '../expressions/references.ts';
import { Evaluation } from './evaluation.ts';
import type { InputProblem } from './input.ts';
import { whyNotListed } from './items.ts';
import { languagesFor } from './passage.ts';

export async function listProblems(plan: Plan, input: Json): Promise<readonly InputProblem[]> {
  const steps = Object.values(plan.steps).filter(({ forEach }) => forEach !== undefined);
  if (steps.length === 0 || !goesStraight(plan)) return [];
  const xpath = await languagesFor(plan);
  const evaluation = new Evaluation(plan, { refs: {}, input, ...(xpath && { xpath }) });
  return steps.flatMap((step) => problemOf(step, evaluation, plan));
}

/** What it reads of steps is not there yet, so what is found is of the input alone. */
function problemOf(step: PlanStep, evaluation: Evaluation, plan: Plan): readonly InputProblem[] {
  const { forEach } = step;
  if (!forEach || !isPassed(plan, step.scope)) return [];
  const found = evaluate(forEach.items, evaluation.scope(step.scope));
  if (!found.found || whyNotListed(step, found.value) === undefined) return [];
  return [{ pointer: pointerOf(forEach.items, step), message: messageOf(step, found.value) }];
}

/** As a schema's own rules are said, behind the place in the input. */
function messageOf({ path }: PlanStep, value: Json): string {
  if (!Array.isArray(value)) return `must give ${path} a list`;
  return `must not give ${path} more than ${DEFAULTS.forEach.items} items, and gives it ${value.length}`;
}

/** Of an input of the run itself; what a workflow within is given may be put together. */
function pointerOf(items: Value, { scope }: PlanStep): string {
  const [read] = items.kind === 'expression' ? references(items) : [];
  if (scope !== '' || read?.expression.source !== 'inputs') return '';
  const { name, pointer } = read.expression;
  return formatPointer([...(name === '' ? [] : [name]), ...pointer]);
}

function goesStraight({ steps, scopes }: Plan): boolean {
  const owners = [...Object.values(steps), ...Object.values(scopes).flatMap(({ caller }) => caller ?? [])];
  return owners.every(({ onSuccess, onFailure }) => onSuccess.length === 0 && !onFailure.some(leadsOn));
}

function leadsOn({ type }: PlanAction): boolean {
  return type === 'goto';
}

/** Workflows that undo and repair are not of the way. */
function isPassed({ scopes }: Plan, path: string): boolean {
  for (let at = scopes[path]; at !== undefined; at = at.parent === undefined ? undefined : scopes[at.parent]) {
    if (at.via === 'undo' || at.via === 'repair') return false;
  }
  return true;
}
