/**
 * The shape of a catalogue entry: what a code is called, how grave it is, and the English that turns facts into words.
 * Callers pass facts (lib/diagnostics/report.ts) and never write English; the tables in codes/, one a phase, hold all
 * of it. A code is never reused: an entry that is no longer reported is deleted and its number stays free.
 */
import type { Note, Severity } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';

/** What an entry says about one fault. */
export interface Wording {
  /** Names the thing and the wrong value, capital first, no period. */
  readonly headline: string;
  /** Full sentences that teach the rule; one with a place of its own is a Note. */
  readonly notes?: readonly (string | Note)[];
  /** The change to make, one full sentence. */
  readonly fix?: string;
  /** The offending value itself, for machines. */
  readonly value?: Json;
}

export interface CodeEntry {
  /** Kebab-case; page and golden are named by it. */
  readonly slug: string;
  /** Errors cannot be silenced; warnings and infos can, by code. */
  readonly severity: Severity;
  /** The rule in one line, for the index of pages. */
  readonly title: string;
  /** The document may hold a secret in plain text: none of its lines is shown, in this diagnostic or beside it. */
  readonly hidesSource?: true;
  readonly say: (...facts: never) => Wording;
}

export type CodeTable = { readonly [code: string]: CodeEntry };
