/**
 * For tests of lib/read: texts in memory read as documents or descriptions, and places told as a person would: the text
 * that stands there, its line and column, the code of what was said.
 */
import { assert } from '../../lib/model/assert.ts';
import type { Diagnostic, Place, PositionedDocument } from '../../lib/model/diagnostic.ts';
import type { OpenApiDocument } from '../../lib/model/openapi.ts';
import { Lines, offsetsOf } from '../../lib/diagnostics/position.ts';
import { type Limits, defaultLimits } from '../../lib/read/limits.ts';
import { readOpenApi } from '../../lib/read/openapi.ts';
import { positionedFromText } from '../../lib/read/positioned.ts';
import { memoryFiles } from './memory-files.ts';

/** The document of a text that has no fault at all. */
export function documentOf(text: string, uri: string = 'a.yaml'): PositionedDocument {
  const { document, diagnostics } = positionedFromText(uri, text);
  assert(diagnostics.length === 0, `the test's text is sound: ${JSON.stringify(diagnostics)}`);
  return document;
}

/** `3:5 "text"`: where a place begins, and what stands there. */
export function shownAt(document: PositionedDocument, pointer: string, rest: Partial<Place> = {}): string {
  const [start, end] = offsetsOf({ document: document.uri, pointer, ...rest }, document);
  const { line, column } = new Lines(document.text).positionAt(start);
  return `${line}:${column} ${JSON.stringify(document.text.slice(start, end))}`;
}

export interface Said {
  readonly codes: readonly string[];
  readonly headlines: readonly string[];
  /** `DOC014 2:1`, in the order of saying. */
  readonly places: readonly string[];
  /** Where the notes point, as `2:1`. */
  readonly notePlaces: readonly string[];
  readonly broken: boolean;
  readonly root: PositionedDocument['root'];
}

/** What is said of a text, with limits of its own where the defaults would need a huge one. */
export function saidOf(text: string, uri: string = 'a.yaml', limits: Partial<Limits> = {}): Said {
  const { document, broken, diagnostics } = positionedFromText(uri, text, { ...defaultLimits, ...limits });
  const lines = new Lines(text.replace(/^\uFEFF/, ''));
  const placeOf = (place: Place): string => lineAndColumn(place, document, lines);
  const places = diagnostics.map(
    (diagnostic) => `${diagnostic.code} ${diagnostic.place ? placeOf(diagnostic.place) : 'nowhere'}`,
  );
  return {
    codes: diagnostics.map(({ code }) => code),
    headlines: diagnostics.map(({ headline }) => headline),
    places,
    notePlaces: diagnostics.flatMap(({ notes }) => notes.flatMap(({ place }) => (place ? [placeOf(place)] : []))),
    broken,
    root: document.root,
  };
}

function lineAndColumn(place: Place, document: PositionedDocument, lines: Lines): string {
  const { line, column } = lines.positionAt(offsetsOf(place, document)[0]);
  return `${line}:${column}`;
}

export interface ReadSystem {
  readonly document: OpenApiDocument;
  readonly diagnostics: readonly Diagnostic[];
  readonly codes: readonly string[];
}

/** The OpenAPI document `api.yaml` of some files, with the faults of all its operations. */
export async function systemIn(files: Readonly<Record<string, string>>): Promise<ReadSystem> {
  const { document, diagnostics } = await readOpenApi('api.yaml', memoryFiles(files));
  assert(document !== undefined, `the test's system can be read: ${JSON.stringify(diagnostics)}`);
  return { document, diagnostics, codes: diagnostics.map(({ code }) => code) };
}
