/** An input made from a workflow's `inputs` schema, for a first simulated run without one. */
import { isObject, type Json } from '../model/json.ts';
import { boundedSchema } from './bounded-schema.ts';
import { sampler } from './sampler.ts';

export function sampleInput(schema: Json | undefined): Json {
  if (!isObject(schema)) return {};
  // References of a workflow's schema point into the schema itself (`#/$defs/...`). The sampler yields plain JSON.
  return (sampler().sample(boundedSchema(schema, schema), { quiet: true }, schema) ?? {}) as Json;
}
