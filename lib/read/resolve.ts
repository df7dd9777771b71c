/**
 * Where a `$ref` leads: to a whole document, to a JSON Pointer in one (RFC 6901), or to a schema by the name that it
 * gives itself. Documents are looked up, never read: lib/read/document-set.ts has them all by then. One reference leads on
 * to a bounded number of others, so those that lead back to themselves come to an end.
 */
import { segmentsOf } from '../diagnostics/place.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { ReferenceProblem } from '../model/reading.ts';
import type { DocumentSet } from './document-set.ts';
import { childAt, type Dialect, dialectOf, namesOf, rootSpot, type Spot, textIn } from './spot.ts';
import { type Reference, resolveUri, splitReference } from './uri.ts';

export type Resolution = { readonly spot: Spot } | { readonly problem: ReferenceProblem };

/** How often one reference may lead on to others: a chain is a few long, all beyond is a circle or an attack. */
class Hops {
  #left = 100;

  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}

export function resolveReference(
  documentSet: DocumentSet,
  reference: string,
  from: Spot,
  hops: Hops = new Hops(),
): Resolution {
  if (!hops.take()) return { problem: { kind: 'cycle' } };
  const { uri, fragment } = splitReference(reference);
  // A fragment alone is of this document, whoever else claims its name; a schema with an `$id` is a document of its own.
  const isHere = uri === '' && documentSet.named(from.base) === undefined;
  const byBase = isHere ? from.at.document : resolveUri(from.base, uri);
  const found = lookUp(documentSet, { uri: byBase, fragment }, from.dialect, hops);
  // A schema with an `$id` moves the base; many documents mean their references from where the file lies all the same.
  const byLocation = resolveUri(from.at.document, uri);
  if ('spot' in found || byLocation === byBase) return found;
  const second = lookUp(documentSet, { uri: byLocation, fragment }, from.dialect, hops);
  return 'spot' in second ? second : found;
}

/** The end of a chain of references; a spot that is none is its own end. */
export function followed(documentSet: DocumentSet, spot: Spot, hops: Hops = new Hops()): Resolution {
  let here = spot;
  for (;;) {
    const reference = textIn(here, '$ref');
    if (reference === undefined) return { spot: here };
    const next = resolveReference(documentSet, reference, here, hops);
    if ('problem' in next) return next;
    here = next.spot;
  }
}

/** The spot at a pointer's segments; references on the way are followed, as bundlers and people expect. */
function spotAt(documentSet: DocumentSet, start: Spot, path: readonly string[], hops: Hops): Resolution {
  let here = start;
  for (const segment of path) {
    const next = step(here, segment) ?? stepThroughReference(documentSet, here, segment, hops);
    if (!next) return { problem: missing(here, segment) };
    here = next;
  }
  return { spot: here };
}

/** Into a schema with an `$id`, the base moves. */
export function withOwnBase(spot: Spot): Spot {
  const id = textIn(spot, '$id');
  return id === undefined ? spot : { ...spot, base: resolveUri(spot.base, splitReference(id).uri) };
}

function lookUp(documentSet: DocumentSet, { uri, fragment }: Reference, dialect: Dialect, hops: Hops): Resolution {
  const named = documentSet.named(fragment === '' || fragment.startsWith('/') ? uri : `${uri}#${fragment}`);
  if (named) {
    const root = rootSpot(named.document, dialectOf(named.document.root, dialect));
    return withinNamed(documentSet, named.path, fragment, root, hops);
  }
  const loaded = documentSet.get(uri);
  if (!loaded) return { problem: { kind: 'file', problem: 'not-found', uri } };
  if (loaded.kind === 'broken') return { problem: { kind: 'broken', uri } };
  if (loaded.kind === 'missing') return { problem: { ...loaded, kind: 'file' } };
  documentSet.matters(uri);
  const root = rootSpot(loaded.document, dialectOf(loaded.document.root, dialect));
  if (fragment === '') return { spot: root };
  if (!fragment.startsWith('/')) return { problem: { kind: 'anchor', uri, anchor: fragment } };
  return spotAt(documentSet, root, segmentsOf(fragment), hops);
}

function withinNamed(
  documentSet: DocumentSet,
  path: readonly string[],
  fragment: string,
  root: Spot,
  hops: Hops,
): Resolution {
  const schema = spotAt(documentSet, root, path, hops);
  if ('problem' in schema || !fragment.startsWith('/')) return schema;
  return spotAt(documentSet, withOwnBase(schema.spot), segmentsOf(fragment), hops);
}

function step(spot: Spot, segment: string): Spot | undefined {
  const here = withOwnBase(spot);
  const value = part(here.value, segment);
  return value === undefined ? undefined : childAt(here, segment, value);
}

function stepThroughReference(documentSet: DocumentSet, spot: Spot, segment: string, hops: Hops): Spot | undefined {
  if (textIn(spot, '$ref') === undefined) return undefined;
  const target = followed(documentSet, spot, hops);
  return 'spot' in target ? step(target.spot, segment) : undefined;
}

function part(value: Json, segment: string): Json | undefined {
  if (Array.isArray(value))
    return /^(?:0|[1-9]\d*)$/.test(segment) ? (value as readonly Json[])[Number(segment)] : undefined;
  return isObject(value) ? own(value, segment) : undefined;
}

function missing(spot: Spot, segment: string): ReferenceProblem {
  const { document, pointer } = spot.at;
  return { kind: 'missing', uri: document, there: pointer, missing: segment, names: namesOf(spot) };
}
