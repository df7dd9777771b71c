/**
 * The stage on which the engine's core runs one state alone: a machine of that state, in which every way out leads to
 * an end of its own, so that the history tells which way was taken. The branches of a Parallel and the iterations of a
 * Map are mocked, never run: a Parallel takes the form of a Task with the same arguments, recovery and output, and a
 * Map hands its iterations out as a Distributed Map does.
 */
import type { MapState, ParallelState, State, StateMachineDefinition, TaskState } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { edgesOf } from '../definition/edges.ts';
import type { Subject } from './subject.ts';

export interface Exit {
  /** The field that names the way: `Next`, `Catch[1]/Next`. */
  readonly field: string;
  /** Where it leads in the real machine. */
  readonly target: string;
}

export interface Stage {
  readonly definition: StateMachineDefinition;
  /** By the name of the end on the stage. */
  readonly exits: ReadonlyMap<string, Exit>;
}

export function stageOf({ name, state }: Subject): Stage {
  const edges = edgesOf(state as unknown as Json);
  const exits = new Map(edges.map(({ field, target }): [string, Exit] => [endOf(name, field), { field, target }]));
  const ends = [...exits.keys()].map((end): [string, State] => [end, { Type: 'Succeed' }]);
  const states = { [name]: withEnds(playable(state), name), ...Object.fromEntries(ends) };
  return { definition: { QueryLanguage: 'JSONata', StartAt: name, States: states }, exits };
}

/** Longer than the state's own name, so never equal to it. */
function endOf(name: string, field: string): string {
  return `${name} > ${field}`;
}

function playable(state: State): State {
  if (state.Type === 'Parallel') return asTask(state);
  return state.Type === 'Map' ? asDistributed(state) : state;
}

function asTask({ Branches: _branches, ...shared }: ParallelState): TaskState {
  return { ...shared, Type: 'Task', Resource: 'arn:aws:states:::test-state:branches' };
}

function asDistributed(state: MapState): MapState {
  const nothing: State = { Type: 'Succeed' };
  const config = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  return { ...state, ItemProcessor: { StartAt: 'Item', States: { Item: nothing }, ProcessorConfig: config } };
}

/** Every target replaced by the end that stands for its way. */
function withEnds(state: State, name: string): State {
  const raw = state as unknown as JsonObject;
  const lists = (['Choices', 'Catch'] as const).flatMap((list): [string, Json][] => {
    const entries = raw[list];
    if (!Array.isArray(entries)) return [];
    return [
      [list, entries.map((entry: Json, index) => redirected(entry, 'Next', endOf(name, `${list}[${index}]/Next`)))],
    ];
  });
  const next = redirected(redirected(raw, 'Next', endOf(name, 'Next')), 'Default', endOf(name, 'Default'));
  return { ...next, ...Object.fromEntries(lists) } as unknown as State;
}

function redirected(holder: Json, field: 'Next' | 'Default', end: string): JsonObject {
  if (!isObject(holder)) return {};
  return typeof holder[field] === 'string' ? { ...holder, [field]: end } : holder;
}
