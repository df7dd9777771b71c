/**
 * A fault of a user's document, as data. Rules and readers make these; nothing throws them. A place is a pointer into
 * a document until the very edge: only the renderers (lib/diagnostics) turn it into line, column and a code frame.
 */
import type { Json } from './json.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Place {
  /** The document's uri, as lib/read named it (a path relative to the description's folder, or a URL). */
  readonly document: string;
  /** JSON Pointer (RFC 6901) to the value; '' is the whole document. */
  readonly pointer: string;
  /** Point at the key of that member instead of at its value. */
  readonly on?: 'key' | 'value';
  /** A part of a string value, in characters of the decoded string: start inclusive, end exclusive. */
  readonly span?: readonly [number, number];
  /** A raw position in the text, for faults found before there are values (a syntax error): 0-based offset. */
  readonly offset?: number;
}

export interface Note {
  /** A full sentence that teaches the rule. */
  readonly text: string;
  /** Its own place, e.g. "First declared here." */
  readonly place?: Place;
}

export interface Diagnostic {
  /** Three letters and three digits, e.g. ARZ014; its slug, page and wording live in lib/diagnostics/registry.ts. */
  readonly code: string;
  readonly severity: Severity;
  /** Names the thing and the wrong value, no period. */
  readonly headline: string;
  readonly place?: Place;
  /** The offending value itself, for machines. */
  readonly value?: Json;
  readonly notes: readonly Note[];
  /** The change to make, one full sentence. */
  readonly fix?: string;
}

/** A document that was read: its text, its value, and where in the text each value stands. */
export interface PositionedDocument {
  readonly uri: string;
  readonly text: string;
  readonly root: Json;
  /** No line of it is shown: what stands there may be a secret. */
  readonly hidesText?: boolean;
  /** Offsets (start inclusive, end exclusive) of a place, or of its nearest ancestor that exists. */
  locate(place: Place): readonly [number, number];
}
