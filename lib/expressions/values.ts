/**
 * JSON of a description to Value and Criterion: which strings are expressions or templates, which objects selectors.
 * A value is always read: what is broken keeps its kind, so that problems.ts can point at it and an evaluation fails
 * with a reason. A part without any expression becomes one literal, so plans stay small. A criterion has a shape that
 * can be wrong, so reading one can fail.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Criterion, Value } from '../model/value.ts';
import { parseLanguage } from './languages.ts';
import { isExpression } from './parse.ts';
import { type Path, type Problem, placed, problem } from './problem.ts';
import { splitTemplate, templateFrom } from './template.ts';

/** Deeper structures are taken as literals; lib/read refuses documents long before. */
export const MAX_VALUE_DEPTH: number = 200;

export function parseValue(json: Json, depth: number = 0): Value {
  if (typeof json === 'string') return valueOfText(json);
  if (depth >= MAX_VALUE_DEPTH) return literal(json);
  if (Array.isArray(json)) return valueOfItems(json as readonly Json[], depth);
  if (isObject(json)) return selectorFrom(json) ?? valueOfFields(json, depth);
  return literal(json);
}

function literal(value: Json): Value {
  return { kind: 'literal', value };
}

function valueOfText(text: string): Value {
  if (isExpression(text)) return { kind: 'expression', text };
  const parts = splitTemplate(text);
  return parts.every((part) => typeof part === 'string') ? literal(text) : templateFrom(parts);
}

function valueOfItems(json: readonly Json[], depth: number): Value {
  const items = json.map((item) => parseValue(item, depth + 1));
  return items.every((item) => item.kind === 'literal') ? literal(json) : { kind: 'array', items };
}

function valueOfFields(json: JsonObject, depth: number): Value {
  const fields = Object.entries(json).map(([name, value]) => ({ name, value: parseValue(value, depth + 1) }));
  return fields.every(({ value }) => value.kind === 'literal') ? literal(json) : { kind: 'object', fields };
}

/** `{context, selector, type}` with a known type, and nothing else but extensions. */
function selectorFrom(json: JsonObject): Value | undefined {
  const { context, selector, type } = ownFields(json);
  if (typeof context !== 'string' || typeof selector !== 'string' || type === undefined) return undefined;
  const known = new Set(['context', 'selector', 'type']);
  if (!isExpression(context) || !Object.keys(json).every((key) => known.has(key) || key.startsWith('x-')))
    return undefined;
  const language = parseLanguage(type);
  return language.ok ? { kind: 'selector', context, selector, language: language.language } : undefined;
}

function ownFields(json: JsonObject): { readonly context?: Json; readonly selector?: Json; readonly type?: Json } {
  return Object.hasOwn(json, 'context') && Object.hasOwn(json, 'selector') && Object.hasOwn(json, 'type') ? json : {};
}

export type ParsedCriterion =
  | { readonly ok: true; readonly criterion: Criterion }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Of a Criterion Object; extensions and unknown members are not looked at. */
export function parseCriterion(json: Json): ParsedCriterion {
  if (!isObject(json)) return refuse('a criterion is an object with a `condition`', []);
  const { condition, context, type = 'simple' } = json;
  if (typeof condition !== 'string') return refuse('a condition is text', ['condition']);
  if (type === 'simple') return { ok: true, criterion: { type, condition } };
  if (typeof context !== 'string')
    return refuse('a criterion with a type needs a `context`, a runtime expression', ['context']);
  if (type === 'regex') return { ok: true, criterion: { type, context, condition } };
  return criterionIn(type, context, condition);
}

function criterionIn(type: Json, context: string, condition: string): ParsedCriterion {
  const parsed = parseLanguage(type);
  if (!parsed.ok) return { ok: false, problems: placed([parsed.problem], ['type']) };
  const { language } = parsed;
  if (language.type === 'jsonpointer')
    return refuse('a criterion is of type simple, regex, jsonpath or xpath', ['type']);
  return { ok: true, criterion: { ...language, context, condition } };
}

function refuse(message: string, path: Path): ParsedCriterion {
  return { ok: false, problems: placed([problem('bad-shape', message, { at: 0, length: 0 })], path) };
}
