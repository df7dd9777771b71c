/**
 * XPath 1.0 in the terms of its successors: where 1.0 takes the first of several nodes, or compares as numbers, the
 * tree is given a `head(...)` or a `number(...)`. Only its conversions are written in; its vocabulary is static.ts's.
 */
import { Document, type Element } from 'slimdom';
import { coreFunctions } from './static.ts';
import { childNamed, operandsOf, XQUERYX } from './tree.ts';

/** They take node-sets as they are (XPath 1.0, section 4.1 and `sum`, `boolean`, `not`). */
const onNodeSets: ReadonlySet<string> = new Set(['count', 'id', 'boolean', 'not', 'sum']);
const relational: ReadonlySet<string> = new Set([
  'lessThanOp',
  'lessThanOrEqualOp',
  'greaterThanOp',
  'greaterThanOrEqualOp',
]);
const arithmetic: ReadonlySet<string> = new Set(['addOp', 'subtractOp', 'multiplyOp', 'divOp', 'modOp']);

/** The same tree, changed. */
export function compatible(tree: Element): Element {
  for (const child of tree.children.slice()) compatible(child);
  if (tree.localName === 'functionCallExpr') firstNodes(tree);
  if (relational.has(tree.localName)) for (const operand of operandsOf(tree)) asNumbers(operand);
  if (arithmetic.has(tree.localName)) for (const operand of operandsOf(tree)) asNumber(operand);
  return tree;
}

function firstNodes(call: Element): void {
  const name = childNamed(call, 'functionName')?.textContent ?? '';
  const given = childNamed(call, 'arguments')?.children ?? [];
  if (coreFunctions.has(name) && !onNodeSets.has(name)) for (const argument of given.slice()) wrap(argument, 'head');
}

/** Of the first node only. */
function asNumber(operand: Element): void {
  wrap(operand, 'head');
  const head = operand.parentElement?.parentElement;
  if (head) wrap(head, 'number');
}

/** Each node by itself: a comparison holds if it does for any of them. */
function asNumbers(operand: Element): void {
  const map = made(operand, 'simpleMapExpr');
  operand.replaceWith(map);
  const current = made(operand, 'contextItemExpr');
  map.append(operand, path(call(operand, 'number', current)));
}

function wrap(argument: Element, name: string): void {
  const place = made(argument, 'arguments');
  argument.replaceWith(place);
  place.replaceWith(call(argument, name, argument));
}

function call(near: Element, name: string, argument: Element): Element {
  const functionName = made(near, 'functionName');
  functionName.setAttributeNS(XQUERYX, 'xqx:prefix', '');
  functionName.append(name);
  const given = made(near, 'arguments');
  given.append(argument);
  const expression = made(near, 'functionCallExpr');
  expression.append(functionName, given);
  return expression;
}

/** A function call as a step, the only form in which the engine takes it behind `!`. */
function path(expression: Element): Element {
  const filter = made(expression, 'filterExpr');
  filter.append(expression);
  const step = made(expression, 'stepExpr');
  step.append(filter);
  const whole = made(expression, 'pathExpr');
  whole.append(step);
  return whole;
}

function made(near: Element, name: string): Element {
  return (near.ownerDocument ?? new Document()).createElementNS(XQUERYX, `xqx:${name}`);
}
