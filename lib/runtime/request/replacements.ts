/**
 * Payload replacements (Arazzo 1.1, Payload Replacement Object). A pointer sets its last segment, new or not, and fails
 * where the parent is absent (the standard leaves it open); a JSONPath sets every place that it selects, and fails where
 * there is none; so does an XPath, in a payload that is XML text. The payload is never changed in place: it may be a part
 * of the run's data.
 */
import { assert, unreachable } from '../../model/assert.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { PlanBody } from '../../model/plan.ts';
import { evaluate } from '../../expressions/evaluate.ts';
import { queryJson } from '../../expressions/jsonpath/evaluate.ts';
import { locationOf } from '../../expressions/jsonpath/nodes.ts';
import { isIndex, parsePointer } from '../../expressions/pointer.ts';
import type { Scope } from '../../expressions/scope.ts';
import type { RequestDraft } from './draft.ts';

type Replacement = PlanBody['replacements'][number];
type InTree = Replacement & { readonly language: Exclude<Replacement['language'], 'xpath'> };

export function withReplacements(
  draft: RequestDraft,
  payload: Json,
  replacements: readonly Replacement[],
  scope: Scope,
): Json {
  let tree = payload;
  for (const replacement of replacements) {
    const replaced = isInTree(replacement)
      ? replacedInTree(draft, tree, replacement, scope)
      : replacedInXml(draft, tree, replacement, scope);
    if (replaced.ok) tree = replaced.value;
    else draft.problems.push(`the replacement target \`${replacement.target}\` ${replaced.why}`);
  }
  return tree;
}

type Replaced = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly why: string };

function replacedInTree(draft: RequestDraft, tree: Json, replacement: InTree, scope: Scope): Replaced {
  const places = placesOf(tree, replacement);
  if (typeof places === 'string') return { ok: false, why: places };
  const value = replacementValue(draft, replacement, scope);
  return { ok: true, value: places.reduce<Json>((before, place) => setAt(before, place, value) ?? before, tree) };
}

function isInTree(replacement: Replacement): replacement is InTree {
  return replacement.language !== 'xpath';
}

/** XML holds text: a number and a boolean are written as in JSON, and null is no text. */
function replacedInXml(draft: RequestDraft, xml: Json, replacement: Replacement, scope: Scope): Replaced {
  const { target, version = 'xpath-31' } = replacement;
  if (typeof xml !== 'string') return { ok: false, why: 'is XPath, and the payload is no XML text' };
  assert(scope.xpath !== undefined, 'XPath is loaded before a replacement that uses it is made');
  const value = replacementValue(draft, replacement, scope, 'nothing');
  if (value !== null && typeof value === 'object')
    return { ok: false, why: `is given ${Array.isArray(value) ? 'a list' : 'an object'}, and XML takes text there` };
  const replaced = scope.xpath.replace(target, xml, version, value === null ? '' : String(value));
  if (replaced.ok) draft.notes.push(...replaced.notes.map((note) => `at \`${target}\` of the payload: ${note}`));
  return replaced;
}

function replacementValue(
  draft: RequestDraft,
  { target, value }: Replacement,
  scope: Scope,
  instead: 'null' | 'nothing' = 'null',
): Json {
  const evaluated = evaluate(value, scope);
  const gaps = evaluated.found ? evaluated.missing.map(({ why }) => why) : [evaluated.why];
  for (const why of gaps) draft.notes.push(`${instead} is put in at \`${target}\`: ${why}`);
  return evaluated.found ? evaluated.value : null;
}

/** Where to set, as tokens from the root; or why nowhere. */
function placesOf(tree: Json, { target, language }: InTree): readonly (readonly string[])[] | string {
  switch (language) {
    case 'jsonpointer': {
      const tokens = parsePointer(target.replace(/^#/, ''));
      if (!tokens) return 'is no JSON Pointer';
      return setAt(tree, tokens, null) === undefined ? 'has no parent in the payload' : [tokens];
    }
    case 'jsonpath': {
      const selected = queryJson(target, tree);
      if (!selected.ok) return `fails: ${selected.why}`;
      if (selected.nodes.length === 0) return 'selects nothing in the payload';
      return selected.nodes.map((node) => locationOf(node).map(String));
    }
    default:
      return unreachable(language, 'language of a replacement');
  }
}

/** A copy with the value at the tokens; undefined where the parent does not exist. `-` and the end append to a list. */
export function setAt(tree: Json, tokens: readonly string[], value: Json): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(tree)) return setItem(tree, token, rest, value);
  if (!isObject(tree)) return undefined;
  const known = Object.hasOwn(tree, token) ? tree[token] : undefined;
  const changed = rest.length === 0 ? value : known === undefined ? undefined : setAt(known, rest, value);
  if (changed === undefined) return undefined;
  return Object.fromEntries([...Object.entries(tree), [token, changed]]);
}

function setItem(items: readonly Json[], token: string, rest: readonly string[], value: Json): Json | undefined {
  const index = token === '-' ? items.length : isIndex(token) ? Number(token) : -1;
  if (index < 0 || index > items.length) return undefined;
  const known = items[index];
  const changed = rest.length === 0 ? value : known === undefined ? undefined : setAt(known, rest, value);
  return changed === undefined ? undefined : items.toSpliced(index, 1, changed);
}
