/**
 * `default` of an inputs schema, put in where a member is not given (the standard leaves it open): through `properties`,
 * `allOf` and references into the schema's own `$defs`, and into objects that are there. Alternatives (`anyOf`, `if`) give
 * none: which of them applies is not known before validation.
 */
import { isObject, type Json, own } from '../model/json.ts';

const MAX_DEPTH = 32;

export function withDefaults(schema: Json, value: Json): Json {
  return complete(schema, value, { root: schema, depth: 0 });
}

interface At {
  readonly root: Json;
  readonly depth: number;
}

function complete(schema: Json, value: Json, at: At): Json {
  if (!isObject(schema) || at.depth > MAX_DEPTH) return value;
  const deeper = { ...at, depth: at.depth + 1 };
  const referred = referredBy(schema['$ref'], at.root);
  let filled = referred === undefined ? value : complete(referred, value, deeper);
  const all = schema['allOf'];
  if (Array.isArray(all)) for (const one of all) filled = complete(one, filled, deeper);
  const properties = schema['properties'];
  return isObject(properties) && isObject(filled) ? withMembers(properties, filled, deeper) : filled;
}

function withMembers(
  properties: { readonly [name: string]: Json },
  value: { readonly [name: string]: Json },
  at: At,
): Json {
  const members = new Map(Object.entries(value));
  for (const [name, schema] of Object.entries(properties)) {
    const given = members.get(name) ?? (members.has(name) ? undefined : defaultOf(schema, at));
    if (given !== undefined) members.set(name, complete(schema, given, at));
  }
  return Object.fromEntries(members);
}

/** Its own, else what it refers to or takes in has. */
function defaultOf(schema: Json, at: At): Json | undefined {
  if (!isObject(schema) || at.depth > MAX_DEPTH) return undefined;
  const stated = own(schema, 'default');
  if (stated !== undefined) return stated;
  const deeper = { ...at, depth: at.depth + 1 };
  const all = schema['allOf'];
  const others = [referredBy(schema['$ref'], at.root), ...(Array.isArray(all) ? (all as readonly Json[]) : [])];
  for (const one of others) {
    const found = one === undefined ? undefined : defaultOf(one, deeper);
    if (found !== undefined) return found;
  }
  return undefined;
}

function referredBy(reference: Json | undefined, root: Json): Json | undefined {
  const name = typeof reference === 'string' ? /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1] : undefined;
  const definitions = isObject(root) ? root['$defs'] : undefined;
  if (name === undefined || !isObject(definitions)) return undefined;
  return own(definitions, decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
}
