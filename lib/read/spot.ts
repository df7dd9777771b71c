/**
 * A value of a document together with what is needed to read on from it: its place, the base that relative references
 * resolve against, and the dialect of its schemas. The readers of Arazzo and OpenAPI walk from spot to spot; asked
 * for what is not there or of the wrong type they get nothing, never an exception.
 */
import { below } from '../diagnostics/place.ts';
import type { Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { resolveUri, splitReference } from './uri.ts';

/** `openapi-3.0` schemas have `nullable` and boolean `exclusiveMinimum`; all later ones are JSON Schema 2020-12. */
export type Dialect = 'openapi-3.0' | '2020-12';

export interface Spot {
  readonly value: Json;
  readonly at: Place;
  readonly base: string;
  readonly dialect: Dialect;
}

export function rootSpot({ uri, root }: PositionedDocument, dialect: Dialect = dialectOf(root)): Spot {
  return { value: root, at: { document: uri, pointer: '' }, base: baseOf(uri, root), dialect };
}

/** What an OpenAPI document calls itself (`$self`, OpenAPI 3.2) is what its references count from. */
export function baseOf(uri: string, root: Json): string {
  const self = isObject(root) && own(root, 'openapi') !== undefined ? own(root, '$self') : undefined;
  return typeof self === 'string' ? resolveUri(uri, splitReference(self).uri) : uri;
}

/** Of a whole document; a file that only holds parts has the dialect of the document that refers to it. */
export function dialectOf(root: Json, otherwise: Dialect = '2020-12'): Dialect {
  const version = isObject(root) ? own(root, 'openapi') : undefined;
  if (version === undefined) return otherwise;
  return /^3(?:\.0|$)/.test(versionText(version)) ? 'openapi-3.0' : '2020-12';
}

/** A version or other word as it is written; without quotes YAML makes a number of `3.1`. '' where it is neither. */
export function versionText(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function childAt(spot: Spot, key: string | number, value: Json): Spot {
  return { value, at: below(spot.at, key), base: spot.base, dialect: spot.dialect };
}

export function objectOf(spot: Spot | undefined): JsonObject | undefined {
  return spot && isObject(spot.value) ? spot.value : undefined;
}

/** A member of an object, whatever its type. */
export function child(spot: Spot | undefined, key: string): Spot | undefined {
  const object = objectOf(spot);
  const value = object && own(object, key);
  return spot && value !== undefined ? childAt(spot, key, value) : undefined;
}

/** The members of an object, in the order of the document. */
export function members(spot: Spot | undefined): [string, Spot][] {
  const object = objectOf(spot);
  if (!spot || !object) return [];
  return Object.entries(object).map(([key, value]) => [key, childAt(spot, key, value)]);
}

/** The names of an object's members, gathered only when somebody looks at them. */
export function namesOf(spot: Spot | undefined): Iterable<string> {
  return { [Symbol.iterator]: () => Object.keys(objectOf(spot) ?? {}).values() };
}

export function items(spot: Spot | undefined): Spot[] {
  if (!spot || !Array.isArray(spot.value)) return [];
  return (spot.value as readonly Json[]).map((value, index) => childAt(spot, index, value));
}

/** The items of a list that are objects. */
export function objects(spot: Spot | undefined): Spot[] {
  return items(spot).filter(({ value }) => isObject(value));
}

export function textIn(spot: Spot | undefined, key: string): string | undefined {
  const value = child(spot, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

export function flagIn(spot: Spot | undefined, key: string): boolean | undefined {
  const value = child(spot, key)?.value;
  return typeof value === 'boolean' ? value : undefined;
}

export function numberIn(spot: Spot | undefined, key: string): number | undefined {
  const value = child(spot, key)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** The texts of a list of texts; others in it are left out. */
export function textsIn(spot: Spot | undefined, key: string): string[] {
  return items(child(spot, key)).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}
