/** The flow: node by node, each leading to the next, the last to the region's end. Steps here, the rest in its own room. */
import type { PlanSeries, PlanStep } from '../model/plan.ts';
import { writeParallel } from './branches.ts';
import { answerAssign, callState } from './call-state.ts';
import { branchOutput } from './handing-out.ts';
import { CHOICE_OUTPUT, writeChoice } from './jumps.ts';
import { writeInvitation } from './interaction.ts';
import { writeItems } from './items.ts';
import { chooses, stepOf, stepsOf } from './nodes.ts';
import { writePoll } from './poll.ts';
import { declare, fencedBy, type Region } from './region.ts';
import { EXECUTION_ID } from './tasks.ts';
import { endsBranch, following, type Place, type Writing } from './writing.ts';

export function writeSeries(
  writing: Writing,
  region: Region,
  series: PlanSeries,
  start: { readonly first: boolean },
): void {
  declare(region, writing, writing.names, series);
  series.forEach((node, index) => {
    const next = series[index + 1];
    const place: Place = {
      afterJoin: series[index - 1]?.kind === 'parallel',
      first: start.first && index === 0,
      ...(next && { next }),
    };
    if (node.kind === 'step') writeStep(writing, region, stepOf(writing, node.step), place);
    else writeParallel(writing, region, node, place);
    for (const path of stepsOf(node)) region.passed.add(path);
  });
}

function writeStep(writing: Writing, region: Region, step: PlanStep, place: Place): void {
  const { forEach, poll } = step;
  if (forEach) return writeItems(writing, region, { ...step, forEach }, place);
  if (poll) return writePoll(writing, region, { ...step, poll }, place);
  const state =
    step.interaction || step.receive ? writeInvitation(writing, region, step, place) : writing.names.node(step.path);
  const more = { ...(place.first && { exec: EXECUTION_ID }), ...(place.afterJoin && fencedBy(region)) };
  const task = callState(writing, { region, step, state, more });
  if (chooses(step)) {
    const choice = writing.names.choice(step.path);
    region.states[state] = { ...task, ...answerAssign(region, step), Output: CHOICE_OUTPUT, Next: choice };
    writeChoice(writing, region, step, place);
  } else if (endsBranch(region, place)) {
    region.states[state] = { ...task, Output: branchOutput(region, step.path), End: true };
  } else {
    const next = following(writing, region, place);
    region.states[state] = { ...task, ...answerAssign(region, step), Output: {}, Next: next };
  }
}
