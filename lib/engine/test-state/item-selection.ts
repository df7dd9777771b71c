/** The items of the tested Map as its ItemSelector makes them, by the core's own query for it. */
import { assert } from '../../model/assert.ts';
import type { Json } from '../../model/json.ts';
import type { Machine } from '../machine.ts';
import { Problem, type View } from '../query/language.ts';
import { RandomSource } from '../random-source.ts';
import type { MapRunRequest } from '../snapshot.ts';
import { mapItem } from '../strands.ts';

/** Undefined without an ItemSelector, or where the items are in a store. */
export async function selectItems(
  machine: Machine,
  run: MapRunRequest,
  time: number,
): Promise<readonly Json[] | Problem | undefined> {
  const state = machine.states.get(run.stateName);
  assert(state?.type === 'Map', `the Map run is of a Map: ${run.stateName}`);
  if (state.itemSelector === null || run.items === undefined || run.reader !== undefined) return undefined;
  const random = new RandomSource(run.seed);
  const selected: Json[] = [];
  for (const index of run.items.keys()) {
    const value = await state.itemSelector.evaluate(viewOf(run, index, { time, random }));
    if (value instanceof Problem) return value;
    selected.push(value);
  }
  return selected;
}

function viewOf(
  run: MapRunRequest,
  index: number,
  { time, random }: { readonly time: number; readonly random: RandomSource },
): View {
  const item = mapItem({ items: run.items ?? [], keys: run.keys }, index);
  return {
    variables: run.variables,
    input: run.input,
    time,
    context: () => ({ ...run.context, Map: { Item: item } }),
    random: () => random,
  };
}
