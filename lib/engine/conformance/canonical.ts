/**
 * How recorded values are compared with ours. The recordings hold every string that begins with `{` decoded, and words
 * in the place of what differs from run to run (ids, dates, names); both sides are brought to that form.
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Strings of JSON objects become the objects, at any depth. */
export function canonical(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('{') ? decoded(value) : value;
  if (Array.isArray(value)) return value.map(canonical);
  return isObject(value) ? mapValues(value, canonical) : value;
}

export function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function decoded(text: string): Json {
  try {
    return canonical(JSON.parse(text) as Json);
  } catch {
    return text;
  }
}

/** Words that the recording put in the place of a time. */
const TIMES: ReadonlySet<Json> = new Set(['date', 'timestamp', 'start-date', 'stop-date']);

/** Equal, or the recording has a placeholder there. */
export function isSame(actual: Json | undefined, expected: Json | undefined): boolean {
  if (actual === expected) return true;
  if (typeof expected !== 'string' || typeof actual !== 'string') return false;
  return TIMES.has(expected) || matchesPlaceholders(actual, expected);
}

/** `<resource:1>` stands for a part of a name or an ARN; what is around it must be as it was. */
function matchesPlaceholders(actual: string, expected: string): boolean {
  if (!/<[\w:-]+>/.test(expected)) return false;
  const parts = expected.split(/<[\w:-]+>/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]+')}$`, 's').test(actual);
}
