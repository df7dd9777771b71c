/** XPath text as the engine's own syntax tree (XQueryX), and what the passes over it share. */
import { Document, type Element } from 'slimdom';
import { evaluateXPath, parseScript } from './library.ts';

export const XQUERYX = 'http://www.w3.org/2005/XQueryX';

/** Throws what the engine throws; static.ts turns that into a problem. */
export function parseTree(text: string): Element {
  const options = { language: evaluateXPath.XPATH_3_1_LANGUAGE, annotateAst: false };
  return parseScript<Element>(text, options, new Document());
}

/** The element and all below it, parents first. */
export function elementsOf(tree: Element): readonly Element[] {
  const found: Element[] = [];
  const waiting = [tree];
  for (let element = waiting.pop(); element !== undefined; element = waiting.pop()) {
    found.push(element);
    for (const child of element.children.toReversed()) waiting.push(child);
  }
  return found;
}

export function childNamed(element: Element, name: string): Element | undefined {
  return element.children.find(({ localName }) => localName === name);
}

/** The expression inside each operand of an operator. */
export function operandsOf(operator: Element): readonly Element[] {
  return operator.children.flatMap(({ firstElementChild }) => (firstElementChild === null ? [] : [firstElementChild]));
}

/**
 * An XPath text as a tree of its own, whose variables named `hole...` are to be replaced: passes write what they insert
 * as XPath, not as nodes.
 */
export function template(text: string): Element {
  const body = elementsOf(parseTree(text)).find(({ localName }) => localName === 'queryBody')?.firstElementChild;
  if (!body) throw new TypeError(`no XPath: ${text}`);
  return body;
}

/** Puts `filling` where the template refers to `$<name>`, once. */
export function fill(made: Element, name: string, filling: Element): void {
  const hole = elementsOf(made).find((element) => element.localName === 'varRef' && element.textContent === name);
  hole?.replaceWith(filling);
}
