/**
 * A value that is there already or will be. Most queries never enter the asynchronous evaluator, so what waits for them
 * goes on at once where it can: a step of plain states makes no promise at all.
 */
import type { Json } from '../../model/json.ts';
import { Problem, type Query, type View } from './language.ts';

export type Soon<T> = T | Promise<T>;

export function whenKnown<T, U>(soon: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return soon instanceof Promise ? soon.then(next) : next(soon);
}

/** The values of several queries, in order; the first problem ends it. Where there is no query there is no value. */
export function evaluateAll<T>(
  queries: readonly (Query | null)[],
  view: View,
  finish: (values: readonly (Json | undefined)[]) => T,
): Soon<T | Problem> {
  const values: (Json | undefined)[] = [];
  for (let index = 0; index < queries.length; index += 1) {
    const value = queries[index]?.evaluate(view);
    if (value instanceof Promise) return continueWith({ queries, view, values, pending: value, finish });
    if (value instanceof Problem) return value;
    values.push(value);
  }
  return finish(values);
}

interface Rest<T> {
  readonly queries: readonly (Query | null)[];
  readonly view: View;
  readonly values: (Json | undefined)[];
  readonly pending: Promise<Json | Problem>;
  readonly finish: (values: readonly (Json | undefined)[]) => T;
}

async function continueWith<T>({ queries, view, values, pending, finish }: Rest<T>): Promise<T | Problem> {
  const first = await pending;
  if (first instanceof Problem) return first;
  values.push(first);
  for (let index = values.length; index < queries.length; index += 1) {
    const value = await queries[index]?.evaluate(view);
    if (value instanceof Problem) return value;
    values.push(value);
  }
  return finish(values);
}
