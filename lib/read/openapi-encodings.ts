/**
 * How the parts of a body are written: Encoding Objects by name, and by position (OpenAPI 3.2: `prefixEncoding`,
 * `itemEncoding`), each with those of its own parts. They stay as they are written, but for their headers: what fixes the
 * value of one is put in its place, wherever references lead to it.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { MediaType } from '../model/openapi.ts';
import type { DocumentSet } from './document-set.ts';
import { followed } from './resolve.ts';
import { child, items, members, objectOf, type Spot } from './spot.ts';

type Encodings = Pick<MediaType, 'encoding' | 'prefixEncoding' | 'itemEncoding'>;

/** Of a media type, or of a part that has parts itself. */
export function encodingsOf(documentSet: DocumentSet, spot: Spot): Encodings {
  const named = child(spot, 'encoding');
  const prefix = child(spot, 'prefixEncoding');
  const item = child(spot, 'itemEncoding');
  return {
    ...(objectOf(named) && {
      encoding: Object.fromEntries(members(named).map(([name, one]) => [name, encodingAt(documentSet, one)])),
    }),
    ...(Array.isArray(prefix?.value) && { prefixEncoding: items(prefix).map((one) => encodingAt(documentSet, one)) }),
    ...(objectOf(item) && item && { itemEncoding: encodingAt(documentSet, item) }),
  };
}

function encodingAt(documentSet: DocumentSet, spot: Spot): JsonObject {
  const written = objectOf(spot) ?? {};
  const headers = members(child(spot, 'headers')).map(
    ([name, header]) => [name, headerAt(documentSet, header)] as const,
  );
  const inner = { ...encodingsOf(documentSet, spot) };
  return { ...written, ...inner, ...(headers.length > 0 && { headers: Object.fromEntries(headers) }) };
}

/** The header with its schema, references followed. */
function headerAt(documentSet: DocumentSet, spot: Spot): Json {
  const header = quietly(documentSet, spot);
  const schema = child(header, 'schema');
  const there = schema && quietly(documentSet, schema)?.value;
  return isObject(header?.value) && there !== undefined
    ? { ...header.value, schema: there }
    : (header?.value ?? spot.value);
}

/** What leads nowhere fixes no value. */
function quietly(documentSet: DocumentSet, spot: Spot): Spot | undefined {
  const resolution = followed(documentSet, spot);
  return 'spot' in resolution ? resolution.spot : undefined;
}
