/** What repeating a request may do, by its method (RFC 9110 section 9.2; QUERY is safe too). */
import type { Method } from './openapi.ts';

const SAFE: ReadonlySet<Method> = new Set(['get', 'head', 'options', 'trace', 'query']);
const IDEMPOTENT: ReadonlySet<Method> = new Set([...SAFE, 'put', 'delete']);

/** It changes nothing. */
export function isSafeMethod(method: Method): boolean {
  return SAFE.has(method);
}

/** Done twice it does no more than done once. */
export function isIdempotentMethod(method: Method): boolean {
  return IDEMPOTENT.has(method);
}
