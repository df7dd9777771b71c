/**
 * The formats of an ItemReader's text: JSON (an array or an object), JSON Lines and CSV, read piece by piece so that a
 * long file is never held whole (but for JSON, which has no other way). CSV as recorded: rows shorter than the header
 * are filled with empty text, longer ones are cut, all values are text.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { CsvReader } from './csv-rows.ts';

export interface Item {
  readonly value: Json;
  /** Where the items are the members of an object. */
  readonly key?: string;
}

/** What the reader refuses: the cause of `States.ItemReaderFailed`. */
export class ItemReaderError extends Error {}

export async function* itemsIn(text: AsyncIterable<string>, config: JsonObject): AsyncGenerator<Item> {
  const most = maxItems(config);
  let count = 0;
  for await (const item of parsed(text, config)) {
    yield item;
    count += 1;
    if (count === most) return;
  }
}

function parsed(text: AsyncIterable<string>, config: JsonObject): AsyncGenerator<Item> {
  switch (config['InputType']) {
    case 'JSON':
      return jsonItems(text, config);
    case 'JSONL':
      return jsonLines(text);
    case 'CSV':
      return csvItems(text, config);
    default:
      throw new ItemReaderError(
        `InputType ${JSON.stringify(config['InputType'] ?? null)} is not one of JSON, JSONL, CSV`,
      );
  }
}

/** 0 and absent: all of them. */
function maxItems(config: JsonObject): number {
  const asked = config['MaxItems'] ?? 0;
  if (typeof asked !== 'number' || asked < 0) throw new ItemReaderError('field MaxItems must be positive');
  return asked === 0 ? Number.POSITIVE_INFINITY : asked;
}

async function* jsonItems(text: AsyncIterable<string>, config: JsonObject): AsyncGenerator<Item> {
  const whole = pointedAt(parse(await textOf(text), 'the file'), config['ItemsPointer']);
  if (Array.isArray(whole)) {
    for (const value of whole as readonly Json[]) yield { value };
  } else if (isObject(whole)) {
    for (const [key, value] of Object.entries(whole)) yield { key, value };
  } else throw new ItemReaderError('the file must hold a JSON array or object');
}

/** A JSON Pointer (RFC 6901) to the items. */
function pointedAt(whole: Json, pointer: Json | undefined): Json | undefined {
  if (typeof pointer !== 'string' || pointer === '') return whole;
  let value: Json | undefined = whole;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const inside: Json | undefined =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
    value = inside;
  }
  return value;
}

async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<Item> {
  let number = 0;
  for await (const line of linesOf(text)) {
    number += 1;
    const said = number === 1 ? withoutMark(line) : line;
    if (said.trim() !== '') yield { value: parse(said, `line ${number}`) };
  }
}

function parse(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ItemReaderError(`${what} is not JSON: ${(error as Error).message}`);
  }
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return withoutMark(text);
}

/** A byte order mark says nothing. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const DELIMITERS: ReadonlyMap<Json, string> = new Map([
  ['COMMA', ','],
  ['PIPE', '|'],
  ['SEMICOLON', ';'],
  ['SPACE', ' '],
  ['TAB', '\t'],
]);

async function* csvItems(text: AsyncIterable<string>, config: JsonObject): AsyncGenerator<Item> {
  let headers =
    config['CSVHeaderLocation'] === 'GIVEN' ? checkedHeaders(config['CSVHeaders'] as readonly string[]) : null;
  for await (const row of csvRows(text, DELIMITERS.get(config['CSVDelimiter'] ?? 'COMMA') ?? ',')) {
    if (headers === null) headers = checkedHeaders(row);
    else yield { value: Object.fromEntries(headers.map((header, column) => [header, row[column] ?? ''])) };
  }
}

function checkedHeaders(headers: readonly string[]): readonly string[] {
  if (new Set(headers).size < headers.length) throw new ItemReaderError('CSV headers cannot contain duplicates.');
  return headers;
}

async function* csvRows(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<readonly string[]> {
  const reader = new CsvReader(delimiter);
  for await (const piece of text) for (const { cells } of reader.read(piece)) yield cells;
  for (const { cells } of reader.end()) yield cells;
}
