/** The way into this folder for everyone else: text and argument to nodes, or the reason why not. Never throws. */
import type { Json } from '../../model/json.ts';
import type { JsonPathVersion } from '../../model/value.ts';
import { BoundedCache } from '../cache.ts';
import { OutOfWork, Work } from '../work.ts';
import type { Node } from './nodes.ts';
import { type ParsedQuery, parseJsonPath } from './parse.ts';
import { selectNodes } from './select.ts';

export type Selected =
  | { readonly ok: true; readonly nodes: readonly Node[] }
  | { readonly ok: false; readonly why: string };

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

function queried(
  text: string,
  { root, start }: { readonly root: Json; readonly start: Json },
  version: JsonPathVersion,
  work: Work,
): Selected {
  const parsed = queries[version].get(text, (source) => parseJsonPath(source, version));
  if (!parsed.ok) return { ok: false, why: parsed.problem.message };
  try {
    return { ok: true, nodes: selectNodes(parsed.query, root, work, start) };
  } catch (error) {
    if (error instanceof OutOfWork) return { ok: false, why: error.message };
    throw error;
  }
}
