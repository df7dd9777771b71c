/**
 * The loose comparisons of simple conditions (Arazzo 1.1, Condition Evaluation): text without regard to case, numeric
 * text as a number beside a number or an ordering, `null` equal to itself only. Lists and objects are equal when they
 * are the same JSON. What cannot be ordered is not ordered: the answer says so instead of guessing.
 */
import { unreachable } from '../../model/assert.ts';
import type { Json } from '../../model/json.ts';
import { sameJson } from '../equality.ts';
import type { Work } from '../work.ts';
import type { Operator } from './condition.ts';

export function compare(operator: Operator, left: Json, right: Json, work: Work): boolean | 'incomparable' {
  switch (operator) {
    case '==':
      return equal(left, right, work);
    case '!=':
      return !equal(left, right, work);
    case '<':
      return ordered(left, right, (order) => order < 0);
    case '<=':
      return ordered(left, right, (order) => order <= 0);
    case '>':
      return ordered(left, right, (order) => order > 0);
    case '>=':
      return ordered(left, right, (order) => order >= 0);
    default:
      return unreachable(operator, 'operator');
  }
}

function equal(left: Json, right: Json, work: Work): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left.toLowerCase() === right.toLowerCase();
  if (typeof left === 'number' || typeof right === 'number') {
    const number = numberOf(left);
    return number !== undefined && number === numberOf(right);
  }
  return sameJson(left, right, work);
}

/** `null` beside anything is false, which is not worth a remark; other mixtures are. */
function ordered(left: Json, right: Json, holds: (order: number) => boolean): boolean | 'incomparable' {
  if (left === null || right === null) return false;
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return holds(a - b);
  if (typeof left !== 'string' || typeof right !== 'string') return 'incomparable';
  return holds(orderOfText(left.toLowerCase(), right.toLowerCase()));
}

function orderOfText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A number, or text that is nothing but one. */
function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  return /^\s*-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$/.test(value) ? Number(value) : undefined;
}
