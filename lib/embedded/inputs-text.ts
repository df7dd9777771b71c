/**
 * The inputs of many runs out of one text: a JSON array, JSON Lines, or CSV with a row of names. All that is wrong with
 * the text is found before any of it is used; what an input should look like is the workflow's to say (its schema), not
 * asked here. Pure: the file is read in inputs-file.ts.
 */
import { report } from '../diagnostics/report.ts';
import { CsvReader, type CsvRow } from '../engine/csv-rows.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { treeFromJson } from '../read/json-text.ts';
import { defaultLimits } from '../read/limits.ts';
import { wordAt } from '../read/locate.ts';

export type InputsFormat = 'json' | 'jsonl' | 'csv';

/** One input as it stands in the file: a value, or named cells that a schema has yet to make a value of. */
export type InputRow = RowPlace &
  ({ readonly value: Json; readonly cells?: undefined } | { readonly cells: ReadonlyMap<string, string> });

interface RowPlace {
  /** From 0, in the order of the file. */
  readonly index: number;
  /** From 1; a JSON array has no lines of its own. */
  readonly line?: number;
}

export interface Inputs {
  readonly document: PositionedDocument;
  /** None where something is wrong. */
  readonly rows: readonly InputRow[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface InputLimits {
  /** Of one input. */
  readonly characters: number;
}

export const inputLimits: InputLimits = { characters: 1024 * 1024 };

/** More faults than these say nothing new. */
const MAX_FAULTS = 1000;

export function inputsFromText(
  uri: string,
  text: string,
  format: InputsFormat,
  limits: InputLimits = inputLimits,
): Inputs {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const reading = new Reading(uri, limits);
  if (!/\S/.test(clean)) reading.faults.push(report('INP001', { document: uri, pointer: '' }, { uri }));
  else READERS[format](clean, reading);
  const { faults, rows } = reading;
  return { document: documentOf(uri, clean), rows: faults.length > 0 ? [] : rows, diagnostics: faults };
}

class Reading {
  readonly rows: InputRow[] = [];
  readonly faults: Diagnostic[] = [];
  readonly #uri: string;
  readonly #limits: InputLimits;

  constructor(uri: string, limits: InputLimits) {
    this.#uri = uri;
    this.#limits = limits;
  }

  get isHopeless(): boolean {
    return this.faults.length >= MAX_FAULTS;
  }

  place(offset: number): Place {
    return { document: this.#uri, pointer: '', offset };
  }

  /** True when the input is of a size that we take; `which` is its line, or its item of a list. */
  isBounded(characters: number, offset: number, which: { readonly line: number } | { readonly item: number }): boolean {
    const limit = this.#limits.characters;
    if (characters <= limit) return true;
    this.faults.push(report('INP007', this.place(offset), { ...which, characters, limit }));
    return false;
  }

  /** The value of a JSON text that begins at `offset`; undefined and a fault where it is none. */
  json(text: string, offset: number, line?: number): Json | undefined {
    try {
      return JSON.parse(text) as Json;
    } catch {
      const place = this.place(offset + syntaxFaultIn(text));
      this.faults.push(report('INP002', place, line === undefined ? {} : { line }));
      return undefined;
    }
  }
}

/** Where a text ceases to be JSON. */
function syntaxFaultIn(text: string): number {
  const [fault] = treeFromJson('', text, defaultLimits).faults.slice(-1);
  return fault?.place?.offset ?? 0;
}

const READERS: { readonly [format in InputsFormat]: (text: string, reading: Reading) => void } = {
  json: readArray,
  jsonl: readLines,
  csv: readCsv,
};

function readArray(text: string, reading: Reading): void {
  const value = reading.json(text, 0);
  if (value === undefined) return;
  if (!Array.isArray(value)) return void reading.faults.push(report('INP003', reading.place(0), { value }));
  for (const [index, item] of (value as readonly Json[]).entries()) {
    const { length } = JSON.stringify(item);
    if (reading.isBounded(length, 0, { item: index + 1 })) reading.rows.push({ index, value: item });
  }
}

function readLines(text: string, reading: Reading): void {
  let line = 0;
  for (let start = 0; start < text.length && !reading.isHopeless; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    line += 1;
    if (reading.isBounded(end - start, start, { line })) readLine(text.slice(start, end), { start, line }, reading);
    start = end + 1;
  }
}

function readLine(text: string, { start, line }: { start: number; line: number }, reading: Reading): void {
  if (text.trim() === '') return;
  const value = reading.json(text, start, line);
  if (value !== undefined) reading.rows.push({ index: reading.rows.length, line, value });
}

function readCsv(text: string, reading: Reading): void {
  const reader = new CsvReader(',');
  let columns: readonly string[] | undefined;
  for (const row of rowsOf(reader, text)) {
    if (reading.isHopeless) return;
    const { fault, start, end, line } = row;
    if (fault) reading.faults.push(report('INP004', reading.place(fault.offset), { kind: fault.kind }));
    else if (!reading.isBounded(end - start, start, { line })) continue;
    else if (columns === undefined) columns = columnsOf(row, reading);
    else readCells(row, columns, reading);
  }
}

function* rowsOf(reader: CsvReader, text: string): Generator<CsvRow> {
  yield* reader.read(text);
  yield* reader.end();
}

function columnsOf({ cells, start }: CsvRow, reading: Reading): readonly string[] {
  const names = cells.map((cell) => cell.trim());
  for (const [index, name] of names.entries()) {
    if (name !== '' && names.indexOf(name) === index) continue;
    reading.faults.push(report('INP006', reading.place(start), { name, column: index + 1 }));
  }
  return names;
}

function readCells({ cells, line, start }: CsvRow, columns: readonly string[], reading: Reading): void {
  if (cells.length !== columns.length) {
    const counts = { cells: cells.length, columns: columns.length };
    reading.faults.push(report('INP005', reading.place(start), counts));
    return;
  }
  const named = new Map(columns.map((name, column) => [name, cells[column] ?? ''] as const));
  reading.rows.push({ index: reading.rows.length, line, cells: named });
}

function documentOf(uri: string, text: string): PositionedDocument {
  return { uri, text, root: null, locate: ({ offset }) => wordAt(text, offset ?? 0) };
}
