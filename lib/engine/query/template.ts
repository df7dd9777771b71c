/**
 * A JSON template, compiled: strings of the form `{% ... %}` are expressions at any depth, all else is literal. Parts
 * without expressions are given out as they stand, shared and not copied.
 */
import type { Template } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { compileExpression, type Expression, quoted } from './expression.ts';
import { type Evaluated, Problem, type Query } from './language.ts';
import { setOwn } from './own.ts';
import { evaluateAll, whenKnown } from './soon.ts';

export type ResultType = 'array' | 'boolean' | 'number' | 'object' | 'string';

export function compileTemplate(template: Template, field: string): Query {
  const text = expressionIn(template);
  if (text !== null) return compileExpression(text, field);
  if (!hasExpression(template)) return constant(template);
  return Array.isArray(template) ? arrayQuery(template, field) : objectQuery(template as JsonObject, field);
}

/** As compileTemplate, for a field whose value must be of one type. */
export function compileTyped(template: Template, field: string, types: readonly ResultType[]): Query {
  const text = expressionIn(template);
  if (text === null) return compileTemplate(template, field);
  const expression = compileExpression(text, field);
  return { evaluate: (view) => whenKnown(expression.evaluate(view), (value) => checked(value, expression, types)) };
}

/** Only a string that begins and ends with the delimiters is an expression: no space around them. */
export function expressionIn(template: Template): string | null {
  if (typeof template !== 'string' || template.length < 4) return null;
  return template.startsWith('{%') && template.endsWith('%}') ? template.slice(2, -2).trim() : null;
}

function hasExpression(template: Template): boolean {
  if (typeof template === 'string') return expressionIn(template) !== null;
  if (typeof template !== 'object' || template === null) return false;
  return Object.values(template).some(hasExpression);
}

function constant(value: Json): Query {
  return { evaluate: () => value };
}

function arrayQuery(items: readonly Template[], field: string): Query {
  const parts = items.map((item, index) => compileTemplate(item, `${field}[${index}]`));
  return { evaluate: (view) => evaluateAll(parts, view, (values) => values as readonly Json[]) };
}

function objectQuery(template: JsonObject, field: string): Query {
  const keys = Object.keys(template);
  const parts = keys.map((key) => compileTemplate(template[key] as Template, `${field}/${key}`));
  return { evaluate: (view) => evaluateAll(parts, view, (values) => objectOf(keys, values as readonly Json[])) };
}

function objectOf(keys: readonly string[], values: readonly Json[]): JsonObject {
  const object: { [key: string]: Json } = {};
  for (let index = 0; index < keys.length; index += 1) setOwn(object, keys[index] as string, values[index] as Json);
  return object;
}

function checked(value: Evaluated, expression: Expression, types: readonly ResultType[]): Evaluated {
  if (value instanceof Problem || types.includes(typeOf(value) as ResultType)) return value;
  const { text, field } = expression;
  return new Problem(
    `${quoted(text, field)} returned an unexpected result type. ` +
      `Expected '${types[0]}', but was '${typeOf(value)}' for value: ${JSON.stringify(value)}`,
    field,
  );
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return isObject(value) ? 'object' : typeof value;
}
