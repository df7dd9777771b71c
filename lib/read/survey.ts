/**
 * What a document says of itself and of others, gathered in one walk: the documents that its `$ref`s name (and its
 * security requirements, which may name a scheme by its URI), and the names (`$id`, `$anchor`) under which its own schemas
 * can be found. The walk does not know schemas from data: what looks like a reference in an example is gathered too, and
 * does no harm, for nobody will ask for it.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { baseOf } from './spot.ts';
import { looksLikeUri, resolveUri, splitReference } from './uri.ts';

export interface Survey {
  /** Documents that references lead to, other than the document itself. */
  readonly documents: ReadonlySet<string>;
  /** The path to each schema with a name of its own: by uri (`$id`), or by uri and `#anchor`. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** Those of requirements that have a fragment: a plain name is a component, and no document. */
function schemesNamedIn(security: Json | undefined): readonly string[] {
  if (!Array.isArray(security)) return [];
  return (security as readonly Json[]).flatMap((one) => (isObject(one) ? Object.keys(one) : [])).filter(looksLikeUri);
}

export function surveyOf(uri: string, root: Json): Survey {
  const documents = new Set<string>();
  const names = new Map<string, readonly string[]>();
  // An aliased value of YAML may be reached on exponentially many paths; once is enough.
  const seen = new Set<object>();
  const path: string[] = [];

  const visit = (value: Json, base: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const inside = isObject(value) ? visitObject(value, base) : base;
    const parts = value as { readonly [key: string]: Json };
    for (const key of Object.keys(parts)) {
      const part = parts[key] ?? null;
      if (typeof part !== 'object') continue;
      path.push(key);
      visit(part, inside);
      path.pop();
    }
  };

  /** The base for what stands inside the object. */
  const visitObject = (object: JsonObject, base: string): string => {
    const { $id, $ref, $anchor, $dynamicAnchor, security } = object;
    const inside = typeof $id === 'string' ? resolveUri(base, splitReference($id).uri) : base;
    if (inside !== base) names.set(inside, [...path]);
    for (const anchor of [$anchor, $dynamicAnchor]) {
      if (typeof anchor === 'string') names.set(`${inside}#${anchor}`, [...path]);
    }
    if (typeof $ref === 'string') addTargets($ref, inside);
    for (const uri of schemesNamedIn(security)) addTargets(uri, inside);
    return inside;
  };

  const addTargets = (reference: string, base: string): void => {
    const target = splitReference(reference).uri;
    if (target === '') return;
    // What lies beside the document first: it may be what the other name means.
    for (const candidate of [resolveUri(uri, target), resolveUri(base, target)]) {
      if (candidate !== uri) documents.add(candidate);
    }
  };

  visit(root, baseOf(uri, root));
  for (const name of names.keys()) documents.delete(name);
  return { documents, names };
}
