/** What repeating a request may do, by its method (RFC 9110 section 9.2; QUERY is safe too). */
import type { Method } from './openapi.ts';

const SAFE: ReadonlySet<string> = new Set(['get', 'head', 'options', 'trace', 'query']);
const IDEMPOTENT: ReadonlySet<string> = new Set([...SAFE, 'put', 'delete']);

/** It changes nothing. As OpenAPI writes it, or as a request has it. */
export function isSafeMethod(method: string): boolean {
  return SAFE.has(method.toLowerCase());
}

/** Done twice it does no more than done once. */
export function isIdempotentMethod(method: Method): boolean {
  return IDEMPOTENT.has(method);
}
