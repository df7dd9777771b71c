/**
 * Whether a filter holds for a node (RFC 9535 sections 2.3.5.2 and 2.4). `undefined` is the standard's Nothing: equal
 * to itself, less than nothing. Strings are ordered by code points, and match patterns run in linear time.
 */
import { unreachable } from '../../model/assert.ts';
import { isObject, type Json } from '../../model/json.ts';
import { sameJson } from '../equality.ts';
import { matchesIRegexp } from '../regex.ts';
import type { Evaluation, Node } from './nodes.ts';
import type { Comparison, Query, Single, Test } from './query.ts';

export function holds(test: Test, node: Node, evaluation: Evaluation): boolean {
  evaluation.work.spend();
  switch (test.kind) {
    case 'or':
      return test.tests.some((each) => holds(each, node, evaluation));
    case 'and':
      return test.tests.every((each) => holds(each, node, evaluation));
    case 'not':
      return !holds(test.test, node, evaluation);
    case 'exists':
      return nodesOf(test.query, node, evaluation).length > 0;
    case 'compare':
      return compare(
        test.operator,
        valueOf(test.left, node, evaluation),
        valueOf(test.right, node, evaluation),
        evaluation,
      );
    case 'match':
      return matches(
        test.whole,
        valueOf(test.text, node, evaluation),
        valueOf(test.pattern, node, evaluation),
        evaluation,
      );
    default:
      return unreachable(test, 'JSONPath test');
  }
}

function nodesOf(query: Query, node: Node, evaluation: Evaluation): readonly Node[] {
  return evaluation.select(query, query.from === '$' ? { value: evaluation.root } : node);
}

function valueOf(single: Single, node: Node, evaluation: Evaluation): Json | undefined {
  switch (single.kind) {
    case 'literal':
      return single.value;
    case 'singular':
    case 'value':
      return onlyValue(nodesOf(single.query, node, evaluation));
    case 'count':
      return nodesOf(single.query, node, evaluation).length;
    case 'length':
      return lengthOf(valueOf(single.of, node, evaluation), evaluation);
    default:
      return unreachable(single, 'JSONPath operand');
  }
}

function onlyValue(nodes: readonly Node[]): Json | undefined {
  const [only, ...others] = nodes;
  return others.length === 0 ? only?.value : undefined;
}

function lengthOf(value: Json | undefined, { work }: Evaluation): number | undefined {
  if (typeof value === 'string') {
    work.spend(value.length);
    return Array.from(value).length;
  }
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function compare(operator: Comparison, left: Json | undefined, right: Json | undefined, { work }: Evaluation): boolean {
  const equal = (): boolean =>
    left === undefined || right === undefined ? left === right : sameJson(left, right, work);
  switch (operator) {
    case '==':
      return equal();
    case '!=':
      return !equal();
    case '<':
      return less(left, right);
    case '>':
      return less(right, left);
    case '<=':
      return less(left, right) || equal();
    case '>=':
      return less(right, left) || equal();
    default:
      return unreachable(operator, 'JSONPath comparison');
  }
}

function less(left: Json | undefined, right: Json | undefined): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  return typeof left === 'string' && typeof right === 'string' && precedes(left, right);
}

/** By code points: UTF-16 would put a surrogate pair before U+FFFD. */
function precedes(left: string, right: string): boolean {
  let at = 0;
  while (at < left.length && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  const back = at > 0 && isLowSurrogate(left.charCodeAt(at) || right.charCodeAt(at)) ? at - 1 : at;
  return (left.codePointAt(back) ?? -1) < (right.codePointAt(back) ?? -1);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function matches(whole: boolean, text: Json | undefined, pattern: Json | undefined, { work }: Evaluation): boolean {
  if (typeof text !== 'string' || typeof pattern !== 'string') return false;
  return matchesIRegexp(pattern, text, whole, work);
}
