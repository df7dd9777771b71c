/**
 * A schema that an example can be made of in bounded work. The library that makes them follows every way through a schema,
 * and a web of schemas has more ways than anybody can walk. A schema with few ways is given as it is; of one with more, the
 * first are written out, and what lies beyond says nothing of its value. An example is then a poorer one, made soon.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';

/** Places of schemas on all ways together. */
const MAX_PLACES = 5_000;
/** Deeper than any example: the library ends far above. */
const MAX_DEPTH = 100;
const LOCAL = '#/$defs/';
/** A schema may ask for more than anybody wants to see in an example. */
const MOST: { readonly [keyword: string]: number } = { minItems: 100, minLength: 10_000, maxLength: 1_000_000 };

/** References lead into the root's `$defs`. */
export function boundedSchema(schema: JsonObject, root: JsonObject): JsonObject {
  const walk = new Walk(root);
  const written = walk.written(schema, new Set(), 0);
  return walk.isWhole ? schema : written;
}

class Walk {
  private readonly definitions: JsonObject;
  private left = MAX_PLACES;
  /** Nothing was left out. */
  isWhole = true;

  constructor(root: JsonObject) {
    const definitions = own(root, '$defs');
    this.definitions = isObject(definitions) ? definitions : {};
  }

  /** `open` are the definitions that this place lies in: the library ends at one of these, too. */
  written(schema: Json, open: ReadonlySet<string>, depth: number): JsonObject {
    if (!isObject(schema)) return {};
    if (this.left <= 0 || depth > MAX_DEPTH) {
      this.isWhole = false;
      return {};
    }
    this.left -= 1;
    const reference = own(schema, '$ref');
    if (typeof reference === 'string') return this.referred(reference, open, depth);
    const entries = Object.entries(schema).map(([keyword, value]) => [
      keyword,
      this.inner(keyword, value, open, depth + 1),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }

  private referred(reference: string, open: ReadonlySet<string>, depth: number): JsonObject {
    const name = reference.startsWith(LOCAL) ? reference.slice(LOCAL.length) : undefined;
    const found = name === undefined || open.has(name) ? undefined : own(this.definitions, name);
    return found === undefined ? {} : this.written(found, new Set([...open, name ?? '']), depth + 1);
  }

  private inner(keyword: string, value: Json, open: ReadonlySet<string>, depth: number): Json {
    const schemas = (list: Json): readonly Json[] =>
      Array.isArray(list) ? list.map((one: Json) => this.written(one, open, depth)) : [];
    switch (keyword) {
      case 'allOf':
      case 'prefixItems':
        return schemas(value);
      case 'anyOf':
      case 'oneOf':
        // Of alternatives the first is taken.
        return Array.isArray(value) ? schemas(value.slice(0, 1)) : value;
      case 'properties':
        return isObject(value) ? this.named(value, open, depth) : value;
      case 'items':
      case 'additionalProperties':
      case 'if':
      case 'then':
      case 'else':
        return isObject(value) ? this.written(value, open, depth) : value;
      default:
        return this.modest(keyword, value);
    }
  }

  private modest(keyword: string, value: Json): Json {
    const most = own(MOST, keyword);
    if (most === undefined || typeof value !== 'number' || value <= most) return value;
    this.isWhole = false;
    return most;
  }

  private named(schemas: JsonObject, open: ReadonlySet<string>, depth: number): JsonObject {
    return Object.fromEntries(
      Object.entries(schemas).map(([name, one]) => [name, this.written(one, open, depth)] as const),
    );
  }
}
