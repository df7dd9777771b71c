/**
 * Whether two JSON values are the same, members in any order, without recursion: a value that is nested a hundred
 * thousand levels deep costs steps, not the stack.
 */
import { isObject, type Json } from '../model/json.ts';
import type { Work } from './work.ts';

export function sameJson(left: Json, right: Json, work: Work): boolean {
  const pairs: [Json, Json][] = [[left, right]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    work.spend();
    const inner = innerPairs(...pair);
    if (inner === undefined) return false;
    for (const next of inner) pairs.push(next);
  }
  return true;
}

/** What remains to be compared; undefined if the two differ already. */
function innerPairs(left: Json, right: Json): readonly [Json, Json][] | undefined {
  if (Array.isArray(left) || Array.isArray(right))
    return Array.isArray(left) && Array.isArray(right) ? ofItems(left, right) : undefined;
  if (isObject(left) && isObject(right)) return ofMembers(left, right);
  return left === right ? [] : undefined;
}

function ofItems(left: readonly Json[], right: readonly Json[]): readonly [Json, Json][] | undefined {
  if (left.length !== right.length) return undefined;
  return left.map((item, index): [Json, Json] => [item, right[index] ?? null]);
}

function ofMembers(
  left: { readonly [key: string]: Json },
  right: { readonly [key: string]: Json },
): readonly [Json, Json][] | undefined {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length || !keys.every((key) => Object.hasOwn(right, key))) return undefined;
  return keys.map((key): [Json, Json] => [left[key] ?? null, right[key] ?? null]);
}
