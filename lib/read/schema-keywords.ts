/**
 * The keywords of JSON Schema 2020-12 and what each may hold. A converted schema has these and no others (and `x-`
 * extensions), each well-typed, so that any validator compiles it. `$id`, `$anchor`, `$defs` and the like are not
 * among them: references are resolved when the schema is read, and what they lead to is collected under one roof.
 */
import { isObject, type Json } from '../model/json.ts';

export type KeywordShape =
  /** A value of a plain type, kept as it is if it passes. */
  | { readonly kind: 'value'; readonly wanted: string; readonly holds: (value: Json) => boolean }
  | { readonly kind: 'schema' }
  | { readonly kind: 'schemas' }
  | { readonly kind: 'schema-map'; readonly isKey?: (key: string) => boolean };

const value = (wanted: string, holds: (value: Json) => boolean): KeywordShape => ({ kind: 'value', wanted, holds });

const isCount = (json: Json): boolean => Number.isSafeInteger(json) && (json as number) >= 0;
const isTexts = (json: Json): boolean => Array.isArray(json) && json.every((item) => typeof item === 'string');

const anything = value('a value', () => true);
const text = value('a text', (json) => typeof json === 'string');
const flag = value('true or false', (json) => typeof json === 'boolean');
const number = value('a number', (json) => typeof json === 'number');
const count = value('a whole number from 0', isCount);
const names = value('a list of texts', isTexts);
const pattern = value('a regular expression', (json) => typeof json === 'string' && isPattern(json));
const schema: KeywordShape = { kind: 'schema' };
const schemas: KeywordShape = { kind: 'schemas' };

export const keywordShapes: ReadonlyMap<string, KeywordShape> = new Map<string, KeywordShape>([
  ['title', text],
  ['description', text],
  ['format', text],
  ['default', anything],
  ['const', anything],
  ['enum', value('a list of at least one value', (json) => Array.isArray(json) && json.length > 0)],
  ['examples', value('a list', (json) => Array.isArray(json))],
  ['deprecated', flag],
  ['readOnly', flag],
  ['writeOnly', flag],
  ['multipleOf', value('a number above 0', (json) => typeof json === 'number' && json > 0)],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', number],
  ['exclusiveMaximum', number],
  ['minLength', count],
  ['maxLength', count],
  ['pattern', pattern],
  ['minItems', count],
  ['maxItems', count],
  ['uniqueItems', flag],
  ['minContains', count],
  ['maxContains', count],
  ['minProperties', count],
  ['maxProperties', count],
  ['required', names],
  ['dependentRequired', value('lists of names', (json) => isObject(json) && Object.values(json).every(isTexts))],
  ['contentEncoding', text],
  ['contentMediaType', text],
  ['contentSchema', schema],
  ['allOf', schemas],
  ['anyOf', schemas],
  ['oneOf', schemas],
  ['not', schema],
  ['if', schema],
  ['then', schema],
  ['else', schema],
  ['prefixItems', schemas],
  ['items', schema],
  ['contains', schema],
  ['unevaluatedItems', schema],
  ['properties', { kind: 'schema-map' }],
  ['patternProperties', { kind: 'schema-map', isKey: isPattern }],
  ['additionalProperties', schema],
  ['propertyNames', schema],
  ['unevaluatedProperties', schema],
  ['dependentSchemas', { kind: 'schema-map' }],
  ['xml', value('an object', isObject)],
]);

const typeNames: ReadonlySet<Json> = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']);

/** The types that `type` names, without those that there are not. */
export function typesOf(json: Json): { readonly types: readonly string[]; readonly wrong: boolean } {
  const named = Array.isArray(json) ? (json as readonly Json[]) : [json];
  const types = new Set(named.filter((name): name is string => typeNames.has(name)));
  return { types: [...types], wrong: types.size < named.length || named.length === 0 };
}

export const knownTypes: readonly string[] = [...typeNames] as string[];

/** JSON Schema's patterns are those of ECMAScript with the `u` flag. */
function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}
