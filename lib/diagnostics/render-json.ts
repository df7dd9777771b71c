/**
 * Diagnostics for machines: editors, CI annotations, `interlock check --json`. The shape is a promise: every key is
 * always there except `value` and `fix`; what is unknown is null. Lines and columns are 1-based, columns in code
 * points, ends exclusive.
 */
import type { Diagnostic, Place, Severity } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { type Documents, sorted } from './order.ts';
import { Lines, offsetsOf, rangeOf } from './position.ts';
import { entryOf, pageOf } from './registry.ts';

export interface Location {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

export interface DiagnosticJson extends Location {
  readonly code: string;
  readonly slug: string | null;
  readonly severity: Severity;
  readonly headline: string;
  readonly value?: Json;
  readonly notes: readonly (Location & { readonly text: string })[];
  readonly fix?: string;
  /** The page about the code, relative to the package. */
  readonly page: string | null;
}

export function toJson(diagnostics: readonly Diagnostic[], documents: Documents): DiagnosticJson[] {
  const locate = locator(documents);
  return sorted(diagnostics, documents).map(({ code, severity, headline, value, place, notes, fix }) => ({
    code,
    slug: entryOf(code)?.slug ?? null,
    severity,
    headline,
    ...(value !== undefined && { value }),
    ...locate(place),
    notes: notes.map((note) => ({ text: note.text, ...locate(note.place) })),
    ...(fix !== undefined && { fix }),
    page: pageOf(code) ?? null,
  }));
}

function locator(documents: Documents): (place: Place | undefined) => Location {
  const lines = new Map<string, Lines>();
  return (place) => {
    const document = place && documents.get(place.document);
    if (!place || !document) return nowhereIn(place?.document ?? null);
    const table = lines.get(place.document) ?? new Lines(document.text);
    lines.set(place.document, table);
    const { start, end } = rangeOf(offsetsOf(place, document), table);
    return { file: place.document, ...start, endLine: end.line, endColumn: end.column };
  };
}

function nowhereIn(file: string | null): Location {
  return { file, line: null, column: null, endLine: null, endColumn: null };
}
