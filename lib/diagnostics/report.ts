/**
 * The one way to make a diagnostic: a code, a place and the facts that its catalogue entry asks for, checked by type.
 * Whoever reports a fault writes no English; whoever words it (codes/) knows nothing of how it was found.
 */
import { assert } from '../model/assert.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Wording } from './code.ts';
import { type Catalogue, type Code, entryOf } from './registry.ts';

/** The arguments after the place: the entry's facts, or none where it asks for none. */
export type Facts<C extends Code> = Parameters<Catalogue[C]['say']>;

export function report<C extends Code>(code: C, place: Place | undefined, ...facts: Facts<C>): Diagnostic {
  const entry = entryOf(code);
  assert(entry, `the registry knows ${code}`);
  // The entry under this code takes these facts: Facts is derived from it.
  const say = entry.say as (...facts: Facts<C>) => Wording;
  const { headline, notes = [], fix, value } = say(...facts);
  return {
    code,
    severity: entry.severity,
    headline,
    ...(place && { place }),
    ...(value !== undefined && { value }),
    notes: notes.map((note) => (typeof note === 'string' ? { text: note } : note)),
    ...(fix !== undefined && { fix }),
  };
}
