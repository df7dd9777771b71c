/**
 * A body of several parts (RFC 2046, RFC 7578): a member of the payload is a part, an element of a list a part of its own,
 * null none. What a part's type is says the Encoding Object, by name or by position (OpenAPI 3.2, "Encoding By Position"),
 * else the part's schema, else its value; a part may have parts itself. The boundary is made of the contents, so that the
 * same request has the same bytes each time it is sent.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { type Definitions, membersOf, partsOf } from '../../model/schema-members.ts';
import { sha256 } from '../digest.ts';
import { bytesOfText } from './binary.ts';
import { encodingOf, formText } from './form.ts';
import { headerProblem } from './headers.ts';
import { essenceOf, isForm, isJson, isMultipart, isText, isXml, parameterOf } from './media-type.ts';

export interface MultipartBody {
  readonly contentType: string;
  readonly value: Json;
  readonly schema?: Json;
  readonly encoding: JsonObject;
  /** Of the parts of a list: the first ones, and all others. */
  readonly prefixEncoding?: readonly JsonObject[];
  readonly itemEncoding?: JsonObject;
  readonly definitions: Definitions;
  /** Of a part that is XML. */
  readonly xml: (value: Json, schema: Json | undefined, name: string) => string | undefined;
}

export type Multipart =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly ok: false; readonly why: string };

interface Part {
  readonly name?: string;
  readonly value: Json;
  readonly schema?: Json;
  readonly encoding: JsonObject;
}

export function multipart(body: MultipartBody): Multipart {
  const { contentType, value } = body;
  const isFormData = essenceOf(contentType) === 'multipart/form-data';
  if (!isObject(value) && !(Array.isArray(value) && (!isFormData || isPositional(body))))
    return { ok: false, why: `a body of \`${essenceOf(contentType)}\` is made of the members of an object` };
  const written: Uint8Array[] = [];
  for (const part of partsIn(body)) {
    const one = writtenPart(part, body, isFormData);
    if (typeof one === 'string') return { ok: false, why: one };
    written.push(one);
  }
  const given = parameterOf(contentType, 'boundary');
  const boundary = given ?? `interlock-${sha256(Buffer.concat(written)).slice(0, 40)}`;
  const whole = joined(written, boundary);
  if (given !== undefined && written.some((part) => Buffer.from(part).includes(`--${given}`)))
    return { ok: false, why: 'a part of the body holds the boundary that its content type names' };
  return {
    ok: true,
    bytes: whole,
    contentType: given === undefined ? `${contentType}; boundary=${boundary}` : contentType,
  };
}

function isPositional({ prefixEncoding = [], itemEncoding }: MultipartBody): boolean {
  return prefixEncoding.length > 0 || itemEncoding !== undefined;
}

function partsIn(body: MultipartBody): readonly Part[] {
  const { value, schema, encoding, definitions } = body;
  if (Array.isArray(value)) return partsOfList(value, body);
  const members = schema === undefined ? undefined : membersIn(schema, definitions);
  return Object.entries(isObject(value) ? value : {}).flatMap(([name, member]): readonly Part[] => {
    const one = members?.get(name);
    const ofPart = { name, encoding: encodingOf(encoding, name) };
    if (!Array.isArray(member))
      return member === null ? [] : [{ ...ofPart, value: member, ...(one !== undefined && { schema: one }) }];
    const items = one === undefined ? undefined : own(facetsOf(one, definitions), 'items');
    return member.flatMap((item: Json): readonly Part[] =>
      item === null ? [] : [{ ...ofPart, value: item, ...(items !== undefined && { schema: items }) }],
    );
  });
}

/** As `prefixItems` and `items` of the schema: what stands at the beginning has an encoding of its own. */
function partsOfList(values: readonly Json[], body: MultipartBody): readonly Part[] {
  const { schema, definitions, prefixEncoding = [], itemEncoding = {} } = body;
  const facets = schema === undefined ? {} : facetsOf(schema, definitions);
  const first = own(facets, 'prefixItems');
  const others = own(facets, 'items');
  return values.map((value, at) => {
    const one = (Array.isArray(first) ? (first as readonly Json[])[at] : undefined) ?? others;
    return { value, encoding: prefixEncoding[at] ?? itemEncoding, ...(one !== undefined && { schema: one }) };
  });
}

/** Also of a schema that allows others. */
function membersIn(schema: Json, definitions: Definitions): ReadonlyMap<string, Json> {
  const certain = [...(membersOf(schema, definitions) ?? [])].flatMap(([name, [one]]) =>
    one === undefined ? [] : [[name, one] as const],
  );
  const stated = (partsOf(schema, definitions) ?? []).flatMap((part) => Object.entries(objectIn(part, 'properties')));
  return new Map([...certain, ...stated]);
}

function objectIn(part: JsonObject, key: string): JsonObject {
  const value = own(part, key);
  return isObject(value) ? value : {};
}

/** What a schema and those that it takes in say, the first word counts. */
function facetsOf(schema: Json, definitions: Definitions): JsonObject {
  const parts = partsOf(schema, definitions) ?? [];
  return Object.assign(Object.create(null) as object, ...[...parts].reverse()) as JsonObject;
}

function writtenPart(part: Part, body: MultipartBody, isFormData: boolean): Uint8Array | string {
  const facets = part.schema === undefined ? {} : facetsOf(part.schema, body.definitions);
  const content = contentOf(part, facets, body);
  if (typeof content === 'string') return content;
  const headers = [
    ...dispositionOf(part, isFormData, content.isFile),
    ['Content-Type', content.contentType],
    ...headersOf(part, facets),
  ];
  if (isFormData && !headers.some(([name = '']) => name.toLowerCase() === 'content-disposition'))
    return 'a part of the body has no name: its encoding fixes none by a header `Content-Disposition`';
  const faulty = headers.flatMap(([name = '', value = '']) => headerProblem(name, value) ?? [])[0];
  if (faulty !== undefined) return `a part of the body cannot be sent: ${faulty}`;
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${head}\r\n`), content.bytes]);
}

interface Content {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly isFile: boolean;
}

function contentOf(part: Part, facets: JsonObject, body: MultipartBody): Content | string {
  const { xml } = body;
  const { value, schema, name = '' } = part;
  const type = typeOf(part, facets);
  const text = new TextEncoder();
  if (isMultipart(type) && typeof value === 'object') return contentOfParts(part, type, body);
  if (isForm(type) && isObject(value)) {
    const fields = formText(value, objectIn(part.encoding, 'encoding'));
    return { bytes: text.encode(fields), contentType: type, isFile: false };
  }
  if (isJson(type)) return { bytes: text.encode(JSON.stringify(value)), contentType: type, isFile: false };
  if (isXml(type) && typeof value === 'object') {
    const written = xml(value, schema, name);
    return written === undefined
      ? `the part \`${name}\` cannot be written as XML`
      : { bytes: text.encode(written), contentType: type, isFile: false };
  }
  if (typeof value === 'object') return `the part \`${name}\` is sent as \`${type}\`, which holds no structure`;
  const isFile =
    !isText(type) || own(facets, 'format') === 'binary' || (typeof value === 'string' && dataType(value) === type);
  if (!isFile || typeof value !== 'string' || own(facets, 'contentEncoding') !== undefined)
    return { bytes: text.encode(String(value)), contentType: type, isFile: false };
  const { bytes, contentType } = bytesOfText(value);
  return {
    bytes,
    contentType: contentType !== undefined && fits(type, contentType) ? contentType : type,
    isFile: true,
  };
}

/** Its own encoding says how its parts are written (OpenAPI 3.2, "Nested Encoding"). */
function contentOfParts(
  { value, schema, encoding }: Part,
  contentType: string,
  whole: MultipartBody,
): Content | string {
  const prefix = own(encoding, 'prefixEncoding');
  const item = own(encoding, 'itemEncoding');
  const { prefixEncoding: _prefix, itemEncoding: _item, schema: _schema, ...inherited } = whole;
  const made = multipart({
    ...inherited,
    contentType,
    value,
    encoding: objectIn(encoding, 'encoding'),
    ...(schema !== undefined && { schema }),
    ...(Array.isArray(prefix) && {
      prefixEncoding: (prefix as readonly Json[]).map((one) => (isObject(one) ? one : {})),
    }),
    ...(isObject(item) && { itemEncoding: item }),
  });
  return made.ok ? { bytes: made.bytes, contentType: made.contentType, isFile: false } : made.why;
}

/** What is said of it; `image/*` and lists leave it open, and a `data:` URL may say. */
function typeOf({ value, encoding }: Part, facets: JsonObject): string {
  const stated = own(encoding, 'contentType');
  const listed = typeof stated === 'string' ? stated.split(',').map((one) => one.trim()) : [];
  const ofData = typeof value === 'string' ? dataType(value) : undefined;
  const fitting = ofData === undefined ? undefined : listed.some((one) => fits(one, ofData)) ? ofData : undefined;
  const concrete = fitting ?? listed.find((one) => one !== '' && !one.includes('*'));
  if (concrete !== undefined) return concrete;
  if (listed.length > 0) return OCTETS;
  const media = own(facets, 'contentMediaType');
  if (typeof media === 'string') return media;
  if (own(facets, 'contentEncoding') !== undefined) return OCTETS;
  if (own(facets, 'format') === 'binary') return ofData ?? OCTETS;
  // A field that is a text by its schema may want the URL itself.
  if (ofData !== undefined && own(facets, 'type') === undefined) return ofData;
  return typeof value === 'object' ? 'application/json' : 'text/plain';
}

const OCTETS = 'application/octet-stream';

function dataType(text: string): string | undefined {
  return text.startsWith('data:') ? bytesOfText(text).contentType : undefined;
}

function fits(wanted: string, contentType: string): boolean {
  const essence = essenceOf(contentType);
  const pattern = essenceOf(wanted);
  if (pattern === '*/*' || pattern === OCTETS) return true;
  return pattern.endsWith('/*') ? essence.startsWith(pattern.slice(0, -1)) : essence === pattern;
}

/** Servers tell a file from a field by its having a name. */
function dispositionOf({ name }: Part, isFormData: boolean, isFile: boolean): readonly string[][] {
  if (!isFormData || name === undefined) return [];
  const quoted = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const bytes = Buffer.from(quoted).toString('latin1');
  return [['Content-Disposition', `form-data; name="${bytes}"${isFile ? `; filename="${bytes}"` : ''}`]];
}

/** Headers have no place in a payload: those that the document sets itself. */
function headersOf({ encoding }: Part, facets: JsonObject): readonly string[][] {
  const stated = Object.entries(objectIn(encoding, 'headers')).flatMap(([name, header]) => {
    const schema = isObject(header) ? own(header, 'schema') : undefined;
    const value = isObject(schema) ? (own(schema, 'const') ?? own(schema, 'default')) : undefined;
    return value === undefined || typeof value === 'object' || name.toLowerCase() === 'content-type'
      ? []
      : [[name, String(value)]];
  });
  const transfer = own(facets, 'contentEncoding');
  return typeof transfer === 'string' ? [...stated, ['Content-Transfer-Encoding', transfer]] : stated;
}

function joined(parts: readonly Uint8Array[], boundary: string): Uint8Array {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}
