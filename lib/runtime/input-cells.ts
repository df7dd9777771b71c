/**
 * An input out of named texts, as a CSV row has them: the inputs schema says what each text stands for. A number, a truth
 * value or null is read as such, a list or an object as JSON; an empty cell is a member that is not given. A text that
 * does not read as what the schema wants stays a text: the schema then says so of it. `address.city` is the member `city`
 * of `address`, unless the schema has a member of the whole name.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';

export function inputFromCells(schema: Json | undefined, cells: ReadonlyMap<string, string>): JsonObject {
  const root: Branch = new Map();
  for (const [name, text] of cells) {
    if (text === '') continue;
    const { path, schema: wanted } = placeOf(name, schema);
    put(root, path, valueOf(text, typesOf(wanted, schema)));
  }
  return objectOf(root);
}

/** Members that are still being put together. */
type Branch = Map<string, Json | Branch>;

function put(branch: Branch, [name = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) return void branch.set(name, value);
  const there = branch.get(name);
  const inner: Branch = there instanceof Map ? there : new Map(isObject(there) ? Object.entries(there) : []);
  branch.set(name, inner);
  put(inner, rest, value);
}

function objectOf(branch: Branch): JsonObject {
  return Object.fromEntries([...branch].map(([name, one]) => [name, one instanceof Map ? objectOf(one) : one]));
}

interface CellPlace {
  readonly path: readonly string[];
  readonly schema: Json | undefined;
}

/** The longest way that the schema knows; a name that it does not know is a member of its own. */
function placeOf(name: string, root: Json | undefined): CellPlace {
  const whole = memberOf(root, name, root);
  if (whole !== undefined || !name.includes('.')) return { path: [name], schema: whole };
  const path = name.split('.');
  let schema = root;
  for (const part of path) schema = memberOf(schema, part, root);
  return schema === undefined ? { path: [name], schema: undefined } : { path, schema };
}

const MAX_DEPTH = 32;

/** What a schema says of a member: in its properties, through references into its own `$defs` and `allOf`. */
function memberOf(schema: Json | undefined, name: string, root: Json | undefined, depth = 0): Json | undefined {
  if (!isObject(schema) || depth > MAX_DEPTH) return undefined;
  const properties = schema['properties'];
  const found = isObject(properties) ? own(properties, name) : undefined;
  return found ?? firstOf(partsOf(schema, root), (part) => memberOf(part, name, root, depth + 1));
}

function typesOf(schema: Json | undefined, root: Json | undefined, depth = 0): readonly string[] {
  if (!isObject(schema) || depth > MAX_DEPTH) return [];
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return (type as readonly Json[]).map(String);
  return firstOf(partsOf(schema, root), (part) => nonEmpty(typesOf(part, root, depth + 1))) ?? [];
}

function nonEmpty(types: readonly string[]): readonly string[] | undefined {
  return types.length > 0 ? types : undefined;
}

function firstOf<T>(parts: readonly Json[], look: (part: Json) => T | undefined): T | undefined {
  for (const part of parts) {
    const found = look(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The schemas that hold together with this one. */
function partsOf(schema: JsonObject, root: Json | undefined): readonly Json[] {
  const all = schema['allOf'];
  const reference = schema['$ref'];
  const name = typeof reference === 'string' ? /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1] : undefined;
  const definitions = isObject(root) ? root['$defs'] : undefined;
  const referred =
    name === undefined || !isObject(definitions)
      ? undefined
      : own(definitions, decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
  return [...(referred === undefined ? [] : [referred]), ...(Array.isArray(all) ? (all as readonly Json[]) : [])];
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function valueOf(text: string, types: readonly string[]): Json {
  const wants = (...names: readonly string[]): boolean => names.some((name) => types.includes(name));
  if (wants('string') || types.length === 0) return text;
  if (wants('integer', 'number') && NUMBER.test(text)) return Number(text);
  if (wants('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (wants('null') && text === 'null') return null;
  return wants('array', 'object') ? fromJson(text) : text;
}

function fromJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
