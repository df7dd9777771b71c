/**
 * Selector Objects (Arazzo 1.1): no match is a missing value, one match is that value, several are an array; the
 * standard leaves the number open. JSON Pointers may be written as fragments (`#/a`).
 */
import { assert, unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { SelectorLanguage, SelectorValue, XPathVersion } from '../model/value.ts';
import { embed } from './embed.ts';
import { type Found, found, missing } from './found.ts';
import { queryJson } from './jsonpath/evaluate.ts';
import { lookUp } from './look-up.ts';
import { atPointer, parsePointer } from './pointer.ts';
import type { Scope } from './scope.ts';

export function selectValue(selector: SelectorValue, scope: Scope): Found {
  const context = lookUp(selector.context, scope);
  if (!context.found) return context;
  const text = embed(selector.selector, selector.language.type, scope);
  return text.ok ? selectIn(context.value, text.text, selector.language, scope) : missing(text.why);
}

/** What the selector's text, without embedded expressions, selects in a value. */
export function selectIn(context: Json, text: string, language: SelectorLanguage, scope: Scope): Found {
  switch (language.type) {
    case 'jsonpointer':
      return atPointerText(context, text);
    case 'jsonpath': {
      const selected = queryJson(text, context, language.version);
      return selected.ok ? byCount(selected.nodes.map(({ value }) => value)) : missing(selected.why);
    }
    case 'xpath':
      return byXPath(context, text, language.version, scope);
    default:
      return unreachable(language, 'selector language');
  }
}

function byCount(values: readonly Json[]): Found {
  const [first, ...others] = values;
  if (first === undefined) return missing('the selector selects nothing');
  return found(others.length === 0 ? first : values);
}

function atPointerText(context: Json, text: string): Found {
  const tokens = parsePointer(text.startsWith('#') ? text.slice(1) : text);
  if (tokens === undefined) return missing('the selector is no JSON Pointer');
  const value = atPointer(context, tokens);
  return value === undefined ? missing('the selector selects nothing') : found(value);
}

function byXPath(context: Json, text: string, version: XPathVersion, scope: Scope): Found {
  assert(scope.xpath !== undefined, 'XPath is loaded before a selector that uses it is evaluated');
  if (typeof context !== 'string') return missing('an XPath selects in XML text only');
  const selected = scope.xpath.select(text, context, version);
  return selected.ok ? byCount(selected.value) : missing(selected.why);
}
