/**
 * A form body (`application/x-www-form-urlencoded`): as the styles have it where the Encoding Object names one, else a list
 * repeats its name and a structure becomes JSON (OpenAPI 3.1, Encoding Object). Members that are null are left out.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import type { ParameterStyle } from '../../model/openapi.ts';
import { encodeReserved, percentEncode } from './encode.ts';
import { isJson } from './media-type.ts';
import { queryPairs } from './styles.ts';

export function formText(fields: JsonObject, encoding: JsonObject): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => formPairs(name, value, encodingOf(encoding, name)))
    .join('&');
}

export function encodingOf(encoding: JsonObject, name: string): JsonObject {
  const one = own(encoding, name);
  return isObject(one) ? one : {};
}

const STYLES: ReadonlySet<Json | undefined> = new Set(['form', 'spaceDelimited', 'pipeDelimited', 'deepObject']);

function formPairs(name: string, value: Json, encoding: JsonObject): readonly string[] {
  if (value === null) return [];
  const { style: named, explode, allowReserved, contentType } = encoding;
  const isStyled = STYLES.has(named) || typeof explode === 'boolean' || typeof allowReserved === 'boolean';
  // Only what STYLES holds.
  const style = (STYLES.has(named) ? named : 'form') as ParameterStyle;
  const styled = { name, style, explode: typeof explode === 'boolean' ? explode : style === 'form' };
  const encode = allowReserved === true ? encodeReserved('query') : percentEncode;
  if (isStyled) return queryPairs(styled, value, encode);
  const asJson = isObject(value) || (typeof contentType === 'string' && isJson(contentType));
  return queryPairs(styled, asJson ? JSON.stringify(value) : value, encode);
}
