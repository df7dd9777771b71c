/**
 * A Swagger 2.0 document in the form of OpenAPI 3.0: many systems still describe themselves in the older version, and an
 * Arazzo document may name them. Only the shape changes: bodies and form fields become a request body, types move into
 * schemas, definitions into components. Pointers to paths and operations stay what they are; what moves is found by its
 * nearest part that did not. External `$ref`s into definitions of other Swagger documents follow, since those are
 * converted too.
 */
import type { PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { newRecord, type OpenRecord } from './tree.ts';

export function isSwagger(root: Json): root is JsonObject {
  return isObject(root) && !Object.hasOwn(root, 'openapi') && /^2(\.0)?$/.test(String(own(root, 'swagger') ?? ''));
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
    components: record({
      schemas: relocated(own(root, 'definitions')),
      securitySchemes: mapped(own(root, 'securityDefinitions'), securityScheme),
      parameters: mapped(own(root, 'parameters'), parameter),
      responses: mapped(own(root, 'responses'), (one) => response(one, textsIn(root, 'produces'))),
    }),
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
  return new Map(entries.flatMap(([name, one]) => (isObject(one) ? [[`#/parameters/${name}`, one] as const] : [])));
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
  const isRepeated = (other: JsonObject): boolean =>
    declared.some((mine) => own(mine, 'name') === own(other, 'name') && own(mine, 'in') === own(other, 'in'));
  const all = [...common.filter((other) => !isRepeated(other)), ...declared];
  const consumes = textsOr(one, root, 'consumes');
  const produces = textsOr(one, root, 'produces');
  const { consumes: _c, produces: _p, schemes: _s, parameters: _all, ...kept } = one;
  return record({
    ...kept,
    parameters: all.filter((each) => !isBody(each)).map(parameter),
    requestBody: requestBody(all.filter(isBody), consumes),
    responses: mapped(own(one, 'responses'), (each) => response(each, produces)),
  });
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
    return [typeof reference === 'string' ? (shared.get(reference) ?? one) : one];
  });
}

/** What OpenAPI 3 keeps beside the schema; everything else of a Swagger parameter describes its value. */
const BESIDE_SCHEMA = new Set(['name', 'in', 'description', 'required', 'allowEmptyValue', 'collectionFormat']);

function parameter(one: Json): Json {
  if (!isObject(one) || own(one, '$ref') !== undefined) return relocated(one);
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
  return relocated(Object.fromEntries(members));
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
    const media = record({ schema: relocated(own(first, 'schema') ?? true) });
    return record({ required: own(first, 'required'), content: byType(types, media) });
  }
  const types = consumes.filter((type) => /form/.test(type));
  const properties = Object.fromEntries(bodies.map((each) => [String(own(each, 'name')), formField(each)]));
  const needed = bodies.filter((each) => own(each, 'required') === true).map((each) => String(own(each, 'name')));
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
  return own(one, 'type') === 'file' ? record({ type: 'string', format: 'binary' }) : schemaOf(one);
}

function response(one: Json, produces: readonly string[]): Json {
  if (!isObject(one) || own(one, '$ref') !== undefined) return relocated(one);
  const schema = own(one, 'schema');
  const examples = own(one, 'examples');
  const types = produces.length > 0 ? produces : ['application/json'];
  const content = types.map((type) => {
    const example = isObject(examples) ? own(examples, type) : undefined;
    return [type, record({ schema: schema === undefined ? undefined : relocated(schema), example })] as const;
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
  flows[FLOWS.get(String(own(one, 'flow'))) ?? 'clientCredentials'] = record({
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

const MOVED: readonly (readonly [RegExp, string])[] = [
  [/#\/definitions\//, '#/components/schemas/'],
  [/#\/parameters\//, '#/components/parameters/'],
  [/#\/responses\//, '#/components/responses/'],
];

/** A copy in which references lead to where their targets have moved. The reader has bounded the depth. */
function relocated(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map((item: Json) => relocated(item));
  if (!isObject(value)) return value ?? null;
  const made = newRecord();
  for (const [key, member] of Object.entries(value)) {
    made[key] = key === '$ref' && typeof member === 'string' ? movedReference(member) : relocated(member);
  }
  return made;
}

function movedReference(text: string): string {
  for (const [from, to] of MOVED) if (from.test(text)) return text.replace(from, to);
  return text;
}

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

function textsOr(one: JsonObject, root: JsonObject, key: string): readonly string[] {
  return own(one, key) === undefined ? textsIn(root, key) : textsIn(one, key);
}

function textsIn(owner: JsonObject, key: string): readonly string[] {
  const list = own(owner, key);
  return Array.isArray(list) ? list.filter((text: Json) => typeof text === 'string') : [];
}
