/**
 * Whether two JSON values are the same, members in any order, without recursion: a value that is nested a hundred
 * thousand levels deep costs steps, not the stack.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Work } from './work.ts';

type Pair = readonly [Json, Json];

/** Throws OutOfWork. */
export function sameJson(left: Json, right: Json, work: Work): boolean {
  const waiting: Pair[] = [[left, right]];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    work.spend();
    const inner = innerPairs(pair, work);
    if (inner === undefined) return false;
    for (const next of inner) waiting.push(next);
  }
  return true;
}

/** What remains to be compared; undefined if the two differ already. */
function innerPairs([left, right]: Pair, work: Work): readonly Pair[] | undefined {
  if (Array.isArray(left)) return Array.isArray(right) ? ofItems(left, right, work) : undefined;
  if (isObject(left)) return isObject(right) ? ofMembers(left, right, work) : undefined;
  return left === right ? [] : undefined;
}

function ofItems(left: readonly Json[], right: readonly Json[], work: Work): readonly Pair[] | undefined {
  if (left.length !== right.length) return undefined;
  work.spend(left.length);
  return left.map((item, index): Pair => [item, right[index] ?? null]);
}

function ofMembers(left: JsonObject, right: JsonObject, work: Work): readonly Pair[] | undefined {
  const keys = Object.keys(left);
  work.spend(keys.length);
  if (keys.length !== Object.keys(right).length || !keys.every((key) => Object.hasOwn(right, key))) return undefined;
  return keys.map((key): Pair => [left[key] ?? null, right[key] ?? null]);
}
