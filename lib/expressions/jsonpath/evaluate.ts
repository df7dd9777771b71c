/** The way into this folder for everyone else: text and argument to nodes, or the reason why not. Never throws. */
import type { Json } from '../../model/json.ts';
import type { JsonPathVersion } from '../../model/value.ts';
import { BoundedCache } from '../cache.ts';
import { OutOfWork, Work } from '../work.ts';
import type { Node } from './nodes.ts';
import { type ParsedComparison, type ParsedQuery, parseComparison, parseJsonPath } from './parse.ts';
import type { Query, Test } from './query.ts';
import { selectNodes } from './select.ts';

export type Selected =
  | { readonly ok: true; readonly nodes: readonly Node[] }
  | { readonly ok: false; readonly why: string };

export type Compared = { readonly ok: true; readonly holds: boolean } | { readonly ok: false; readonly why: string };

/** Nodes looked at in one evaluation: about a second of work at worst, far more than a document of ten megabytes needs. */
export const MAX_STEPS: number = 5_000_000;

const queries = {
  rfc9535: new BoundedCache<ParsedQuery>(),
  'draft-goessner-dispatch-jsonpath-00': new BoundedCache<ParsedQuery>(),
};

export function queryJson(
  text: string,
  argument: Json,
  version: JsonPathVersion = 'rfc9535',
  work: Work = new Work(MAX_STEPS),
): Selected {
  return queried(text, { root: argument, start: argument }, version, work);
}

/** As if the argument stood alone in a list: its filter looks at the argument itself, and `$` in there is the argument still. */
export function queryAlone(text: string, argument: Json, version: JsonPathVersion): Selected {
  return queried(text, { root: argument, start: [argument] }, version, new Work(MAX_STEPS));
}

const comparisons = {
  rfc9535: new BoundedCache<ParsedComparison>(),
  'draft-goessner-dispatch-jsonpath-00': new BoundedCache<ParsedComparison>(),
};

/** Whether a comparison holds for the argument, which both `$` and `@` are; undefined where the text is none. */
export function compareJson(text: string, argument: Json, version: JsonPathVersion): Compared | undefined {
  const parsed = comparisons[version].get(text, (source) => parseComparison(source, version));
  if (!parsed.ok) return undefined;
  const found = selected(queryOf(parsed.test), { root: argument, start: [argument] }, new Work(MAX_STEPS));
  return found.ok ? { ok: true, holds: found.nodes.length > 0 } : found;
}

function queryOf(test: Test): Query {
  return { from: '$', segments: [{ kind: 'child', selectors: [{ kind: 'filter', test }] }] };
}

function queried(
  text: string,
  { root, start }: { readonly root: Json; readonly start: Json },
  version: JsonPathVersion,
  work: Work,
): Selected {
  const parsed = queries[version].get(text, (source) => parseJsonPath(source, version));
  return parsed.ok ? selected(parsed.query, { root, start }, work) : { ok: false, why: parsed.problem.message };
}

function selected(query: Query, { root, start }: { readonly root: Json; readonly start: Json }, work: Work): Selected {
  try {
    return { ok: true, nodes: selectNodes(query, root, work, start) };
  } catch (error) {
    if (error instanceof OutOfWork) return { ok: false, why: error.message };
    throw error;
  }
}
