/** What a simulated system answers, and how a criterion sees it. */
import type { Scope } from '../expressions/scope.ts';
import type { Json } from '../model/json.ts';

export interface SimulatedAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Json;
  readonly headers: { readonly [name: string]: string };
}

/** `scope` is everything but the answer. */
export function scopeWith(scope: Scope, { status, body, headers, contentType }: SimulatedAnswer): Scope {
  const header = { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) };
  const response = { header, ...(body !== undefined && { body }) };
  const message = { header, ...(body !== undefined && { payload: body, body }) };
  return { ...scope, statusCode: status, response, message };
}
