/** An input made from a workflow's `inputs` schema, for a first simulated run without one. */
import { isObject, type Json } from '../model/json.ts';
import { sampleOf } from './sample.ts';

export function sampleInput(schema: Json | undefined): Json {
  if (!isObject(schema)) return {};
  // References of a workflow's schema point into the schema itself (`#/$defs/...`).
  return sampleOf(schema, schema) ?? {};
}
