/**
 * What becomes of members of a body that have no value: null, and left out where the document's schema has the member as
 * one that may be absent and takes no null. Nobody could send such a null without breaking the document; leaving the member
 * out is what an optional query parameter without a value gets, too. Where the schema leaves it open, null is sent.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { type Definitions, itemsOf, partsOf, requiredOf } from '../../model/schema-members.ts';

export type GapPath = readonly (string | number)[];

export interface Gaps {
  readonly value: Json;
  /** Of those that were given, the ones that are gone. */
  readonly leftOut: ReadonlySet<GapPath>;
}

/** `paths` lead to members that are null for want of a value. */
export function withoutGaps(
  value: Json,
  paths: readonly GapPath[],
  { schema, definitions }: { readonly schema: Json | undefined; readonly definitions: Definitions },
): Gaps {
  if (schema === undefined) return { value, leftOut: new Set() };
  const leftOut = paths.filter((path) => mayBeAbsent(path, schema, definitions));
  return { value: leftOut.reduce(without, value), leftOut: new Set(leftOut) };
}

function mayBeAbsent(path: GapPath, schema: Json, definitions: Definitions): boolean {
  let parts = partsOf(schema, definitions);
  for (const [at, token] of path.entries()) {
    if (!parts || parts.some(isChoice)) return false;
    const isLast = at === path.length - 1;
    if (isLast && (typeof token === 'number' || requiredOf(parts).includes(token))) return false;
    const inner = typeof token === 'number' ? itemsOf(parts) : membersNamed(parts, token);
    const all = (inner ?? []).map((one) => partsOf(one, definitions));
    if (all.length === 0 || all.includes(undefined)) return false;
    parts = all.flatMap((one) => one ?? []);
  }
  return path.length > 0 && parts !== undefined && parts.some(excludesNull);
}

/** What holds depends on which alternative is meant. */
function isChoice(part: JsonObject): boolean {
  return ['oneOf', 'anyOf', 'if', 'dependentSchemas', 'dependentRequired'].some((key) => own(part, key) !== undefined);
}

function membersNamed(parts: readonly JsonObject[], name: string): readonly Json[] {
  return parts.flatMap((part) => {
    const properties = own(part, 'properties');
    const found = isObject(properties) ? own(properties, name) : undefined;
    return found === undefined ? [] : [found];
  });
}

function excludesNull(part: JsonObject): boolean {
  const [type, listed, constant] = [own(part, 'type'), own(part, 'enum'), own(part, 'const')];
  if (type !== undefined && (Array.isArray(type) ? !type.includes('null') : type !== 'null')) return true;
  if (Array.isArray(listed)) return !listed.includes(null);
  return constant !== undefined && constant !== null;
}

function without(value: Json, [token, ...rest]: GapPath): Json {
  if (Array.isArray(value)) return value.map((one: Json, at) => (at === token ? without(one, rest) : one));
  if (!isObject(value) || typeof token !== 'string') return value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    if (name !== token) return [[name, member] as const];
    return rest.length === 0 ? [] : [[name, without(member, rest)] as const];
  });
  return Object.fromEntries(members);
}

/** Where a mark stands in a value, and the value with null in its place. */
export function marked(value: Json, mark: string): { readonly value: Json; readonly paths: readonly GapPath[] } {
  const paths: GapPath[] = [];
  const walk = (at: Json, path: GapPath): Json => {
    if (at === mark) {
      paths.push(path);
      return null;
    }
    if (Array.isArray(at)) return at.map((one: Json, index) => walk(one, [...path, index]));
    if (!isObject(at)) return at;
    return Object.fromEntries(Object.entries(at).map(([name, one]) => [name, walk(one, [...path, name])]));
  };
  return { value: walk(value, []), paths };
}
