/**
 * One schema object of any dialect, turned into JSON Schema 2020-12: keyword by keyword, by the table of what each may
 * hold, then what OpenAPI 3.0 says by other means (`nullable`, boolean bounds). Pure: where references lead and what
 * becomes of faults is the caller's business.
 */
import { keyAt } from '../diagnostics/place.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { withOwnBase } from './resolve.ts';
import { type KeywordShape, keywordShapes, knownTypes, typesOf } from './schema-keywords.ts';
import { child, items, members, objectOf, type Spot, textIn } from './spot.ts';
import { newRecord, type OpenRecord } from './tree.ts';

export interface SchemaContext {
  unfit(at: Place, keyword: string, value: Json, wanted: string): void;
  /** The local reference for what `reference`, standing at `spot`, leads to; undefined if it leads nowhere. */
  referenceTo(spot: Spot, reference: string): string | undefined;
}

export function convertedSchema(spot: Spot, context: SchemaContext): Json {
  if (typeof spot.value === 'boolean') return spot.value;
  if (!objectOf(spot)) {
    context.unfit(spot.at, 'schema', spot.value, 'a schema');
    return true;
  }
  const reference = textIn(spot, '$ref') ?? textIn(spot, '$dynamicRef');
  const local = reference === undefined ? undefined : context.referenceTo(spot, reference);
  // In OpenAPI 3.0 whatever stands beside a reference is ignored.
  if (reference !== undefined && spot.dialect === 'openapi-3.0') return local === undefined ? true : referring(local);
  const schema = local === undefined ? newRecord() : referring(local);
  for (const [keyword, part] of members(spot)) readKeyword(keyword, part, schema, context);
  settleBounds(spot, schema);
  return spot.dialect === 'openapi-3.0' && child(spot, 'nullable')?.value === true ? nullable(schema) : schema;
}

function referring(local: string): OpenRecord {
  const schema = newRecord();
  schema['$ref'] = local;
  return schema;
}

type KeywordReader = (part: Spot, schema: OpenRecord, context: SchemaContext, keyword: string) => void;

/** Keywords that are not simply taken over by their shape. */
const specialKeywords: ReadonlyMap<string, KeywordReader> = new Map<string, KeywordReader>([
  ['type', readType],
  ['example', (part, schema) => (schema['examples'] ??= [part.value])],
  ['required', readRequired],
  ['items', readItems],
  ['additionalItems', () => {}],
  ['discriminator', readDiscriminator],
  ['exclusiveMinimum', readExclusiveBound],
  ['exclusiveMaximum', readExclusiveBound],
]);

function readKeyword(keyword: string, part: Spot, schema: OpenRecord, context: SchemaContext): void {
  const special = specialKeywords.get(keyword);
  const shape = keywordShapes.get(keyword);
  if (special) special(part, schema, context, keyword);
  else if (shape) keep(schema, keyword, shaped(shape, keyword, part, context));
  else if (keyword.startsWith('x-')) schema[keyword] = part.value;
}

function keep(schema: OpenRecord, keyword: string, value: Json | undefined): void {
  if (value !== undefined) schema[keyword] = value;
}

function shaped(shape: KeywordShape, keyword: string, part: Spot, context: SchemaContext): Json | undefined {
  switch (shape.kind) {
    case 'value':
      if (shape.holds(part.value)) return part.value;
      return unfit(part, keyword, shape.wanted, context);
    case 'schema':
      return isSchema(part.value) ? inner(part, context) : unfit(part, keyword, 'a schema', context);
    case 'schemas':
      if (Array.isArray(part.value) && part.value.length > 0) return items(part).map((item) => inner(item, context));
      return unfit(part, keyword, 'a list of at least one schema', context);
    case 'schema-map':
      return schemaMap(shape.isKey, keyword, part, context);
  }
}

function schemaMap(
  isKey: ((key: string) => boolean) | undefined,
  keyword: string,
  part: Spot,
  context: SchemaContext,
): Json | undefined {
  if (!objectOf(part)) return unfit(part, keyword, 'an object of schemas', context);
  const map = newRecord();
  for (const [key, entry] of members(part)) {
    if (isKey && !isKey(key)) context.unfit(keyAt(entry.at), keyword, key, 'a regular expression');
    else map[key] = inner(entry, context);
  }
  return map;
}

function inner(part: Spot, context: SchemaContext): Json {
  return convertedSchema(withOwnBase(part), context);
}

function isSchema(value: Json): boolean {
  return isObject(value) || typeof value === 'boolean';
}

function unfit(part: Spot, keyword: string, wanted: string, context: SchemaContext): undefined {
  context.unfit(part.at, keyword, part.value, wanted);
}

function readType(part: Spot, schema: OpenRecord, context: SchemaContext): void {
  const { types, wrong } = typesOf(part.value);
  if (wrong) context.unfit(part.at, 'type', part.value, `one of ${knownTypes.join(', ')}`);
  const [first] = types;
  // A type that there is not may have been any of them.
  if (first !== undefined && !wrong) schema['type'] = types.length === 1 ? first : types;
}

function readRequired(part: Spot, schema: OpenRecord, context: SchemaContext): void {
  const isNames = Array.isArray(part.value) && part.value.every((name) => typeof name === 'string');
  if (isNames) schema['required'] = [...new Set(part.value as readonly string[])];
  else unfit(part, 'required', 'a list of property names', context);
}

/** A list of schemas, as dialects before 2020-12 have it, is `prefixItems`; `additionalItems` are then the others. */
function readItems(part: Spot, schema: OpenRecord, context: SchemaContext): void {
  if (!Array.isArray(part.value)) keep(schema, 'items', shaped({ kind: 'schema' }, 'items', part, context));
  else keep(schema, 'prefixItems', shaped({ kind: 'schemas' }, 'items', part, context));
}

/** Which branch is meant follows from the branches themselves; the mapping of names to schemas is not kept. */
function readDiscriminator(part: Spot, schema: OpenRecord): void {
  const propertyName = textIn(part, 'propertyName');
  if (propertyName !== undefined) schema['discriminator'] = { propertyName };
}

/** `true` (up to OpenAPI 3.0) makes the other bound exclusive: that is settled when both have been read. */
function readExclusiveBound(part: Spot, schema: OpenRecord, context: SchemaContext, keyword: string): void {
  if (typeof part.value === 'number') schema[keyword] = part.value;
  else if (typeof part.value !== 'boolean') unfit(part, keyword, 'a number', context);
}

function settleBounds(spot: Spot, schema: OpenRecord): void {
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const value = schema[bound];
    if (child(spot, exclusive)?.value !== true || value === undefined) continue;
    delete schema[bound];
    schema[exclusive] = value;
  }
}

const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'xml',
]);

/**
 * With a type, `null` is one more type (and one more of the listed values). Without one the specification gives
 * `nullable` no meaning, but whoever writes it beside `allOf` means that null is allowed, and so it is.
 */
function nullable(schema: OpenRecord): JsonObject {
  const { type, enum: listed } = schema;
  if (Array.isArray(listed) && !listed.includes(null)) schema['enum'] = [...(listed as readonly Json[]), null];
  if (type !== undefined) schema['type'] = [...new Set([type, 'null'].flat() as string[])];
  const isCombined = ['allOf', 'anyOf', 'oneOf', 'not'].some((keyword) => keyword in schema);
  return isCombined ? orNull(schema) : schema;
}

function orNull(schema: OpenRecord): JsonObject {
  const outer = newRecord();
  const rest = newRecord();
  for (const [keyword, value] of Object.entries(schema)) {
    (annotations.has(keyword) || keyword.startsWith('x-') ? outer : rest)[keyword] = value;
  }
  outer['anyOf'] = [rest, { type: 'null' }];
  return outer;
}
