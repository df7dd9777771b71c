/**
 * Where a JSON Schema says that a value is sensitive: `format: password` or `writeOnly`. A value is sensitive that is
 * marked, lies inside a marked one, or holds one; where a schema offers alternatives, one of them is enough. Looked at
 * through references of the same document; a circle ends there.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';

/** A schema, and the document that its references lead into. */
export interface Rooted {
  readonly schema: Json | undefined;
  readonly root: Json;
}

/** The value at this place; no tokens for the whole. */
export function isSensitiveAt({ schema, root }: Rooted, tokens: readonly string[]): boolean {
  let here = alternatives([schema], root);
  for (const token of tokens) {
    if (here.some(isMarked)) return true;
    here = alternatives(
      here.flatMap((one) => below(one, token)),
      root,
    );
  }
  return tells(here, root);
}

/** Names of an object's members that are sensitive, `*` where one of any name may be. */
export function sensitiveMembers(rooted: Rooted): readonly string[] {
  const { schema, root } = rooted;
  // Most schemas mark nothing at all: then no member has to be looked at by itself.
  if (!tells([schema], root)) return [];
  const all = alternatives([schema], root);
  if (all.some(isMarked)) return ['*'];
  const open = all.flatMap((one) => [...named(one, 'patternProperties'), one['additionalProperties'], one['items']]);
  if (tells(open, root)) return ['*'];
  const names = new Set(all.flatMap((one) => Object.keys(objectAt(one, 'properties'))));
  return [...names].filter((name) => isSensitiveAt(rooted, [name]));
}

function isMarked(schema: JsonObject): boolean {
  return schema['format'] === 'password' || schema['writeOnly'] === true;
}

const COMBINED = ['allOf', 'anyOf', 'oneOf'] as const;
const CHOSEN = ['if', 'then', 'else'] as const;

/** The schemas themselves and all that apply to the same value. */
function alternatives(schemas: readonly (Json | undefined)[], root: Json): readonly JsonObject[] {
  return reached(schemas, (one) => alongside(one, root));
}

/** Each schema that a step leads to, however often and in however many ways, once. */
function reached(
  from: readonly (Json | undefined)[],
  step: (schema: JsonObject) => readonly (Json | undefined)[],
): readonly JsonObject[] {
  const found = new Set<JsonObject>(from.filter((one) => isObject(one)));
  // A set grows while it is walked.
  for (const schema of found) for (const one of step(schema)) if (isObject(one)) found.add(one);
  return [...found];
}

function alongside(schema: JsonObject, root: Json): readonly (Json | undefined)[] {
  return [
    referred(schema['$ref'], root),
    ...CHOSEN.map((key) => schema[key]),
    ...COMBINED.flatMap((key) => list(schema[key])),
  ];
}

/** What applies to the member or element of that name. */
function below(schema: JsonObject, token: string): readonly (Json | undefined)[] {
  const declared = own(objectAt(schema, 'properties'), token);
  const others = declared === undefined ? [schema['additionalProperties']] : [declared];
  const elements = /^\d+$/.test(token) ? [list(schema['prefixItems'])[Number(token)], schema['items']] : [];
  return [...others, ...named(schema, 'patternProperties'), ...elements];
}

/** One of them is marked, or anything that applies beside it or within it. */
function tells(schemas: readonly (Json | undefined)[], root: Json): boolean {
  return reached(schemas, (one) => [...alongside(one, root), ...within(one)]).some(isMarked);
}

function within(schema: JsonObject): readonly (Json | undefined)[] {
  return [
    ...named(schema, 'properties'),
    ...named(schema, 'patternProperties'),
    ...list(schema['prefixItems']),
    schema['items'],
    schema['additionalProperties'],
    schema['contains'],
  ];
}

function referred(reference: Json | undefined, root: Json): Json | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const token of decoded(reference.slice(2)).split('/')) {
    if (!isObject(at)) return undefined;
    at = own(at, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return at;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key];
  return isObject(value) ? value : {};
}

function named(schema: JsonObject, key: string): readonly Json[] {
  return Object.values(objectAt(schema, key));
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
