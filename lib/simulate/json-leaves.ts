/** Ways into a JSON value: its leaves by pointer, and copies with one place set or every text replaced. */
import { isObject, type Json } from '../model/json.ts';

export interface Leaf {
  readonly tokens: readonly string[];
  readonly value: Json;
}

const MOST_LEAVES = 2_000;

export function leavesOf(value: Json): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (at: Json, tokens: readonly string[]): void => {
    if (leaves.length >= MOST_LEAVES) return;
    if (typeof at !== 'object' || at === null) leaves.push({ tokens, value: at });
    else for (const [name, member] of Object.entries(at)) walk(member, [...tokens, name]);
  };
  walk(value, []);
  return leaves;
}

/** What is not there yet is made: lists where the token is a number, objects elsewhere. A name in a list changes nothing. */
export function withLeaf(value: Json | undefined, tokens: readonly string[], leaf: Json): Json {
  const [first, ...rest] = tokens;
  if (first === undefined) return leaf;
  if (Array.isArray(value) || (value === undefined && /^\d+$/.test(first))) {
    const list = reaching(Array.isArray(value) ? (value as readonly Json[]) : [], Number(first));
    const index = Math.min(Number(first), list.length);
    const changed = withLeaf(list[index], rest, leaf);
    return index === list.length ? [...list, changed] : list.map((one, at) => (at === index ? changed : one));
  }
  const object = isObject(value) ? value : {};
  const changed = withLeaf(Object.hasOwn(object, first) ? object[first] : undefined, rest, leaf);
  return Object.fromEntries([...Object.entries(object).filter(([name]) => name !== first), [first, changed]]);
}

const MOST_ELEMENTS = 100;

/** With so many elements that the one of this index is the next: of the same look as the first. */
function reaching(list: readonly Json[], index: number): readonly Json[] {
  const missing = Math.min(index, MOST_ELEMENTS) - list.length;
  return missing > 0 ? [...list, ...Array.from({ length: missing }, () => list[0] ?? {})] : list;
}

/** Each leaf through a function; what is unchanged stays the same value. */
export function mapLeaves(value: Json, change: (leaf: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => mapLeaves(one, change));
  if (!isObject(value)) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapLeaves(member, change)]));
}

/** The same with every list emptied: what a search answers that finds nothing. */
export function emptied(value: Json): Json {
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, emptied(member)]));
}

/** Numbers and booleans as a URL would have them; empty texts say nothing. */
export function textsOf(value: Json): readonly string[] {
  return leavesOf(value).flatMap(({ value: leaf }) => (leaf === null || leaf === '' ? [] : [String(leaf)]));
}

/** The same with one element in every list that has any: what a search answers that finds one thing. */
export function firstOnly(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).slice(0, 1).map(firstOnly);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, firstOnly(member)]));
}
