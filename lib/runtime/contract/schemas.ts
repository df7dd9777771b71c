/**
 * Schemas of an OpenAPI document as a message is held against them: what says nothing of a value is left out, and so is what
 * holds in the other direction only (OpenAPI: a required `readOnly` member is the answer's to have, a `writeOnly` one the
 * request's). Formats are annotations there. `uniqueItems` is not asked of answers: to a hostile one it would be work
 * without end.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { type Definitions, definitionName } from '../../model/schema-members.ts';

export type Direction = 'request' | 'response';

const SILENT: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
  'xml',
  'discriminator',
  'externalDocs',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  '$comment',
]);
const SCHEMAS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const ONE: ReadonlySet<string> = new Set([
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** Of one document: each schema is made once per direction. */
export class DirectedSchemas {
  readonly definitions: JsonObject;
  private readonly document: Definitions;
  private readonly direction: Direction;
  private readonly made = new Map<Json, Json>();

  constructor(document: Definitions, direction: Direction) {
    this.document = document;
    this.direction = direction;
    this.definitions = Object.fromEntries(Object.entries(document).map(([name, one]) => [name, this.directed(one)]));
  }

  directed(schema: Json): Json {
    if (!isObject(schema)) return schema;
    const known = this.made.get(schema);
    if (known !== undefined) return known;
    const made = this.converted(schema);
    this.made.set(schema, made);
    return made;
  }

  private converted(schema: JsonObject): Json {
    const entries = Object.entries(schema).flatMap(([keyword, value]): readonly (readonly [string, Json])[] => {
      if (SILENT.has(keyword) || keyword.startsWith('x-')) return [];
      if (keyword === 'uniqueItems' && this.direction === 'response') return [];
      if (keyword === 'required') return this.required(schema, value);
      if (SCHEMAS.has(keyword)) return [[keyword, listOf(value).map((one) => this.directed(one))]];
      if (NAMED.has(keyword)) return [[keyword, this.named(value)]];
      return [[keyword, ONE.has(keyword) ? this.directed(value) : value]];
    });
    return Object.fromEntries(entries);
  }

  private named(value: Json): Json {
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.directed(one)]));
  }

  private required(schema: JsonObject, value: Json): readonly (readonly [string, Json])[] {
    const properties = own(schema, 'properties');
    const wanted = listOf(value).filter(
      (name) => !(typeof name === 'string' && isObject(properties) && this.isOfOthers(own(properties, name))),
    );
    return wanted.length === 0 ? [] : [['required', wanted]];
  }

  private isOfOthers(schema: Json | undefined): boolean {
    if (!isObject(schema)) return false;
    const flag = this.direction === 'request' ? 'readOnly' : 'writeOnly';
    const name = definitionName(own(schema, '$ref'));
    const referred = name === undefined ? undefined : own(this.document, name);
    return own(schema, flag) === true || (isObject(referred) && own(referred, flag) === true);
  }
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

const MAX_NODES = 3_000;

/** The same schema without references, where it is finite and small: what can be judged without a compiler. */
export function inlined(schema: Json, definitions: JsonObject): Json | undefined {
  let nodes = 0;
  const within = (one: Json, open: ReadonlySet<string>): Json | undefined => {
    if (!isObject(one) && !Array.isArray(one)) return one;
    nodes += 1;
    if (nodes > MAX_NODES) return undefined;
    if (Array.isArray(one)) {
      const items = (one as readonly Json[]).map((item) => within(item, open));
      return items.includes(undefined) ? undefined : (items as readonly Json[]);
    }
    const reference = own(one, '$ref');
    const name = definitionName(reference);
    if (reference !== undefined) {
      const referred = name === undefined || open.has(name) ? undefined : own(definitions, name);
      // What stands beside a reference holds, too: that is for the compiler.
      if (referred === undefined || Object.keys(one).length > 1) return undefined;
      return within(referred, new Set([...open, name ?? '']));
    }
    const members = Object.entries(one).map(([key, value]) => [key, within(value, open)] as const);
    if (members.some(([, value]) => value === undefined)) return undefined;
    return Object.fromEntries(members) as JsonObject;
  };
  return within(schema, new Set());
}
