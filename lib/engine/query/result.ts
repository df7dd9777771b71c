/**
 * What the evaluator returns is not quite JSON: its sequences are arrays with flags, functions are values, and numbers
 * may be infinite. This makes plain JSON of it, sharing every part that is plain already.
 */
import type { Json } from '../../model/json.ts';

export const UNSUPPORTED: unique symbol = Symbol('unsupported result type');

export function resultToJson(value: unknown): Json | typeof UNSUPPORTED {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  // The service writes an infinite or missing number as text.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || isFunction(value)) return UNSUPPORTED;
  return Array.isArray(value) ? arrayToJson(value) : objectToJson(value as Record<string, unknown>);
}

function arrayToJson(values: readonly unknown[]): Json | typeof UNSUPPORTED {
  const items: Json[] = [];
  let same = Object.keys(values).length === values.length;
  for (const value of values) {
    const item = resultToJson(value);
    if (item === UNSUPPORTED) return UNSUPPORTED;
    if (item !== value) same = false;
    items.push(item);
  }
  return same ? (values as readonly Json[]) : items;
}

function objectToJson(value: Record<string, unknown>): Json | typeof UNSUPPORTED {
  const entries: [string, Json][] = [];
  let same = true;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) {
      same = false;
      continue;
    }
    const json = resultToJson(item);
    if (json === UNSUPPORTED) return UNSUPPORTED;
    if (json !== item) same = false;
    entries.push([key, json]);
  }
  return same ? (value as Record<string, Json>) : Object.fromEntries(entries);
}

/** The evaluator's own marks of a built-in function and of a lambda. */
const MARKS = ['_jsonata_function', '_jsonata_lambda'] as const;

/** What the evaluator takes for a function. Data from outside may bear the mark too, and it reads no fields of it. */
export function isMarked(value: object): boolean {
  const marked = value as { readonly [mark in (typeof MARKS)[number]]?: unknown };
  return marked[MARKS[0]] === true || marked[MARKS[1]] === true;
}

/** A mark is not enough: what can be called holds a function, and JSON cannot. */
function isFunction(value: object): boolean {
  if (typeof value === 'function') return true;
  if (!isMarked(value)) return false;
  const { implementation, environment } = value as {
    readonly implementation?: unknown;
    readonly environment?: { readonly lookup?: unknown };
  };
  return typeof implementation === 'function' || typeof environment?.lookup === 'function';
}
