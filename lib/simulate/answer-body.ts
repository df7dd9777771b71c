/**
 * A body for a documented answer: its example, else one made from its schema. What the request said is said again
 * where the answer has a member of that name and kind, so that a created thing looks like what was asked for.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { MediaType } from '../model/openapi.ts';
import { sampleOf } from './sample.ts';

export function answerBody(media: MediaType, definitions: JsonObject, said: JsonObject): Json {
  return echoed(media.example ?? sampled(media.schema, definitions), said);
}

function sampled(schema: Json | undefined, definitions: JsonObject): Json {
  return isObject(schema) ? (sampleOf(schema, { $defs: definitions }) ?? null) : {};
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
