/**
 * XPath 1.0 in the terms of its successors: where 1.0 takes the first of several nodes, or compares as numbers, the
 * tree is given a `head(...)` or a `number(...)`. Only its conversions are written in; its vocabulary is static.ts's.
 */
import type { Element } from 'slimdom';
import { coreFunctions } from './static.ts';
import { childNamed, elementsOf, fill, operandsOf, template } from './tree.ts';

/** They take node-sets as they are (XPath 1.0, section 4.1 and `sum`, `boolean`, `not`). */
const onNodeSets: ReadonlySet<string> = new Set(['count', 'id', 'boolean', 'not', 'sum']);
const relational = /^(?:lessThan|greaterThan)(?:OrEqual)?Op$/;
const arithmetic = /^(?:add|subtract|multiply|div|mod)Op$/;

/** The same tree, changed. */
export function compatible(tree: Element): Element {
  for (const element of elementsOf(tree).toReversed()) {
    if (element.localName === 'functionCallExpr') takeFirstNodes(element);
    // Each node by itself: a comparison holds if it does for any of them.
    if (relational.test(element.localName)) wrapAll(operandsOf(element), '($hole) ! number(.)');
    if (arithmetic.test(element.localName)) wrapAll(operandsOf(element), 'number(head($hole))');
  }
  return tree;
}

function takeFirstNodes(call: Element): void {
  const name = childNamed(call, 'functionName')?.textContent ?? '';
  const takesFirst = coreFunctions.has(name) && !onNodeSets.has(name);
  if (takesFirst) wrapAll(childNamed(call, 'arguments')?.children ?? [], 'head($hole)');
}

function wrapAll(expressions: readonly Element[], text: string): void {
  for (const expression of expressions.slice()) {
    const made = template(text);
    expression.replaceWith(made);
    fill(made, 'hole', expression);
  }
}
