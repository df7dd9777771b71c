/**
 * A step that is done for each item of a list: a Task that reads the list, a Map over its numbers, and a Task that makes
 * lists of what the items gave and knows the way on. Of a long list the numbers are those of its batches, which the same
 * Task does. An item fails as a branch does: it raises the fence and ends normally, and who comes after the Map is told.
 */
import type { MapState } from '../model/asl.ts';
import type { PlanForEach, PlanStep } from '../model/plan.ts';
import { answerAssign, callState } from './call-state.ts';
import { catchAll } from './failing.ts';
import { branchOutput } from './handing-out.ts';
import { jsonata } from './jsonata.ts';
import { CHOICE_OUTPUT, writeChoice } from './jumps.ts';
import { chooses } from './nodes.ts';
import { fencedBy, openRegion, readCount, refs, type Region } from './region.ts';
import { LOCK_RETRIERS } from './retriers.ts';
import { ANSWER, EXECUTION_ID, invokeCore } from './tasks.ts';
import { endsBranch, following, type Place, type Writing } from './writing.ts';

export function writeItems(
  writing: Writing,
  region: Region,
  step: PlanStep & { readonly forEach: PlanForEach },
  place: Place,
): void {
  const { names } = writing;
  const list = names.node(step.path);
  const map = names.items(step.path);
  const gathers = names.gathered(step.path);
  const at = step.repeats ? { at: readCount(region, step.path) } : {};
  const given = { step: step.path, ...at, ...refs(region, step.reads) };
  region.states[list] = {
    Type: 'Task',
    Comment: `${step.origin.document}#${step.origin.pointer}`,
    ...invokeCore('each', { ...given, ...(place.afterJoin && fencedBy(region)) }),
    Output: jsonata(ANSWER),
    Retry: LOCK_RETRIERS,
    Catch: catchAll(region, names, { state: list, step: step.path }),
    Next: map,
  };
  region.states[map] = mapState(writing, region, step, { first: place.first, next: gathers });
  const task = {
    Type: 'Task' as const,
    ...invokeCore('gather', { ...given, ...fencedBy(region) }),
    Retry: LOCK_RETRIERS,
    Catch: catchAll(region, names, { state: gathers, step: step.path }),
  };
  if (chooses(step)) {
    const choice = names.choice(step.path);
    region.states[gathers] = { ...task, ...answerAssign(region, step), Output: CHOICE_OUTPUT, Next: choice };
    writeChoice(writing, region, step, place);
  } else if (endsBranch(region, place)) {
    region.states[gathers] = { ...task, Output: branchOutput(region, step.path), End: true };
  } else {
    const next = following(writing, region, place);
    region.states[gathers] = { ...task, ...answerAssign(region, step), Output: {}, Next: next };
  }
}

function mapState(
  writing: Writing,
  region: Region,
  step: PlanStep & { readonly forEach: PlanForEach },
  { first, next }: { readonly first: boolean; readonly next: string },
): MapState {
  const { names } = writing;
  const map = names.items(step.path);
  const state = names.item(step.path);
  const inner = openRegion({
    outer: region,
    loops: true,
    broken: names.brokenJoin(region.depth + 1, step.path),
    jumps: region.jumps,
    end: { kind: 'output' },
  });
  const more = { item: jsonata('$states.input'), ...(first && { exec: EXECUTION_ID }) };
  inner.states[state] = {
    ...callState(writing, { region: inner, step, state, more, batches: step.forEach.batches }),
    Output: {},
    End: true,
  };
  return {
    Type: 'Map',
    Items: jsonata('$states.input.items'),
    MaxConcurrency: jsonata('$states.input.atOnce'),
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: state,
      States: { ...inner.states, ...inner.raises },
    },
    Assign: { [region.broken]: jsonata('$exists($states.result.failed)') },
    Output: {},
    Catch: catchAll(region, names, { state: map, step: step.path }),
    Next: next,
  };
}
