/**
 * Codes of files of inputs (`interlock run --inputs`). Such a file may hold secrets and personal data: none of its lines
 * is shown, and nothing of it is quoted but the names of CSV columns.
 */
import type { Wording } from '../code.ts';
import { counted, kindOf, quoted } from '../words.ts';
import type { Json } from '../../model/json.ts';

export const inpCodes = {
  INP001: {
    slug: 'inputs-empty',
    severity: 'error',
    title: 'A file of inputs says something',
    hidesSource: true,
    say: ({ uri }: { uri: string }): Wording => ({
      headline: `${quoted(uri)} is empty`,
      notes: ['A file without inputs is written `[]` in JSON, or with the line of its column names in CSV.'],
      fix: 'Write the inputs, one for each run.',
    }),
  },
  INP002: {
    slug: 'input-not-json',
    severity: 'error',
    title: 'Each input is valid JSON',
    hidesSource: true,
    say: ({ line }: { line?: number }): Wording => ({
      headline: line === undefined ? 'The file is not JSON' : `Line ${line} is not JSON`,
      notes: [
        'JSON has no comments, no trailing commas and no single quotes; the place is where it ceases to be JSON.',
        ...(line === undefined ? [] : ['In a .jsonl file each line is one input, whole and by itself.']),
      ],
      fix: 'Correct it there.',
    }),
  },
  INP003: {
    slug: 'inputs-not-a-list',
    severity: 'error',
    title: 'A JSON file of inputs is an array',
    hidesSource: true,
    say: ({ value }: { value: Json }): Wording => ({
      headline: `The file holds ${kindOf(value)}, not a list of inputs`,
      notes: ['Each item of the array is the input of one run.'],
      fix: 'Put the inputs into an array, or name a single input with `--input @FILE`.',
    }),
  },
  INP004: {
    slug: 'csv-quote-malformed',
    severity: 'error',
    title: 'Quotes in CSV are where RFC 4180 has them',
    hidesSource: true,
    say: ({ kind }: { kind: QuoteFault }): Wording => ({
      headline: quoteFaults[kind],
      notes: ['A cell with a delimiter, a quote or a line end in it stands in quotes, and a quote inside is doubled.'],
      fix: 'Write the whole cell in quotes, and each quote inside it twice.',
    }),
  },
  INP005: {
    slug: 'csv-row-uneven',
    severity: 'error',
    title: 'A CSV row has as many cells as there are columns',
    hidesSource: true,
    say: ({ cells, columns }: { cells: number; columns: number }): Wording => ({
      headline: `The row has ${counted(cells, 'cell')}, the header ${counted(columns, 'column')}`,
      notes: ['A delimiter too many or too few moves every value behind it into the wrong column.'],
      fix: 'Put cells with a delimiter in them in quotes; leave a cell empty where there is no value.',
    }),
  },
  INP006: {
    slug: 'csv-header-malformed',
    severity: 'error',
    title: 'Each CSV column has a name of its own',
    hidesSource: true,
    say: ({ name, column }: { name: string; column: number }): Wording => ({
      headline: name === '' ? `Column ${column} has no name` : `Column ${column} is named ${quoted(name)} like another`,
      value: name,
      notes: ['The first row names the columns: each is a member of the input.'],
      fix: 'Give each column the name of a member of the inputs schema.',
    }),
  },
  INP007: {
    slug: 'input-too-large',
    severity: 'error',
    title: 'An input is at most 1 MiB',
    hidesSource: true,
    say: ({ line, item, characters, limit }: LargeInput): Wording => ({
      headline: `${item === undefined ? `The input on line ${line}` : `Item ${item} of the list`} has ${characters} characters`,
      notes: [`One input has at most ${limit}.`],
      fix: 'Check that each input stands on a line of its own; pass large things by reference.',
    }),
  },
} as const;

/** On a line, or as an item of a list, both counted from 1. */
export interface LargeInput {
  readonly line?: number;
  readonly item?: number;
  readonly characters: number;
  readonly limit: number;
}

export type QuoteFault = 'quote-not-closed' | 'text-after-quote' | 'quote-inside';

const quoteFaults: { readonly [kind in QuoteFault]: string } = {
  'quote-not-closed': 'A quote that is never closed begins here',
  'text-after-quote': 'Text behind the closing quote of a cell',
  'quote-inside': 'A quote inside a cell that is not in quotes',
};
