/**
 * What a schema says of a value as a whole: the kinds it may be, the values it is one of, formats and bounds. Always a
 * superset of what the schema allows, through `$ref`, `allOf`, `anyOf` and `oneOf`: whoever finds that nothing is common
 * to two of them has a proof, and whoever finds something common has none. Members are members.ts' business.
 */
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { isSame, kindOfValue, type Kind } from './kinds.ts';
import { SchemaMemory } from './memory.ts';
import { referred, type Typed } from './typed.ts';

export interface Range {
  readonly least?: number;
  readonly most?: number;
}

export interface Facets {
  readonly kinds: ReadonlySet<Kind>;
  /** Some kind is excluded in so many words. */
  readonly isTold: boolean;
  /** One of these. */
  readonly values?: readonly Json[];
  /** A text is in one of these. */
  readonly formats?: readonly string[];
  readonly length: Range;
  readonly size: Range;
  readonly items: Range;
}

const ALL: readonly Kind[] = ['null', 'boolean', 'integer', 'fraction', 'string', 'array', 'object'];

export const ANYTHING: Facets = { kinds: new Set(ALL), isTold: false, length: {}, size: {}, items: {} };

/** More alternatives than these are not told apart. */
const MAX_BRANCHES = 200;

const memory = new SchemaMemory<Facets>(ANYTHING);

export function facetsOf(typed: Typed): Facets {
  const { schema } = typed;
  if (!isObject(schema)) return schema === false ? nothing() : ANYTHING;
  return memory.of(typed, '', () => wholeFacets(schema, typed));
}

function wholeFacets(schema: JsonObject, typed: Typed): Facets {
  const inner = (one: Json): Facets => facetsOf({ ...typed, schema: one });
  const reference = referred(typed);
  const parts = [
    ownFacets(schema),
    ...(reference ? [facetsOf(reference)] : []),
    ...listAt(schema, 'allOf').slice(0, MAX_BRANCHES).map(inner),
    ...['anyOf', 'oneOf'].flatMap((key) => {
      const branches = listAt(schema, key);
      return branches.length > 0 && branches.length <= MAX_BRANCHES ? [union(branches.map(inner))] : [];
    }),
  ];
  return parts.reduce(intersection);
}

function nothing(): Facets {
  return { ...ANYTHING, kinds: new Set(), isTold: true };
}

export function listAt(schema: JsonObject, key: string): readonly Json[] {
  const list = own(schema, key);
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

function ownFacets(schema: JsonObject): Facets {
  const values = valuesOf(schema);
  const typed = kindsOfType(own(schema, 'type'));
  const kinds = values ? new Set(values.map(kindOfValue)) : new Set(ALL);
  const format = own(schema, 'format');
  return {
    kinds: typed ? new Set([...kinds].filter((kind) => typed.has(kind))) : kinds,
    isTold: typed !== undefined || values !== undefined,
    ...(values && { values }),
    ...(typeof format === 'string' && { formats: [format] }),
    length: range(numberAt(schema, 'minLength'), numberAt(schema, 'maxLength')),
    size: range(
      numberAt(schema, 'minimum') ?? numberAt(schema, 'exclusiveMinimum'),
      numberAt(schema, 'maximum') ?? numberAt(schema, 'exclusiveMaximum'),
    ),
    items: range(numberAt(schema, 'minItems'), numberAt(schema, 'maxItems')),
  };
}

function valuesOf(schema: JsonObject): readonly Json[] | undefined {
  const constant = own(schema, 'const');
  if (constant !== undefined) return [constant];
  const listed = own(schema, 'enum');
  if (Array.isArray(listed)) return listed as readonly Json[];
  return own(schema, 'type') === 'null' ? [null] : undefined;
}

function kindsOfType(type: Json | undefined): ReadonlySet<Kind> | undefined {
  if (type === undefined) return undefined;
  const names = (Array.isArray(type) ? type : [type]) as readonly Json[];
  return new Set(
    names.flatMap((name): readonly Kind[] => {
      if (name === 'number') return ['integer', 'fraction'];
      return ALL.filter((kind) => kind === name);
    }),
  );
}

function numberAt(schema: JsonObject, key: string): number | undefined {
  const value = own(schema, key);
  return typeof value === 'number' ? value : undefined;
}

function range(least: number | undefined, most: number | undefined): Range {
  return { ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}

function intersection(a: Facets, b: Facets): Facets {
  const kinds = new Set([...a.kinds].filter((kind) => b.kinds.has(kind)));
  const values = commonValues(a, b)?.filter((value) => kinds.has(kindOfValue(value)));
  const left = values
    ? new Set([...kinds].filter((kind) => values.some((value) => kindOfValue(value) === kind)))
    : kinds;
  const formats = a.formats ?? b.formats;
  return {
    kinds: left,
    isTold: a.isTold || b.isTold,
    ...(values && { values }),
    ...(formats && { formats }),
    length: tighter(a.length, b.length),
    size: tighter(a.size, b.size),
    items: tighter(a.items, b.items),
  };
}

function commonValues(a: Facets, b: Facets): readonly Json[] | undefined {
  if (!a.values || !b.values) return a.values ?? b.values;
  const others = b.values;
  return a.values.filter((value) => others.some((other) => isSame(value, other)));
}

function tighter(a: Range, b: Range): Range {
  return range(
    a.least === undefined || b.least === undefined ? (a.least ?? b.least) : Math.max(a.least, b.least),
    a.most === undefined || b.most === undefined ? (a.most ?? b.most) : Math.min(a.most, b.most),
  );
}

/** A bound holds for all only where each branch that can be of its kind has one. */
function union(branches: readonly Facets[]): Facets {
  const values = branches.every((one) => one.values) ? listed(branches.map((one) => one.values ?? [])) : undefined;
  const texts = branches.filter(({ kinds }) => kinds.has('string'));
  const formats =
    texts.length > 0 && texts.every((one) => one.formats) ? listed(texts.map((one) => one.formats ?? [])) : undefined;
  const numbers = branches.filter(({ kinds }) => kinds.has('integer') || kinds.has('fraction'));
  const lists = branches.filter(({ kinds }) => kinds.has('array'));
  return {
    kinds: new Set(branches.flatMap((one) => [...one.kinds])),
    isTold: branches.every((one) => one.isTold),
    ...(values && { values }),
    ...(formats && { formats }),
    length: looser(texts.map(({ length }) => length)),
    size: looser(numbers.map(({ size }) => size)),
    items: looser(lists.map(({ items }) => items)),
  };
}

/** Too many alternatives to list are as good as any. */
const MAX_LISTED = 1_000;

/** Each once; undefined where they are too many. */
function listed<T>(lists: readonly (readonly T[])[]): readonly T[] | undefined {
  const all = new Set<T>();
  for (const list of lists) {
    for (const one of list) all.add(one);
    if (all.size > MAX_LISTED) return undefined;
  }
  return [...all];
}

function looser(ranges: readonly Range[]): Range {
  const leasts = ranges.flatMap(({ least }) => least ?? []);
  const mosts = ranges.flatMap(({ most }) => most ?? []);
  const isFull = (bounds: readonly number[]): boolean => ranges.length > 0 && bounds.length === ranges.length;
  return range(isFull(leasts) ? Math.min(...leasts) : undefined, isFull(mosts) ? Math.max(...mosts) : undefined);
}
