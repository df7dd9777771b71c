/**
 * XPath, for those who use it: the engine and its XML parser are loaded on demand, so that nobody else pays for them.
 * Whoever evaluates asks `usesXPath` of what the plan holds, awaits `loadXPath` once, and puts the result into the
 * scope; evaluation itself stays synchronous.
 */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { Criterion, Value, XPathVersion } from '../model/value.ts';
import type { Problem } from './problem.ts';

export interface XPath {
  /** Faults of the text alone; offsets are in it. */
  check(text: string, version: XPathVersion): readonly Problem[];
  /** The effective boolean value of the expression over an XML text. */
  test(text: string, xml: string, version: XPathVersion): XPathOutcome<boolean>;
  /** What it selects: text of nodes (XML of elements that hold elements), numbers, booleans. */
  select(text: string, xml: string, version: XPathVersion): XPathOutcome<readonly Json[]>;
  /** The XML text with a text put in at all nodes that it selects, escaped; a reason where it selects none. */
  replace(text: string, xml: string, version: XPathVersion, value: string): XPathOutcome<string>;
}

export type XPathOutcome<T> =
  | { readonly ok: true; readonly value: T; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

/** Loads the engine, once; no network, only a module of this package's dependencies. */
export async function loadXPath(): Promise<XPath> {
  const { xpath } = await import('./xpath/engine.ts');
  return xpath;
}

export function usesXPath(subject: Value | Criterion): boolean {
  if ('type' in subject) return subject.type === 'xpath';
  switch (subject.kind) {
    case 'literal':
    case 'expression':
    case 'template':
      return false;
    case 'selector':
      return subject.language.type === 'xpath';
    case 'array':
      return subject.items.some(usesXPath);
    case 'object':
      return subject.fields.some(({ value }) => usesXPath(value));
    default:
      return unreachable(subject, 'value');
  }
}
