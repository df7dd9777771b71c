/**
 * What a schema of an OpenAPI document says of the members of a value, as far as that can be told for certain: by its
 * `properties` and `required`, through `$ref`, `allOf` and the alternatives of `anyOf` and `oneOf`. A schema that leaves
 * other members open by a word of its own (`additionalProperties`, `patternProperties`) tells nothing. Whether a value
 * holds is not asked here.
 */
import { isObject, type Json, type JsonObject, own } from './json.ts';

/** `#/$defs/<name>` leads here. */
export type Definitions = JsonObject;

/** A name to the schemas that hold for it. */
export type Members = ReadonlyMap<string, readonly Json[]>;

const MAX_DEPTH = 20;
const LOCAL = '#/$defs/';

/** The schema, and all of `allOf` with their references followed; undefined where one leads nowhere known. */
export function partsOf(schema: Json, definitions: Definitions, depth = 0): readonly JsonObject[] | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (schema === true) return [{}];
  if (!isObject(schema)) return undefined;
  const reference = own(schema, '$ref');
  const all = own(schema, 'allOf');
  const inner = [
    ...(reference === undefined ? [] : [referred(reference, definitions)]),
    ...(Array.isArray(all) ? (all as readonly Json[]) : []),
  ];
  const parts: JsonObject[] = [schema];
  for (const one of inner) {
    const found = one === undefined ? undefined : partsOf(one, definitions, depth + 1);
    if (!found) return undefined;
    parts.push(...found);
  }
  return parts;
}

function referred(reference: Json, definitions: Definitions): Json | undefined {
  const name = definitionName(reference);
  return name === undefined ? undefined : own(definitions, name);
}

/** `Pet`, of `#/$defs/Pet`. */
export function definitionName(reference: Json | undefined): string | undefined {
  if (typeof reference !== 'string' || !reference.startsWith(LOCAL)) return undefined;
  const name = reference.slice(LOCAL.length);
  if (name.includes('/') || /~(?![01])/.test(name)) return undefined;
  return unescaped(name).replaceAll('~1', '/').replaceAll('~0', '~');
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** All members that an object can have; undefined where there may be others, or nothing is said of any. */
export function membersOf(schema: Json, definitions: Definitions, depth = 0): Members | undefined {
  const parts = depth > MAX_DEPTH ? undefined : partsOf(schema, definitions);
  if (!parts || parts.some(isOpen)) return undefined;
  const members = new Map<string, readonly Json[]>();
  const add = (name: string, schemas: readonly Json[]): void =>
    void members.set(name, [...(members.get(name) ?? []), ...schemas]);
  for (const part of parts) {
    for (const [name, one] of Object.entries(objectAt(part, 'properties'))) add(name, [one]);
    for (const key of ['anyOf', 'oneOf']) {
      const alternatives = own(part, key);
      for (const one of Array.isArray(alternatives) ? (alternatives as readonly Json[]) : []) {
        const found = membersOf(one, definitions, depth + 1);
        if (!found) return undefined;
        for (const [name, schemas] of found) add(name, schemas);
      }
    }
  }
  return members.size > 0 || parts.some((part) => own(part, 'additionalProperties') === false) ? members : undefined;
}

/** Where more members are allowed in so many words, or come and go with others. */
function isOpen(part: JsonObject): boolean {
  const others = own(part, 'additionalProperties');
  const conditional = ['if', 'patternProperties', 'dependentSchemas', '$dynamicRef', 'unevaluatedProperties'];
  return (others !== undefined && others !== false) || conditional.some((key) => own(part, key) !== undefined);
}

/** Names that an object must have, of those that may be sent: what is `readOnly` is the system's to give. */
export function requiredOf(parts: readonly JsonObject[]): readonly string[] {
  const names = parts.flatMap((part) => {
    const required = own(part, 'required');
    return Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
  });
  return [...new Set(names)].filter(
    (name) => !parts.some((part) => isReadOnly(own(objectAt(part, 'properties'), name))),
  );
}

function isReadOnly(schema: Json | undefined): boolean {
  return isObject(schema) && own(schema, 'readOnly') === true;
}

function objectAt(part: JsonObject, key: string): JsonObject {
  const value = own(part, key);
  return isObject(value) ? value : {};
}

/** The schemas of a list's elements; undefined where nothing is said of them. */
export function itemsOf(parts: readonly JsonObject[]): readonly Json[] | undefined {
  if (parts.some((part) => own(part, 'prefixItems') !== undefined)) return undefined;
  const items = parts.flatMap((part) => own(part, 'items') ?? []);
  return items.length > 0 ? items : undefined;
}
