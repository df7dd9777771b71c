/** A value that stands in a given relation to another one. */
import type { Operator } from '../expressions/simple/condition.ts';
import type { Json } from '../model/json.ts';

export const OPPOSITE: { readonly [O in Operator]: Operator } = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

export const MIRRORED: { readonly [O in Operator]: Operator } = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

export function fitting(operator: Operator, value: Json): Json {
  const above = operator === '>' ? 1 : 0;
  const below = operator === '<' ? 1 : 0;
  if (operator !== '!=') return typeof value === 'number' ? value + above - below : value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return value === null ? 'something' : 'something-else';
}
