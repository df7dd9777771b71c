/**
 * The request's body: the payload evaluated, its replacements and the idempotency key put in, and written in the content
 * type. Members without a value are null, with a note; a payload that is missing as a whole, and one that the content
 * type cannot hold, keep the request from being sent. Multipart is refused by name, never sent half right.
 */
import { isObject, type Json } from '../../model/json.ts';
import type { PlanBody, PlanOperation } from '../../model/plan.ts';
import type { Value } from '../../model/value.ts';
import { type Evaluated, evaluate } from '../../expressions/evaluate.ts';
import { renderJsonText } from '../../expressions/json-text.ts';
import { parsePointer } from '../../expressions/pointer.ts';
import type { Scope } from '../../expressions/scope.ts';
import type { RequestDraft } from './draft.ts';
import { percentEncode } from './encode.ts';
import { essenceOf, isJson, isText } from './media-type.ts';
import { setAt, withReplacements } from './replacements.ts';
import { queryPairs } from './styles.ts';

export interface Body {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** As `$request.body` sees it. */
  readonly value: Json;
}

export interface BodyRequest {
  readonly operation: PlanOperation;
  readonly body: PlanBody | undefined;
  readonly scope: Scope;
  /** An idempotency key that travels in the body. */
  readonly key?: { readonly pointer: string; readonly value: string };
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
  const contentType = body?.contentType ?? draft.header('content-type') ?? declaredType(operation, written);
  const value = complete(draft, request, asContent(draft, body?.payload, written, contentType));
  const bytes = encoded(draft, value, contentType);
  return bytes && { contentType, bytes, value };
}

/** The type that the operation names first, JSON before others. */
function declaredType({ body }: PlanOperation, payload: Json): string {
  const types = body?.content.map(({ contentType }) => contentType).filter((type) => !type.includes('*')) ?? [];
  return types.find(isJson) ?? types[0] ?? (typeof payload === 'string' ? 'text/plain' : 'application/json');
}

function payloadOf(draft: RequestDraft, { body, scope, operation }: BodyRequest): Json {
  if (body?.payload === undefined) return {};
  const json = isJson(body.contentType ?? declaredType(operation, {}));
  const evaluated = evaluatePayload(body.payload, scope, json);
  if (!evaluated.found) {
    draft.problems.push(`the payload has no value: ${evaluated.why}`);
    return null;
  }
  for (const { path, why } of evaluated.missing)
    draft.notes.push(`null is sent at /${path.join('/')} of the payload: ${why}`);
  return evaluated.value;
}

function evaluatePayload(payload: Value, scope: Scope, json: boolean): Evaluated {
  return json && payload.kind === 'template' ? renderJsonText(payload, scope) : evaluate(payload, scope);
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

function complete(draft: RequestDraft, { body, scope, key }: BodyRequest, payload: Json): Json {
  const replaced = withReplacements(draft, payload, body?.replacements ?? [], scope);
  if (!key) return replaced;
  const tokens = parsePointer(key.pointer);
  const keyed = tokens && setAt(replaced, tokens, key.value);
  if (keyed === undefined)
    draft.problems.push(`the payload has no place for the idempotency key at \`${key.pointer}\``);
  return keyed ?? replaced;
}

function encoded(draft: RequestDraft, value: Json, contentType: string): Uint8Array | undefined {
  const essence = essenceOf(contentType);
  const text = textOf(value, contentType, essence);
  if (text !== undefined) return new TextEncoder().encode(text);
  draft.problems.push(
    essence.startsWith('multipart/')
      ? `a body of \`${essence}\` is not supported yet`
      : `a body of \`${essence}\` is sent from text, and the payload is ${kindOf(value)}`,
  );
  return undefined;
}

function textOf(value: Json, contentType: string, essence: string): string | undefined {
  if (isJson(contentType)) return JSON.stringify(value);
  if (essence.startsWith('multipart/')) return undefined;
  if (typeof value === 'string') return value;
  if (essence === 'application/x-www-form-urlencoded') return isObject(value) ? formText(value) : undefined;
  const isScalar = value !== null && typeof value !== 'object';
  return isText(contentType) && isScalar ? String(value) : undefined;
}

/** As the styles have it (form, exploded): a list repeats its name, a structure becomes JSON, null is left out. */
function formText(fields: { readonly [name: string]: Json }): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => formPairs(name, value))
    .join('&');
}

function formPairs(name: string, value: Json): readonly string[] {
  if (value === null) return [];
  const flat = isObject(value) ? JSON.stringify(value) : value;
  return queryPairs({ name, style: 'form', explode: true }, flat, percentEncode);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
}
