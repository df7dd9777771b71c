/**
 * The request's body: the payload evaluated, its replacements and the idempotency key put in, and written in the content
 * type: JSON, XML, a form, parts, text or bytes. Members without a value are null or left out, with a note; a payload that is missing
 * as a whole, and one that the content type cannot hold, keep the request from being sent.
 */
import { isObject, type Json } from '../../model/json.ts';
import type { PlanBody, PlanMediaType, PlanOperation } from '../../model/plan.ts';
import type { Definitions } from '../../model/schema-members.ts';
import { isSeparated } from '../../model/sequences.ts';
import type { Value } from '../../model/value.ts';
import { type Evaluated, evaluate, type Missing } from '../../expressions/evaluate.ts';
import { renderJsonText } from '../../expressions/json-text.ts';
import { atPointer, parsePointer } from '../../expressions/pointer.ts';
import type { Scope } from '../../expressions/scope.ts';
import { bytesOfText } from './binary.ts';
import { encodedText } from './charset.ts';
import type { RequestDraft } from './draft.ts';
import { formText } from './form.ts';
import { marked, withoutGaps } from './gaps.ts';
import { essenceOf, isForm, isJson, isJsonLines, isMultipart, isText, isXml } from './media-type.ts';
import { multipart } from './multipart.ts';
import { setAt, withReplacements } from './replacements.ts';
import type { XmlWriter } from './xml.ts';

export interface Body {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** As `$request.body` sees it. */
  readonly value: Json;
}

export interface BodyRequest {
  readonly operation: PlanOperation;
  /** Of the operation's schemas. */
  readonly definitions: Definitions;
  readonly xml?: XmlWriter;
  readonly body: PlanBody | undefined;
  readonly scope: Scope;
  /** An idempotency key that travels in the body. */
  readonly key?: { readonly pointer: string; readonly value: string };
  /** What tells whose a message is, where the payload does not say so itself. */
  readonly correlation?: { readonly pointer: string; readonly value: string };
}

export function bodyOf(draft: RequestDraft, request: BodyRequest): Body | undefined {
  const { operation, body, key } = request;
  const given = body?.payload !== undefined || (body?.replacements.length ?? 0) > 0 || key !== undefined;
  if (!given) return undefined;
  if (operation.method === 'get' || operation.method === 'head') {
    draft.problems.push(`a ${operation.method.toUpperCase()} request cannot carry a body`);
    return undefined;
  }
  const written = payloadOf(draft, request);
  draft.spendOn(written.value);
  const contentType = body?.contentType ?? draft.header('content-type') ?? declaredType(operation, written.value);
  const content = asContent(draft, body?.payload, written.value, contentType);
  const value = complete(
    draft,
    request,
    withoutMissing(draft, request, { content, written, contentType }),
    contentType,
  );
  draft.spendOn(value);
  const sent = encoded(draft, request, value, contentType);
  return sent && { ...sent, value };
}

/** The type that the operation names first, JSON before others. */
function declaredType({ body }: PlanOperation, payload: Json): string {
  const types = body?.content.map(({ contentType }) => contentType).filter((type) => !type.includes('*')) ?? [];
  return types.find(isJson) ?? types[0] ?? (typeof payload === 'string' ? 'text/plain' : 'application/json');
}

interface Written {
  readonly value: Json;
  readonly missing: readonly Missing[];
}

function payloadOf(draft: RequestDraft, { body, scope, operation }: BodyRequest): Written {
  if (body?.payload === undefined) return { value: {}, missing: [] };
  const json = isJson(body.contentType ?? declaredType(operation, {}));
  const evaluated = evaluatePayload(body.payload, scope, json);
  if (evaluated.found) return evaluated;
  draft.problems.push(`the payload has no value: ${evaluated.why}`);
  return { value: null, missing: [] };
}

/** Where a value of a JSON text is missing, until the text is read. */
const ABSENT = '\ue000no value\ue000';

function evaluatePayload(payload: Value, scope: Scope, json: boolean): Evaluated {
  return json && payload.kind === 'template' ? renderJsonText(payload, scope, ABSENT) : evaluate(payload, scope);
}

/** Members without a value are null or left out, each with a note. */
function withoutMissing(
  draft: RequestDraft,
  request: BodyRequest,
  given: { readonly content: Json; readonly written: Written; readonly contentType: string },
): Json {
  const { missing } = given.written;
  if (missing.length === 0) return given.content;
  const inText = marked(given.content, ABSENT);
  const paths = inText.paths.length > 0 ? inText.paths : missing.map(({ path }) => path);
  const { definitions } = request;
  const { value, leftOut } = withoutGaps(inText.value, paths, {
    schema: mediaOf(request, given.contentType).schema,
    definitions,
  });
  for (const [at, path] of paths.entries()) {
    const what = leftOut.has(path) ? 'nothing' : 'null';
    draft.notes.push(`${what} is sent at /${path.join('/')} of the payload: ${missing[at]?.why ?? ''}`);
  }
  return value;
}

/** Text that the author wrote for a JSON type is JSON text; text out of the run's data is a JSON string. */
function asContent(draft: RequestDraft, payload: Value | undefined, value: Json, contentType: string): Json {
  if (!isJson(contentType) || typeof value !== 'string') return value;
  const isTemplate = payload?.kind === 'template';
  const isJsonText = isTemplate || (payload?.kind === 'literal' && /^\s*[[{]/.test(value));
  if (!isJsonText) return value;
  try {
    // JSON.parse yields JSON.
    return JSON.parse(value) as Json;
  } catch {
    draft.problems.push(`the payload is no JSON${isTemplate ? ' once its values are filled in' : ''}`);
    return null;
  }
}

function complete(draft: RequestDraft, request: BodyRequest, payload: Json, contentType: string): Json {
  const { body, scope, key, correlation } = request;
  const replacements = body?.replacements ?? [];
  // An XPath looks into XML, so what the schema makes of a structure is written before.
  const isWritten =
    isXml(contentType) && isObject(payload) && replacements.some(({ language }) => language === 'xpath');
  const base = isWritten ? xmlOf(draft, request, payload, contentType) : payload;
  if (base === undefined) return payload;
  const written = withReplacements(draft, base, replacements, scope);
  const replaced = correlation ? correlated(written, correlation) : written;
  if (!key) return replaced;
  const tokens = parsePointer(key.pointer);
  const keyed = tokens && setAt(replaced, tokens, key.value);
  if (keyed === undefined)
    draft.problems.push(`the payload has no place for the idempotency key at \`${key.pointer}\``);
  return keyed ?? replaced;
}

/** What the author has said stands; a payload without room for it says nothing of whose it is. */
function correlated(payload: Json, { pointer, value }: NonNullable<BodyRequest['correlation']>): Json {
  const tokens = parsePointer(pointer);
  if (!tokens || tokens.length === 0 || atPointer(payload, tokens) !== undefined) return payload;
  return setAt(payload, tokens, value) ?? payload;
}

/** The type as it is sent too: of several parts it names what is between them. */
function encoded(draft: RequestDraft, request: BodyRequest, value: Json, contentType: string): Encoded | undefined {
  if (isMultipart(contentType)) return parts(draft, request, value, contentType);
  const text = textOf(draft, request, value, contentType);
  if (text === undefined) return undefined;
  if (typeof text !== 'string') return { contentType, bytes: text };
  const written = encodedText(text, contentType);
  if (written.ok) return { contentType, bytes: written.bytes };
  draft.problems.push(written.why);
  return undefined;
}

type Encoded = Pick<Body, 'contentType' | 'bytes'>;

function parts(draft: RequestDraft, request: BodyRequest, value: Json, contentType: string): Encoded | undefined {
  const { schema, encoding = {}, prefixEncoding = [], itemEncoding } = mediaOf(request, contentType);
  const { definitions, xml } = request;
  const made = multipart({
    contentType,
    value,
    encoding,
    prefixEncoding,
    ...(itemEncoding && { itemEncoding }),
    definitions,
    ...(schema !== undefined && { schema }),
    xml: (part, ofPart, name) => {
      const written = xml?.write(part, { definitions, name, ...(ofPart !== undefined && { schema: ofPart }) });
      return written?.ok === true ? written.text : undefined;
    },
  });
  if (made.ok) return made;
  draft.problems.push(made.why);
  return undefined;
}

function textOf(
  draft: RequestDraft,
  request: BodyRequest,
  value: Json,
  contentType: string,
): string | Uint8Array | undefined {
  const essence = essenceOf(contentType);
  if (isJson(contentType)) return JSON.stringify(value);
  if (isXml(contentType) && value !== null && typeof value === 'object')
    return xmlOf(draft, request, value, contentType);
  if (isForm(contentType) && isObject(value)) return formText(value, mediaOf(request, contentType).encoding ?? {});
  if (isJsonLines(contentType) && Array.isArray(value)) return jsonLines(value, essence);
  if (typeof value === 'string') return isText(contentType) ? value : bytesOfText(value).bytes;
  const isScalar = value !== null && typeof value !== 'object';
  if (isText(contentType) && isScalar) return String(value);
  draft.problems.push(`a body of \`${essence}\` is sent from text, and the payload is ${kindOf(value)}`);
  return undefined;
}

function xmlOf(draft: RequestDraft, request: BodyRequest, value: Json, contentType: string): string | undefined {
  const { definitions, xml } = request;
  const { schema } = mediaOf(request, contentType);
  const written = xml?.write(value, { definitions, ...(schema !== undefined && { schema }) });
  if (written?.ok === true) return written.text;
  draft.problems.push(`the payload cannot be written as XML: ${written?.why ?? 'its type is not declared as XML'}`);
  return undefined;
}

/** The declaration of a type: that very one, else one without its parameters. */
function mediaOf({ operation }: BodyRequest, contentType: string): PlanMediaType {
  const declared = operation.body?.content ?? [];
  const same = (one: PlanMediaType): boolean => essenceOf(one.contentType) === essenceOf(contentType);
  return declared.find((one) => one.contentType === contentType) ?? declared.find(same) ?? { contentType };
}

function jsonLines(values: readonly Json[], essence: string): string {
  const before = isSeparated(essence) ? '\u001e' : '';
  return values.map((value) => `${before}${JSON.stringify(value)}\n`).join('');
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
}
