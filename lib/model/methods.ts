/**
 * What repeating a request may do, by its method (RFC 9110 section 9.2, and the registry of methods that it founds). Of a
 * method that is not registered nothing is known: it is taken for one that changes something each time.
 */
import type { Method } from './openapi.ts';

const SAFE: ReadonlySet<string> = new Set(['get', 'head', 'options', 'trace', 'query', 'propfind', 'report', 'search']);
const IDEMPOTENT: ReadonlySet<string> = new Set([
  ...SAFE,
  'put',
  'delete',
  // WebDAV and its kin (RFC 3253, 3648, 3744, 4437, 4791, 4918, 5842), and links (RFC 2068).
  'acl',
  'baseline-control',
  'bind',
  'checkin',
  'checkout',
  'copy',
  'label',
  'link',
  'merge',
  'mkactivity',
  'mkcalendar',
  'mkcol',
  'mkredirectref',
  'mkworkspace',
  'move',
  'orderpatch',
  'proppatch',
  'rebind',
  'unbind',
  'uncheckout',
  'unlink',
  'unlock',
  'update',
  'updateredirectref',
  'version-control',
]);

/** It changes nothing. As OpenAPI writes it, or as a request has it. */
export function isSafeMethod(method: string): boolean {
  return SAFE.has(method.toLowerCase());
}

/** Done twice it does no more than done once. */
export function isIdempotentMethod(method: Method): boolean {
  return IDEMPOTENT.has(method.toLowerCase());
}
