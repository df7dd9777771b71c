/**
 * Schemas that hold together, or of which one holds, as one schema: the same object for the same schemas, and each in it
 * once. What is found out of a schema is remembered by the object, so however many ways lead through a web of schemas,
 * each combination is looked at once.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';

export type Combining = 'allOf' | 'anyOf';

/** More than these are not told apart: nothing is said of the value then. */
const MAX_COMBINED = 200;

const numbers = new WeakMap<JsonObject, number>();
let last = 0;
const made = new WeakMap<JsonObject, Map<string, JsonObject>>();
const ours = new WeakSet<JsonObject>();

/** Undefined: nothing is said. */
export function combined(schemas: readonly Json[], how: Combining, definitions: JsonObject): Json | undefined {
  const parts = [...new Set(schemas.flatMap((schema) => partsOf(schema, how)))];
  const [only] = parts;
  if (parts.length < 2) return only;
  if (parts.length > MAX_COMBINED) return true;
  const name = `${how} ${parts.map(nameOf).toSorted().join(' ')}`;
  const known = made.get(definitions) ?? new Map<string, JsonObject>();
  made.set(definitions, known);
  const schema = known.get(name) ?? { [how]: parts };
  known.set(name, schema);
  ours.add(schema);
  return schema;
}

/** Of one that was combined here in the same way, what it is made of. */
function partsOf(schema: Json, how: Combining): readonly Json[] {
  const list = isObject(schema) && ours.has(schema) ? own(schema, how) : undefined;
  return Array.isArray(list) ? (list as readonly Json[]) : [schema];
}

function nameOf(schema: Json): string {
  if (!isObject(schema)) return JSON.stringify(schema);
  const known = numbers.get(schema);
  if (known !== undefined) return String(known);
  last += 1;
  numbers.set(schema, last);
  return String(last);
}
