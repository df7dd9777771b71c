/** Steps from one place in a document to another; pointers are RFC 6901. */
import type { Place } from '../model/diagnostic.ts';

/** The place below `place` that the keys and indexes lead to. */
export function below(place: Place, ...segments: readonly (string | number)[]): Place {
  return { document: place.document, pointer: place.pointer + segments.map(escaped).join('') };
}

/** The key of the member at `place` rather than its value. */
export function keyAt(place: Place): Place {
  return { document: place.document, pointer: place.pointer, on: 'key' };
}

/** A part of the string at `place`: start inclusive, end exclusive, in characters of the decoded string. */
export function spanOf(place: Place, start: number, end: number): Place {
  return { document: place.document, pointer: place.pointer, span: [start, end] };
}

/** The decoded segments of a pointer; '' has none. */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function escaped(segment: string | number): string {
  return `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
