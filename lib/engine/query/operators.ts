/**
 * JSONata's operators over the operands that need no conversion: strings for `&`, scalars for `=`, two numbers or two
 * strings for an order, numbers for arithmetic, booleans for logic. For all other operands the evaluator is asked.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from './language.ts';
import { isMarked } from './result.ts';

export const NEEDS_EVALUATOR: unique symbol = Symbol('needs the evaluator');

/** A JSON value, nothing, or "I do not know". */
export type Answer = Json | undefined | typeof NEEDS_EVALUATOR;

export type FastPath = (view: View) => Answer;

type Operator = (left: FastPath, right: FastPath) => FastPath;

export const OPERATORS: { readonly [symbol: string]: Operator | undefined } = {
  '&': eager(concatenate),
  '=': eager((left, right) => equal(left, right, true)),
  '!=': eager((left, right) => equal(left, right, false)),
  '<': eager((left, right) => ordered(left, right, (a, b) => a < b)),
  '<=': eager((left, right) => ordered(left, right, (a, b) => a <= b)),
  '>': eager((left, right) => ordered(left, right, (a, b) => a > b)),
  '>=': eager((left, right) => ordered(left, right, (a, b) => a >= b)),
  '+': eager((left, right) => arithmetic(left, right, (a, b) => a + b)),
  '-': eager((left, right) => arithmetic(left, right, (a, b) => a - b)),
  '*': eager((left, right) => arithmetic(left, right, (a, b) => a * b)),
  and: logic(false),
  or: logic(true),
};

export const UNARY_FUNCTIONS: { readonly [name: string]: ((value: Answer) => Answer) | undefined } = {
  exists: (value) => (value === NEEDS_EVALUATOR ? value : value !== undefined),
  not: (value) => (typeof value === 'boolean' ? !value : NEEDS_EVALUATOR),
  count: (value) => (Array.isArray(value) ? value.length : NEEDS_EVALUATOR),
};

export const BINARY_FUNCTIONS: { readonly [name: string]: ((left: Answer, right: Answer) => Answer) | undefined } = {
  lookup: lookUp,
};

/** In an object only: of an array every element is looked into. */
function lookUp(object: Answer, key: Answer): Answer {
  if (typeof object !== 'object' || object === null || Array.isArray(object) || isMarked(object))
    return NEEDS_EVALUATOR;
  if (typeof key !== 'string') return NEEDS_EVALUATOR;
  const found = Object.hasOwn(object, key) ? (object as JsonObject)[key] : undefined;
  return Array.isArray(found) ? NEEDS_EVALUATOR : found;
}

function eager(apply: (left: Answer, right: Answer) => Answer): Operator {
  return (left, right) => (view) => apply(left(view), right(view));
}

function concatenate(left: Answer, right: Answer): Answer {
  const isPlain = (value: Answer): boolean => typeof value === 'string' || value === undefined;
  return isPlain(left) && isPlain(right) ? `${(left as string) ?? ''}${(right as string) ?? ''}` : NEEDS_EVALUATOR;
}

/** Nothing is neither equal nor unequal to anything. */
function equal(left: Answer, right: Answer, wanted: boolean): Answer {
  if (!isScalar(left) || !isScalar(right)) return NEEDS_EVALUATOR;
  return left === undefined || right === undefined ? false : (left === right) === wanted;
}

function isScalar(value: Answer): boolean {
  return value === null || (typeof value !== 'object' && value !== NEEDS_EVALUATOR);
}

function ordered(left: Answer, right: Answer, holds: (a: number | string, b: number | string) => boolean): Answer {
  const isComparable = (typeof left === 'number' || typeof left === 'string') && typeof left === typeof right;
  return isComparable ? holds(left, right as typeof left) : NEEDS_EVALUATOR;
}

/** What is not finite is the evaluator's business. */
function arithmetic(left: Answer, right: Answer, compute: (a: number, b: number) => number): Answer {
  if (typeof left !== 'number' || typeof right !== 'number') return NEEDS_EVALUATOR;
  const value = compute(left, right);
  return Number.isFinite(value) ? value : NEEDS_EVALUATOR;
}

/** The right side is not looked at where the left decides. */
function logic(deciding: boolean): Operator {
  return (left, right) => (view) => {
    const first = truth(left(view));
    return first === deciding || first === NEEDS_EVALUATOR ? first : truth(right(view));
  };
}

function truth(value: Answer): boolean | typeof NEEDS_EVALUATOR {
  if (value === undefined) return false;
  return typeof value === 'boolean' ? value : NEEDS_EVALUATOR;
}
