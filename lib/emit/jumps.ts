/**
 * Where a step can lead elsewhere than to what follows: a Choice on the label that its handler answered, and for each
 * retry a Wait, the repair if there is one, and again. Written only for labels that the plan names.
 */
import type { ChoiceRule, State } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import type { PlanAction, PlanStep } from '../model/plan.ts';
import { answerAssign, callState } from './call-state.ts';
import { jsonata, text } from './jsonata.ts';
import { firstOf, stepOf, tailOf } from './nodes.ts';
import type { Region } from './region.ts';
import { ANSWER } from './tasks.ts';
import { endOf, following, type Place, type Writing } from './writing.ts';

const GOTO = 'goto ';

/** What a Task before a Choice hands to it. */
export const CHOICE_OUTPUT: { readonly go: string; readonly seconds: string } = {
  go: jsonata(`${ANSWER}.go`),
  seconds: jsonata(`$exists(${ANSWER}.seconds) ? ${ANSWER}.seconds : 0`),
};

export function writeChoice(writing: Writing, region: Region, step: PlanStep, place: Place): void {
  const labels = step.exits.filter((label) => label !== 'next');
  const rules = labels.map(
    (label): ChoiceRule => ({
      Condition: jsonata(`$states.input.go = ${text(label)}`),
      Next: targetOf(writing, region, label),
    }),
  );
  const choice: State = { Type: 'Choice', Choices: rules, Default: following(writing, region, place) };
  region.states[writing.names.choice(step.path)] = choice;
  for (const label of labels) if (writing.retries.has(label)) writeRetry(writing, region, label);
}

function targetOf({ names }: Writing, region: Region, label: string): string {
  if (label === 'end') return endOf(region);
  return label.startsWith(GOTO) ? names.node(label.slice(GOTO.length)) : names.wait(label);
}

/** Wait, repair, again. Shared by all steps whose failure leads to this action. */
function writeRetry(writing: Writing, region: Region, label: string): void {
  const name = writing.names.wait(label);
  if (region.states[name] !== undefined) return;
  const retry = writing.retries.get(label)?.retry;
  assert(retry, 'a retry label belongs to a retry action');
  const again = writing.names.node(retry.again);
  const begins = retry.repair ? repairEntry(writing, label, retry.repair) : again;
  region.states[name] = { Type: 'Wait', Seconds: jsonata('$states.input.seconds'), Output: {}, Next: begins };
  if (retry.repair) writeRepair(writing, region, { label, repair: retry.repair, again });
}

type Repair = NonNullable<NonNullable<PlanAction['retry']>['repair']>;

function repairEntry(writing: Writing, label: string, repair: Repair): string {
  if (repair.kind === 'step') return writing.names.repair(label, repair.step);
  return writing.names.node(firstOf(tailOf(writing, repair.scope)));
}

function writeRepair(
  writing: Writing,
  region: Region,
  { label, repair, again }: { readonly label: string; readonly repair: Repair; readonly again: string },
): void {
  if (repair.kind === 'workflow') {
    const inner: Region = { ...region, end: { kind: 'state', name: again, judges: false } };
    writing.series(inner, tailOf(writing, repair.scope), { first: false });
    return;
  }
  const step = stepOf(writing, repair.step);
  const state = writing.names.repair(label, step.path);
  const task = callState(writing, { region, step, state, more: { repair: true } });
  region.states[state] = { ...task, ...answerAssign(region, step), Output: {}, Next: again };
}
