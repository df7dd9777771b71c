/**
 * A step that asks until something is done: a Wait, a Task, and a Choice that leads back to the Wait. What the last answer
 * said goes round in a variable of the region; the journal hears of the last question only.
 */
import { assert } from '../model/assert.ts';
import type { ChoiceRule } from '../model/asl.ts';
import type { PlanPoll, PlanStep } from '../model/plan.ts';
import { answerAssign, callState } from './call-state.ts';
import { branchOutput } from './handing-out.ts';
import { jsonata, orElse } from './jsonata.ts';
import { CHOICE_OUTPUT, writeChoice } from './jumps.ts';
import type { Region } from './region.ts';
import { ANSWER } from './tasks.ts';
import { endsBranch, following, type Place, type Writing } from './writing.ts';

export function writePoll(
  writing: Writing,
  region: Region,
  step: PlanStep & { readonly poll: PlanPoll },
  place: Place,
): void {
  const { names } = writing;
  const waits = names.node(step.path);
  const asks = names.asks(step.path);
  const choice = names.choice(step.path);
  const said = names.said(step.path, region.depth);
  const first = Math.ceil(step.poll.everyMs / 1000);
  region.states[waits] = {
    Type: 'Wait',
    Seconds: jsonata(`$exists($${said}.seconds) ? $${said}.seconds : ${first}`),
    Output: {},
    Next: asks,
  };
  const task = callState(writing, { region, step, state: asks, more: { poll: orElse(`$${said}`, 'null') } });
  const { Assign } = answerAssign(region, step);
  region.states[asks] = {
    ...task,
    Assign: { ...Assign, [said]: jsonata(`${ANSWER}.poll`) },
    Output: CHOICE_OUTPUT,
    Next: choice,
  };
  const again: ChoiceRule = { Condition: jsonata("$states.input.go = 'ask'"), Next: waits };
  if (endsBranch(region, place)) {
    const done = names.branchDone(step.path);
    region.states[choice] = { Type: 'Choice', Choices: [again], Default: done };
    region.states[done] = { Type: 'Pass', Output: branchOutput(region), End: true };
    return;
  }
  writeChoice(writing, region, step, place);
  const written = region.states[choice];
  assert(written?.Type === 'Choice', 'what was written last is a Choice');
  region.states[choice] = {
    ...written,
    Choices: [again, ...written.Choices],
    Default: following(writing, region, place),
  };
}
