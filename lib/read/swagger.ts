/**
 * A Swagger 2.0 document in the form of OpenAPI 3.0: many systems still describe themselves in the older version, and an
 * Arazzo document may name them. Only the shape changes: bodies and form fields become a request body, types move into
 * schemas. What references lead to stays where it is (`#/definitions/Pet`), in this document, in others and in files that
 * hold nothing but definitions; only security schemes move, which are found by name. What moved is shown at its nearest
 * part that did not.
 */
import type { PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { segmentsOf } from '../diagnostics/place.ts';
import { newRecord, type OpenRecord } from './tree.ts';
import { versionText } from './spot.ts';
import { splitReference } from './uri.ts';

export function isSwagger(root: Json): root is JsonObject {
  return isObject(root) && !Object.hasOwn(root, 'openapi') && /^2(\.0)?$/.test(versionText(own(root, 'swagger')));
}

/** The same document, read as OpenAPI 3.0 where it is Swagger 2.0. */
export function withoutSwagger(document: PositionedDocument): PositionedDocument {
  return isSwagger(document.root) ? { ...document, root: openApiFrom(document.root) } : document;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

function openApiFrom(root: JsonObject): JsonObject {
  const shared = sharedParameters(root);
  return record({
    openapi: '3.0.3',
    info: own(root, 'info'),
    servers: serversOf(root),
    security: own(root, 'security'),
    paths: mapped(own(root, 'paths'), (item) => pathItem(item, root, shared)),
    components: record({ securitySchemes: mapped(own(root, 'securityDefinitions'), securityScheme) }),
    definitions: own(root, 'definitions'),
    parameters: mapped(own(root, 'parameters'), parameter),
    responses: mapped(own(root, 'responses'), (one) => response(one, typesIn(root, 'produces'))),
  });
}

function serversOf(root: JsonObject): Json {
  const host = own(root, 'host');
  const base = own(root, 'basePath');
  const path = typeof base === 'string' ? base.replace(/\/$/, '') : '';
  if (typeof host !== 'string') return [record({ url: path === '' ? '/' : path })];
  const [scheme = 'https'] = textsIn(root, 'schemes');
  return [record({ url: `${scheme}://${host}${path}` })];
}

/** Parameters that several operations refer to; bodies and form fields among them are taken in where they are used. */
function sharedParameters(root: JsonObject): ReadonlyMap<string, JsonObject> {
  const declared = own(root, 'parameters');
  const entries = isObject(declared) ? Object.entries(declared) : [];
  return new Map(entries.flatMap(([name, one]) => (isObject(one) ? [[name, one] as const] : [])));
}

/** The shared parameter that `#/parameters/Tag` names. */
function sharedAt(reference: string, shared: ReadonlyMap<string, JsonObject>): JsonObject | undefined {
  const { uri, fragment } = splitReference(reference);
  const [section, name, ...rest] = segmentsOf(fragment);
  return uri === '' && section === 'parameters' && rest.length === 0 ? shared.get(name ?? '') : undefined;
}

function pathItem(item: Json, root: JsonObject, shared: ReadonlyMap<string, JsonObject>): Json {
  if (!isObject(item)) return item;
  const common = parametersIn(item, shared);
  const made = newRecord();
  for (const [key, value] of Object.entries(item)) {
    if (METHODS.includes(key) && isObject(value)) made[key] = operation(value, common, root, shared);
    else if (key !== 'parameters') made[key] = value;
  }
  return made;
}

function operation(
  one: JsonObject,
  common: readonly JsonObject[],
  root: JsonObject,
  shared: ReadonlyMap<string, JsonObject>,
): JsonObject {
  const declared = parametersIn(one, shared);
  const names = new Set(declared.map(identity));
  const all = [...common.filter((other) => !names.has(identity(other))), ...declared];
  const consumes = typesOr(one, root, 'consumes');
  const produces = typesOr(one, root, 'produces');
  const { consumes: _c, produces: _p, schemes: _s, parameters: _all, ...kept } = one;
  return record({
    ...kept,
    parameters: all.filter((each) => !isBody(each)).map(parameter),
    requestBody: requestBody(all.filter(isBody), consumes),
    responses: mapped(own(one, 'responses'), (each) => response(each, produces)),
  });
}

/** What makes two parameters one; a reference is only itself. */
function identity(one: JsonObject): string | JsonObject {
  const name = own(one, 'name');
  const place = own(one, 'in');
  return typeof name === 'string' && typeof place === 'string' ? `${place} ${name}` : one;
}

function isBody(one: JsonObject): boolean {
  return own(one, 'in') === 'body' || own(one, 'in') === 'formData';
}

function parametersIn(owner: JsonObject, shared: ReadonlyMap<string, JsonObject>): readonly JsonObject[] {
  const list = own(owner, 'parameters');
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: Json) => {
    if (!isObject(one)) return [];
    const reference = own(one, '$ref');
    return [typeof reference === 'string' ? (sharedAt(reference, shared) ?? one) : one];
  });
}

/** What OpenAPI 3 keeps beside the schema; everything else of a Swagger parameter describes its value. */
const BESIDE_SCHEMA = new Set(['name', 'in', 'description', 'required', 'allowEmptyValue', 'collectionFormat']);

function parameter(one: Json): Json {
  if (!isObject(one) || own(one, '$ref') !== undefined) return one;
  return record({
    name: own(one, 'name'),
    in: own(one, 'in'),
    required: own(one, 'required'),
    description: own(one, 'description'),
    schema: schemaOf(one),
    ...styleOf(own(one, 'collectionFormat'), own(one, 'in')),
  });
}

function schemaOf(one: JsonObject): Json {
  const members = Object.entries(one).filter(([key]) => !BESIDE_SCHEMA.has(key) && !key.startsWith('x-'));
  return record(Object.fromEntries(members));
}

/** Swagger 2.0, Parameter Object: `csv` is the default; `tsv` has no counterpart and is read as `csv`. */
function styleOf(
  format: Json | undefined,
  place: Json | undefined,
): { readonly style?: string; readonly explode?: boolean } {
  if (place !== 'query') return {};
  if (format === 'multi') return { style: 'form', explode: true };
  if (format === 'pipes') return { style: 'pipeDelimited', explode: false };
  return format === 'ssv' ? { style: 'spaceDelimited', explode: false } : { style: 'form', explode: false };
}

function requestBody(bodies: readonly JsonObject[], consumes: readonly string[]): Json | undefined {
  const [first] = bodies;
  if (!first) return undefined;
  if (own(first, 'in') === 'body') {
    const types = consumes.length > 0 ? consumes : ['application/json'];
    const media = record({ schema: own(first, 'schema') ?? record({}) });
    return record({ required: own(first, 'required'), content: byType(types, media) });
  }
  const types = consumes.filter((type) => /form/.test(type));
  const fields = bodies.flatMap((each) => {
    const name = own(each, 'name');
    return typeof name === 'string' ? [{ name, each }] : [];
  });
  const properties = record(Object.fromEntries(fields.map(({ name, each }) => [name, formField(each)])));
  const needed = fields.filter(({ each }) => own(each, 'required') === true).map(({ name }) => name);
  const schema = record({ type: 'object', properties, ...(needed.length > 0 && { required: needed }) });
  const fallback = bodies.some((each) => own(each, 'type') === 'file')
    ? 'multipart/form-data'
    : 'application/x-www-form-urlencoded';
  return record({
    required: needed.length > 0,
    content: byType(types.length > 0 ? types : [fallback], record({ schema })),
  });
}

function formField(one: JsonObject): Json {
  return own(one, 'type') === 'file' ? binary(one) : schemaOf(one);
}

/** Swagger has a type for what is no JSON at all. */
function binary(schema: Json): Json {
  return isObject(schema) && own(schema, 'type') === 'file' ? record({ type: 'string', format: 'binary' }) : schema;
}

function response(one: Json, produces: readonly string[]): Json {
  if (!isObject(one) || own(one, '$ref') !== undefined) return one;
  const schema = own(one, 'schema');
  const examples = own(one, 'examples');
  const types = produces.length > 0 ? produces : ['application/json'];
  const content = types.map((type) => {
    const example = isObject(examples) ? own(examples, type) : undefined;
    return [type, record({ schema: schema === undefined ? undefined : binary(schema), example })] as const;
  });
  return record({
    description: own(one, 'description'),
    headers: mapped(own(one, 'headers'), (header) =>
      isObject(header) ? record({ schema: schemaOf(header) }) : header,
    ),
    content: schema === undefined && examples === undefined ? undefined : Object.fromEntries(content),
  });
}

/** Swagger 2.0 has three kinds; `basic` is HTTP, and the flows of oauth2 have other names. */
function securityScheme(one: Json): Json {
  if (!isObject(one)) return one;
  if (own(one, 'type') === 'basic') return record({ type: 'http', scheme: 'basic' });
  if (own(one, 'type') !== 'oauth2') return one;
  const flows: OpenRecord = newRecord();
  flows[FLOWS.get(versionText(own(one, 'flow'))) ?? 'clientCredentials'] = record({
    authorizationUrl: own(one, 'authorizationUrl'),
    tokenUrl: own(one, 'tokenUrl'),
    scopes: own(one, 'scopes') ?? {},
  });
  return record({ type: 'oauth2', flows });
}

const FLOWS: ReadonlyMap<string, string> = new Map([
  ['application', 'clientCredentials'],
  ['accessCode', 'authorizationCode'],
  ['implicit', 'implicit'],
  ['password', 'password'],
]);

function mapped(value: Json | undefined, change: (one: Json) => Json): Json | undefined {
  if (!isObject(value)) return undefined;
  const made = newRecord();
  for (const [key, member] of Object.entries(value)) made[key] = change(member);
  return made;
}

function record(members: { readonly [key: string]: Json | undefined }): JsonObject {
  const made = newRecord();
  for (const [key, value] of Object.entries(members)) if (value !== undefined) made[key] = value;
  return made;
}

function byType(types: readonly string[], media: Json): JsonObject {
  return record(Object.fromEntries(types.map((type) => [type, media])));
}

/** Each response and body is written out for each type: as many as nobody lists, and no more. */
const MOST_TYPES = 50;

function typesIn(owner: JsonObject, key: 'consumes' | 'produces'): readonly string[] {
  return textsIn(owner, key).slice(0, MOST_TYPES);
}

function typesOr(one: JsonObject, root: JsonObject, key: 'consumes' | 'produces'): readonly string[] {
  return typesIn(own(one, key) === undefined ? root : one, key);
}

function textsIn(owner: JsonObject, key: string): readonly string[] {
  const list = own(owner, key);
  return Array.isArray(list) ? list.filter((text: Json) => typeof text === 'string') : [];
}
