/**
 * The transitions out of a state: which field names the target, and which variables are assigned on the way. A catcher
 * and a choice rule assign their own variables instead of the state's.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

export interface Edge {
  /** The field that names the target, from the state on: `Next`, `Choices[0]/Next`. */
  readonly field: string;
  readonly target: string;
  /** The Assign that holds on this way, if any. */
  readonly assign: Json | undefined;
}

export function edgesOf(state: Json): readonly Edge[] {
  if (!isObject(state)) return [];
  return [
    ...edge(state, 'Next', 'Next'),
    ...edge(state, 'Default', 'Default'),
    ...listEdges(state, 'Choices'),
    ...listEdges(state, 'Catch'),
  ];
}

function edge(holder: JsonObject, name: 'Next' | 'Default', field: string): readonly Edge[] {
  const target = holder[name];
  return typeof target === 'string' ? [{ field, target, assign: holder['Assign'] }] : [];
}

function listEdges(state: JsonObject, list: 'Choices' | 'Catch'): readonly Edge[] {
  const entries = state[list];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: Json, index) =>
    isObject(entry) ? edge(entry, 'Next', `${list}[${index}]/Next`) : [],
  );
}
