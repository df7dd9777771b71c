/**
 * The places of a call's request that a value of the description fills as it is, each with the schema that the OpenAPI
 * document has for it: parameters, and members of the body as deep as payload and schema go together; and the correlation id
 * of a message that is waited for.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { Plan, PlanCall, PlanOperation } from '../model/plan.ts';
import { itemsOf, partsOf } from '../model/schema-members.ts';
import type { TemplateValue, Value } from '../model/value.ts';
import { essenceOf, isForm, isJson, isMultipart, isXml } from '../runtime/request/media-type.ts';

export interface Slot {
  readonly value: Value;
  readonly schema: Json;
  /** Sent as a text, so that `5` and `"5"` are the same. */
  readonly asText: boolean;
}

const MOST_SLOTS = 2_000;
const MAX_DEPTH = 30;

export function slotsOf(plan: Plan, call: PlanCall): readonly Slot[] {
  const operation = own(plan.operations, call.operation);
  if (!operation) return [];
  const slots = [...parameterSlots(operation, call), ...bodySlots(operation, call, definitionsOf(plan, operation))];
  const correlation = own(plan.steps, call.path)?.receive?.correlation;
  return correlation === undefined ? slots : [...slots, { value: correlation, schema: CORRELATION, asText: true }];
}

/** What tells a message from others is a text that is not empty. */
const CORRELATION: Json = { type: 'string', minLength: 1 };

export function definitionsOf(plan: Plan, { system }: PlanOperation): JsonObject {
  return own(plan.schemas, system) ?? {};
}

function parameterSlots({ parameters }: PlanOperation, call: PlanCall): readonly Slot[] {
  return call.parameters.flatMap(({ name, in: location, value }) => {
    const declared = parameters.find((one) => one.name === name && one.in === location);
    const isPlain = declared?.schema !== undefined && declared.contentType === undefined;
    return isPlain ? [{ value, schema: declared.schema ?? true, asText: true }] : [];
  });
}

function bodySlots(operation: PlanOperation, { body }: PlanCall, definitions: JsonObject): readonly Slot[] {
  const media = mediaOf(operation, body?.contentType);
  if (body?.payload === undefined || media?.schema === undefined) return [];
  const { contentType } = media;
  const asText = isForm(contentType) || isMultipart(contentType) || isXml(contentType);
  if (!asText && !isJson(contentType)) return [];
  const slots: Slot[] = [];
  const walk = (value: Value, schema: Json, depth: number): void => {
    if (slots.length >= MOST_SLOTS || depth > MAX_DEPTH) return;
    if (value.kind === 'expression') slots.push({ value, schema, asText });
    const parts = alternativesOf(partsOf(schema, definitions) ?? [], definitions);
    if (value.kind === 'object')
      for (const { name, value: member } of value.fields) {
        const inner = memberSchema(parts, name);
        if (inner !== undefined) walk(member, inner, depth + 1);
      }
    const items = value.kind === 'array' ? itemsOf(parts)?.[0] : undefined;
    if (value.kind === 'array' && items !== undefined) for (const item of value.items) walk(item, items, depth + 1);
  };
  walk(body.payload.kind === 'template' ? parsed(body.payload) : body.payload, media.schema, 0);
  return slots;
}

function mediaOf(
  { body }: PlanOperation,
  contentType: string | undefined,
): { readonly contentType: string; readonly schema?: Json } | undefined {
  const content = body?.content ?? [];
  if (contentType === undefined) return content.find((one) => isJson(one.contentType)) ?? content[0];
  return content.find((one) => essenceOf(one.contentType) === essenceOf(contentType));
}

/** With what they leave a choice of: a member is asked for as the first alternative has it that knows it. */
function alternativesOf(parts: readonly JsonObject[], definitions: JsonObject): readonly JsonObject[] {
  const others = parts.flatMap((part) =>
    [own(part, 'oneOf'), own(part, 'anyOf')].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : [])),
  );
  return [...parts, ...others.slice(0, MOST_ALTERNATIVES).flatMap((one) => partsOf(one, definitions) ?? [])];
}

const MOST_ALTERNATIVES = 50;

function memberSchema(parts: readonly JsonObject[], name: string): Json | undefined {
  for (const part of parts) {
    const properties = own(part, 'properties');
    const found = isObject(properties) ? own(properties, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** JSON that was written as a text, with expressions for whole values of it. */
function parsed({ parts }: TemplateValue): Value {
  const named = new Map<string, Value>();
  const text = parts.map((part, at) => {
    if (typeof part === 'string') return part;
    const mark = `\u0001${at}\u0001`;
    named.set(mark, part);
    const isQuoted = String(parts[at - 1] ?? '').endsWith('"') && String(parts[at + 1] ?? '').startsWith('"');
    return isQuoted ? mark : JSON.stringify(mark);
  });
  try {
    return valueOf(JSON.parse(text.join('').replaceAll('\u0001', '\\u0001')) as Json, named, 0);
  } catch {
    // It is no JSON, or becomes so only with its values.
    return { kind: 'literal', value: null };
  }
}

function valueOf(json: Json, named: ReadonlyMap<string, Value>, depth: number): Value {
  if (depth > MAX_DEPTH) return { kind: 'literal', value: null };
  if (typeof json === 'string') return named.get(json) ?? { kind: 'literal', value: json };
  if (Array.isArray(json)) return { kind: 'array', items: json.map((one: Json) => valueOf(one, named, depth + 1)) };
  if (!isObject(json)) return { kind: 'literal', value: json };
  const fields = Object.entries(json).map(([name, member]) => ({ name, value: valueOf(member, named, depth + 1) }));
  return { kind: 'object', fields };
}
