/**
 * An answer that shows given values where declared outputs are taken from: what a probe finds is the effect that was made,
 * not the one of the document's example. Ways of expressions, of JSON Pointers and of JSONPaths are followed; an XPath is
 * not. Whether it has worked is said by taking the outputs again.
 */
import { embed } from '../expressions/embed.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { parseJsonPath } from '../expressions/jsonpath/parse.ts';
import { atPointer, parsePointer } from '../expressions/pointer.ts';
import type { Scope } from '../expressions/scope.ts';
import { type Json, type JsonObject, own } from '../model/json.ts';
import type { SelectorValue, Value } from '../model/value.ts';
import { emptied, firstOnly, withLeaf } from './json-leaves.ts';
import { selectingValue } from './satisfied-query.ts';
import { wayOf } from './satisfied.ts';
import { scopeWith, type SimulatedAnswer } from './simulated-answer.ts';

export interface Showing {
  readonly declared: { readonly [name: string]: Value };
  readonly wanted: JsonObject;
  /** Everything but the answer. */
  readonly scope: Scope;
}

/** Outputs of these names that the answer does not show. */
export function unshown(answer: SimulatedAnswer, { declared, wanted, scope }: Showing): readonly string[] {
  return Object.entries(declared).flatMap(([name, value]) => {
    const asked = own(wanted, name);
    return asked === undefined || isShown(value, asked, scopeWith(scope, answer)) ? [] : [name];
  });
}

/** As many of the outputs as can be shown; the shape with the most of the document's own that shows them. */
export function showing(answer: SimulatedAnswer, asked: Showing): SimulatedAnswer {
  if (answer.body === undefined || unshown(answer, asked).length === 0) return answer;
  const tried = [answer.body, firstOnly(answer.body), emptied(answer.body)].map((body) => placed(body, answer, asked));
  const missing = tried.map((one) => unshown(one, asked).length);
  return tried[missing.indexOf(Math.min(...missing))] ?? answer;
}

function placed(shape: Json, answer: SimulatedAnswer, asked: Showing): SimulatedAnswer {
  const { declared, wanted, scope } = asked;
  let body = shape;
  for (const [name, value] of Object.entries(declared)) {
    const leaf = own(wanted, name);
    const seen = scopeWith(scope, { ...answer, body });
    if (leaf === undefined || value.kind !== 'selector' || isShown(value, leaf, seen)) continue;
    body = withSelected(body, value, { leaf, seen });
  }
  return { ...answer, body };
}

function isShown(value: Value, asked: Json, scope: Scope): boolean {
  const found = evaluate(value, scope);
  return found.found && JSON.stringify(found.value) === JSON.stringify(asked);
}

function withSelected(
  body: Json,
  { context, selector, language }: SelectorValue,
  { leaf, seen }: { readonly leaf: Json; readonly seen: Scope },
): Json {
  const way = wayOf(context);
  const text = embed(selector, language.type, seen);
  if (way === undefined || !text.ok) return body;
  if (language.type === 'jsonpointer') {
    const tokens = parsePointer(text.text.replace(/^#/, ''));
    return tokens === undefined ? body : withLeaf(body, [...way, ...tokens], leaf);
  }
  const parsed = language.type === 'jsonpath' ? parseJsonPath(text.text, language.version) : undefined;
  if (!parsed?.ok) return body;
  return withLeaf(body, way, selectingValue(atPointer(body, way) ?? null, parsed.query, leaf));
}
