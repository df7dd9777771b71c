/**
 * What a schema of an OpenAPI document says of the members of a value, as far as that can be told for certain: by its
 * `properties` and `required`, through `$ref`, `allOf` and the alternatives of `anyOf` and `oneOf`. A schema that leaves
 * other members open by a word of its own (`additionalProperties`, `patternProperties`) tells nothing. Whether a value
 * holds is not asked here. Each schema is looked at once, and no more than a bounded count of them.
 */
import { isObject, type Json, type JsonObject, own } from './json.ts';

/** `#/$defs/<name>` leads here. */
export type Definitions = JsonObject;

/** A name to the schemas that hold for it. */
export type Members = ReadonlyMap<string, readonly Json[]>;

/** Schemas that are looked at for one answer. Documents may weave webs of them: what lies beyond is not known. */
const MAX_SCHEMAS = 10_000;
const LOCAL = '#/$defs/';

/** The schema, and all of `allOf` with their references followed, each once; undefined where one leads nowhere known. */
export function partsOf(schema: Json, definitions: Definitions): readonly JsonObject[] | undefined {
  const parts = new Set<JsonObject>();
  const pending: (Json | undefined)[] = [schema];
  while (pending.length > 0) {
    const one = pending.pop();
    const part = one === true ? {} : one;
    if (!isObject(part) || parts.size > MAX_SCHEMAS) return undefined;
    if (parts.has(part)) continue;
    parts.add(part);
    pending.push(...innerParts(part, definitions).reverse());
  }
  return [...parts];
}

function innerParts(part: JsonObject, definitions: Definitions): (Json | undefined)[] {
  const reference = own(part, '$ref');
  const inner: (Json | undefined)[] = listAt(part, 'allOf').map((one) => aimOf(one, definitions));
  // One that leads nowhere stays in the list as undefined, and makes all of it unknown.
  if (reference !== undefined) inner.unshift(referred(reference, definitions));
  return inner;
}

function referred(reference: Json | undefined, definitions: Definitions): Json | undefined {
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
export function membersOf(schema: Json, definitions: Definitions): Members | undefined {
  const members = new Map<string, Set<Json>>();
  const alternatives = new Set<Json>([schema]);
  let looked = 0;
  // A set grows while it is walked, and holds each alternative once however many lead to it.
  for (const alternative of alternatives) {
    const parts = partsOf(alternative, definitions);
    looked += parts?.length ?? 0;
    if (!parts || looked > MAX_SCHEMAS || parts.some(isOpen) || !parts.some(saysMembers)) return undefined;
    for (const part of parts) {
      for (const [name, one] of Object.entries(objectAt(part, 'properties'))) {
        members.set(name, (members.get(name) ?? new Set()).add(one));
      }
      for (const one of alternativesOf(part)) alternatives.add(aimOf(one, definitions));
    }
  }
  return new Map([...members].map(([name, schemas]) => [name, [...schemas]]));
}

function saysMembers(part: JsonObject): boolean {
  const isClosed = own(part, 'additionalProperties') === false;
  return isClosed || alternativesOf(part).length > 0 || Object.keys(objectAt(part, 'properties')).length > 0;
}

function alternativesOf(part: JsonObject): readonly Json[] {
  return ['anyOf', 'oneOf'].flatMap((key) => listAt(part, key));
}

/** Where a schema leads that is a reference and nothing else: the very object, so that it is looked at once. */
export function aimOf(schema: Json, definitions: Definitions): Json {
  const isAlone = isObject(schema) && Object.keys(schema).length === 1;
  return (isAlone ? referred(own(schema, '$ref'), definitions) : undefined) ?? schema;
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
    return listAt(part, 'required').filter((name): name is string => typeof name === 'string');
  });
  return [...new Set(names)].filter(
    (name) => !parts.some((part) => isReadOnly(own(objectAt(part, 'properties'), name))),
  );
}

function isReadOnly(schema: Json | undefined): boolean {
  return isObject(schema) && own(schema, 'readOnly') === true;
}

function listAt(part: JsonObject, key: string): readonly Json[] {
  const value = own(part, key);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
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
