/**
 * A body for a documented answer: its example, else one made from its schema. What the request said is said again
 * where the answer has a member of that name and kind, so that a created thing looks like what was asked for.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { MediaType } from '../model/openapi.ts';
import { sampler } from './sampler.ts';
import { boundedSchema } from './bounded-schema.ts';

const MAX_DEPTH = 12;

export function answerBody(media: MediaType, definitions: JsonObject, said: JsonObject): Json {
  return echoed(media.example ?? sampled(media.schema, definitions), said);
}

function sampled(schema: Json | undefined, definitions: JsonObject): Json {
  if (!isObject(schema)) return {};
  const bounded = boundedSchema(schema, { $defs: definitions });
  const made = sampler().sample(bounded, { quiet: true, maxSampleDepth: MAX_DEPTH }, { $defs: definitions });
  // The sampler yields plain JSON of the schema, or nothing where the schema allows nothing.
  return (made ?? null) as Json;
}

function echoed(body: Json, said: JsonObject): Json {
  if (!isObject(body)) return body;
  const members = Object.entries(body).map(([name, value]) => {
    const given = own(said, name);
    return [name, given !== undefined && kindOf(given) === kindOf(value) ? given : value] as const;
  });
  return Object.fromEntries(members);
}

function kindOf(value: Json): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}
