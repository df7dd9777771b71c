/**
 * Canonical JSON (RFC 8785): one text for equal values, so that a hash means equality. Members sorted by UTF-16 code
 * units, numbers and strings as ECMAScript writes them, nothing else in between. Members that are undefined are left
 * out, as JSON does.
 */
import { assert } from './assert.ts';
import type { Json } from './json.ts';

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value as { readonly [key: string]: Json });
  assert(typeof value !== 'number' || Number.isFinite(value), 'JSON has no infinite numbers and no NaN');
  return JSON.stringify(value);
}

function canonicalObject(object: { readonly [key: string]: Json | undefined }): string {
  let members = '';
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value)}`;
  }
  return `{${members}}`;
}
