/**
 * A document's value together with where in the text each part of it stands: what every reader of text yields. Objects
 * have no prototype, so `__proto__` and `constructor` are ordinary keys; an alias of YAML yields the very value that it
 * names. Positions are kept beside the values, not in them, so that values stay plain JSON.
 */
import type { Json } from '../model/json.ts';

export type Span = readonly [number, number];

/** Where the parts of one container stand, in the order of the text. */
export interface PartSpans {
  /** Of an object: its keys. */
  readonly keys?: readonly string[];
  /** Of a list: start and end of each item. Of an object: start and end of each key and of its value. */
  readonly offsets: readonly number[];
}

export interface Tree {
  readonly root: Json;
  readonly span: Span;
  readonly parts: WeakMap<object, PartSpans>;
}

export type OpenRecord = { [key: string]: Json };

export function newRecord(): OpenRecord {
  // Its prototype is null: any name from a document is only a name.
  return Object.create(null) as OpenRecord;
}

/** The span of a container's part: of an object's member the key's or the value's. */
export function partSpan(parts: PartSpans, segment: string, on: 'key' | 'value'): Span | undefined {
  if (!parts.keys) return pair(parts.offsets, Number(segment) * 2);
  const index = indexOfKey(parts, parts.keys, segment);
  return index < 0 ? undefined : pair(parts.offsets, index * 4 + (on === 'key' ? 0 : 2));
}

/** Keys that are looked through one by one each time. */
const FEW = 16;
const indexes = new WeakMap<PartSpans, ReadonlyMap<string, number>>();

/** There may be a finding at each member: of an object with many, their order is looked through once. */
function indexOfKey(parts: PartSpans, keys: readonly string[], key: string): number {
  if (keys.length <= FEW) return keys.indexOf(key);
  const known = indexes.get(parts) ?? new Map(keys.map((name, index) => [name, index]));
  indexes.set(parts, known);
  return known.get(key) ?? -1;
}

function pair(offsets: readonly number[], index: number): Span | undefined {
  const start = offsets[index];
  const end = offsets[index + 1];
  return start === undefined || end === undefined ? undefined : [start, end];
}
