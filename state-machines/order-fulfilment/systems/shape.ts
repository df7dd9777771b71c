/**
 * Validation by shapes: a shape reads an unknown value as a T, or reports each fault by JSON Pointer. All faults of a
 * request are told at once. The shapes repeat what the OpenAPI documents say, by hand, so that neither is generated
 * from the other and the tests can hold them against each other.
 */
import { Problem } from './problem.ts';

type Report = (pointer: string, detail: string) => void;

/** Undefined only after a report, or where T allows it. */
export type Shape<T> = (value: unknown, pointer: string, report: Report) => T | undefined;

export interface TextRule {
  readonly pattern?: RegExp;
  readonly min?: number;
  readonly max?: number;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** The body as a T, or 422 with every fault. */
export function readBody<T>(shape: Shape<T>, body: unknown): T {
  return read(shape, body, { status: 422, slug: 'invalid-request', what: 'invalid value' });
}

/** The query as a T (a repeated parameter counts once, with its last value), or 400 with every fault. */
export function readQuery<T>(shape: Shape<T>, query: URLSearchParams): T {
  const values = Object.assign(Object.create(null), Object.fromEntries(query));
  return read(shape, values, { status: 400, slug: 'invalid-parameter', what: 'invalid parameter' });
}

function read<T>(shape: Shape<T>, value: unknown, refusal: { status: number; slug: string; what: string }): T {
  const errors: { pointer: string; detail: string }[] = [];
  const result = shape(value, '', (pointer, detail) => errors.push({ pointer, detail }));
  if (errors.length === 0) return result as T; // A shape that reported nothing has read a T.
  const detail = `The request has ${errors.length} ${refusal.what}${errors.length === 1 ? '' : 's'}.`;
  throw new Problem(refusal.status, refusal.slug, detail, { extra: { errors } });
}

export function text({ pattern = /^/, min = 1, max = 200 }: TextRule = {}): Shape<string> {
  return (value, pointer, report) => {
    if (value === undefined) report(pointer, 'is required');
    else if (typeof value !== 'string') report(pointer, 'must be a string');
    else if (value.length < min || value.length > max) report(pointer, `must have ${min} to ${max} characters`);
    else if (!pattern.test(value)) report(pointer, `must match ${pattern.source}`);
    else return value;
    return undefined;
  };
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Shape<T> {
  return (value, pointer, report) => {
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) report(pointer, `must be one of ${allowed.join(', ')}`);
    return found;
  };
}

export function integer({ min, max }: NumberRange): Shape<number> {
  return (value, pointer, report) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    report(pointer, `must be an integer from ${min} to ${max}`);
    return undefined;
  };
}

/** An integer in a query, where everything is text. */
export function digits(range: NumberRange): Shape<number> {
  const number = integer(range);
  return (value, pointer, report) =>
    number(typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value, pointer, report);
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, pointer, report) => (value === undefined ? undefined : shape(value, pointer, report));
}

export function listOf<T>(item: Shape<T>, { min, max }: NumberRange): Shape<readonly T[]> {
  return (value, pointer, report) => {
    if (!Array.isArray(value)) report(pointer, value === undefined ? 'is required' : 'must be a list');
    else if (value.length < min || value.length > max) report(pointer, `must have ${min} to ${max} items`);
    else return value.map((entry: unknown, i) => item(entry, `${pointer}/${i}`, report) as T);
    return undefined;
  };
}

/** An object with these fields and no others. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const shapes = new Map(Object.entries<Shape<unknown>>(fields));
  return (value, pointer, report) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(pointer, value === undefined ? 'is required' : 'must be an object');
      return undefined;
    }
    const given = new Map(Object.entries(value));
    for (const name of given.keys()) if (!shapes.has(name)) report(`${pointer}/${name}`, 'is not known here');
    const entries = [...shapes].map(([name, shape]) => [name, shape(given.get(name), `${pointer}/${name}`, report)]);
    return Object.fromEntries(entries) as T; // The mapped type of `fields` names exactly T's keys.
  };
}
