/**
 * Values and criteria as a description states them, ready to be evaluated: plain JSON, because the plan stores them.
 * An expression keeps its source text (lib/expressions parses it, with a cache); a string that merely looks like text
 * is a literal. Names from the user's document stand in lists of pairs, never as keys, so that `__proto__` is harmless.
 * How text becomes a Value, and a Value becomes JSON, is lib/expressions' business (Arazzo 1.1: Runtime Expressions).
 */
import type { Json } from './json.ts';

export type Value = LiteralValue | ExpressionValue | TemplateValue | ObjectValue | ArrayValue | SelectorValue;

/** A constant, containing no expression at any depth. */
export interface LiteralValue {
  readonly kind: 'literal';
  readonly value: Json;
}

/** A whole value that is one runtime expression: it keeps the type of what it refers to. */
export interface ExpressionValue {
  readonly kind: 'expression';
  /** With its leading `$`, without braces. */
  readonly text: string;
}

/** Text with expressions embedded as `{$...}`: it always yields a string. */
export interface TemplateValue {
  readonly kind: 'template';
  /** Strings are literal text; two of them never stand side by side. */
  readonly parts: readonly (string | ExpressionValue)[];
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly value: Value;
}

export interface ArrayValue {
  readonly kind: 'array';
  readonly items: readonly Value[];
}

/** A Selector Object: no match is a missing value, one match is that value, several are an array. */
export interface SelectorValue {
  readonly kind: 'selector';
  /** A runtime expression: the data to select from. */
  readonly context: string;
  readonly selector: string;
  readonly language: SelectorLanguage;
}

export type JsonPathVersion = 'rfc9535' | 'draft-goessner-dispatch-jsonpath-00';
export type XPathVersion = 'xpath-31' | 'xpath-30' | 'xpath-20' | 'xpath-10';

/** A selector's `type`, or an Expression Type Object, with the default version filled in. */
export type SelectorLanguage =
  | { readonly type: 'jsonpath'; readonly version: JsonPathVersion }
  | { readonly type: 'xpath'; readonly version: XPathVersion }
  | { readonly type: 'jsonpointer'; readonly version: 'rfc6901' };

/** A Criterion Object with its `type` made explicit. */
export type Criterion =
  | { readonly type: 'simple'; readonly condition: string }
  | { readonly type: 'regex'; readonly context: string; readonly condition: string }
  | {
      readonly type: 'jsonpath';
      readonly version: JsonPathVersion;
      readonly context: string;
      readonly condition: string;
    }
  | { readonly type: 'xpath'; readonly version: XPathVersion; readonly context: string; readonly condition: string };
