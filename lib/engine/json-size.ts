/**
 * The size of a value as JSON in UTF-8, as the quotas count it, without writing the JSON. Counting stops as soon as the
 * limit is passed, so a check costs at most as much as the limit.
 */
import type { Json, JsonObject } from '../model/json.ts';

export function exceeds(value: Json, limit: number): boolean {
  return sizeWithin(value, limit) > limit;
}

/** The exact size, or some number above the limit. */
export function sizeWithin(value: Json, limit: number): number {
  switch (typeof value) {
    case 'string':
      return textSize(value, limit);
    case 'number':
      return Number.isInteger(value) && value >= 0 && value < 10 ? 1 : JSON.stringify(value).length;
    case 'boolean':
      return value ? 4 : 5;
    default:
      if (value === null) return 4;
      return Array.isArray(value) ? arraySize(value, limit) : objectSize(value as JsonObject, limit);
  }
}

function arraySize(values: readonly Json[], limit: number): number {
  let size = values.length === 0 ? 2 : 1 + values.length;
  for (const value of values) {
    size += sizeWithin(value, limit - size);
    if (size > limit) return size;
  }
  return size;
}

function objectSize(object: JsonObject, limit: number): number {
  let size = 1;
  for (const key in object) {
    size += textSize(key, limit - size) + 2;
    if (size <= limit) size += sizeWithin(object[key] as Json, limit - size);
    if (size > limit) return size;
  }
  return size === 1 ? 2 : size;
}

/** With quotes and escapes. A text far longer than the limit is not looked at. */
function textSize(text: string, limit: number): number {
  const { length } = text;
  if (length > limit) return length + 2;
  let size = length + 2;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x20 && code < 0x80) {
      if (code === 0x22 || code === 0x5c) size += 1;
    } else if (code >= 0x800) {
      // A surrogate pair is two units of text and four bytes.
      size += code >= 0xd800 && code <= 0xdfff ? 1 : 2;
    } else {
      size += code >= 0x80 ? 1 : controlEscape(code);
    }
  }
  return size;
}

/** `\n` and its like take one more byte, `\u0001` five. */
function controlEscape(code: number): number {
  return code === 8 || code === 9 || code === 10 || code === 12 || code === 13 ? 1 : 5;
}
