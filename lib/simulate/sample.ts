/**
 * An example of a schema: the library's, with what it knows nothing of mended. Texts come to match their patterns, and a
 * member whose schema allows no value is left out. Bounded, however the schemas refer to each other; a value that the
 * document gives itself (`example`, `default`, `enum`) stays as it is.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { partsOf } from '../model/schema-members.ts';
import { boundedSchema } from './bounded-schema.ts';
import { sampler } from './sampler.ts';
import { textForPattern } from './text-for-pattern.ts';

const MAX_DEPTH = 12;
const MAX_PLACES = 5_000;

/** References lead into the root's `$defs`. The library is told of no other options than these. */
export function sampleOf(schema: Json | undefined, root: JsonObject): Json | undefined {
  if (!isObject(schema)) return undefined;
  const made = sampler().sample(boundedSchema(schema, root), { quiet: true, maxSampleDepth: MAX_DEPTH }, root);
  // The sampler yields plain JSON of the schema, or nothing where the schema allows nothing.
  if (made === undefined || made === null) return undefined;
  const definitions = own(root, '$defs');
  return new Mending(isObject(definitions) ? definitions : {}).mended(made as Json, schema, 0);
}

class Mending {
  private readonly definitions: JsonObject;
  private left = MAX_PLACES;

  constructor(definitions: JsonObject) {
    this.definitions = definitions;
  }

  mended(value: Json, schema: Json, depth: number): Json {
    this.left -= 1;
    if (this.left < 0 || depth > MAX_DEPTH) return value;
    const parts = this.partsFor(schema);
    if (typeof value === 'string') return matching(value, parts);
    if (Array.isArray(value)) {
      const items = firstOf(parts, 'items');
      return items === undefined ? value : value.map((one: Json) => this.mended(one, items, depth + 1));
    }
    return isObject(value) ? this.object(value, parts, depth) : value;
  }

  private object(value: JsonObject, parts: readonly JsonObject[], depth: number): JsonObject {
    const members = Object.entries(value).flatMap(([name, member]) => {
      const schema = firstOf(parts, 'properties', name);
      if (schema === false) return [];
      return [[name, schema === undefined ? member : this.mended(member, schema, depth + 1)] as const];
    });
    return Object.fromEntries(members);
  }

  /** Of alternatives the library takes the first. */
  private partsFor(schema: Json): readonly JsonObject[] {
    const parts = partsOf(schema, this.definitions) ?? [];
    const chosen = parts.flatMap((part) => {
      const [first] = [own(part, 'oneOf'), own(part, 'anyOf')].flatMap((list) =>
        Array.isArray(list) ? (list as readonly Json[]).slice(0, 1) : [],
      );
      return first === undefined ? [] : (partsOf(first, this.definitions) ?? []);
    });
    return [...parts, ...chosen];
  }
}

function firstOf(parts: readonly JsonObject[], key: string, name?: string): Json | undefined {
  for (const part of parts) {
    const found = own(part, key);
    const inner = name === undefined ? found : isObject(found) ? own(found, name) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const GIVEN = ['example', 'examples', 'default', 'enum', 'const'];

function matching(value: string, parts: readonly JsonObject[]): string {
  const pattern = firstOf(parts, 'pattern');
  const isGiven = parts.some((part) => GIVEN.some((key) => own(part, key) !== undefined));
  if (isGiven) return value;
  if (typeof pattern === 'string') return textForPattern(pattern) ?? value;
  const format = firstOf(parts, 'format');
  return value === UNKNOWING && typeof format === 'string' ? (FORMATTED.get(format) ?? value) : value;
}

/** What the library says for a format that it does not know. */
const UNKNOWING = 'string';

/** Of the formats that an input is held to, those that the library does not know. */
const FORMATTED: ReadonlyMap<string, string> = new Map([
  ['byte', 'c3RyaW5n'],
  ['duration', 'P1D'],
  ['iso-date-time', '2019-08-24T14:15:22Z'],
  ['iso-time', '14:15:22Z'],
  ['json-pointer-uri-fragment', '#/a'],
  ['url', 'https://example.com'],
]);
