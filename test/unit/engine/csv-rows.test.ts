/** CSV: rows with their lines, and what is wrong with their quotes, however the text is cut into pieces. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, type CsvRow } from '../../../lib/engine/csv-rows.ts';

function rowsOf(pieces: readonly string[], delimiter = ','): readonly CsvRow[] {
  const reader = new CsvReader(delimiter);
  return [...pieces.flatMap((piece) => [...reader.read(piece)]), ...reader.end()];
}

const cellsOf = (text: string, delimiter?: string): unknown => rowsOf([text], delimiter).map(({ cells }) => cells);

describe('CSV', () => {
  test.each<[string, string, unknown]>([
    [
      'plain cells',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['no line end at the end', 'a\n1', [['a'], ['1']]],
    [
      'Windows line ends',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['empty cells', ',a,\n', [['', 'a', '']]],
    ['empty lines', '\n\na\n\r\n1\n\n', [['a'], ['1']]],
    ['quotes around delimiters and line ends', '"a,b","c\nd"\n', [['a,b', 'c\nd']]],
    ['two quotes for one', '"say ""hi"""\n', [['say "hi"']]],
    ['an empty quoted cell', '""\n', [['']]],
    ['a byte order mark', '\uFEFF"a",b\n', [['a', 'b']]],
    ['nothing', '', []],
  ])('%s', (_what, text, rows) => {
    expect(cellsOf(text)).toEqual(rows);
  });

  test('with another delimiter', () => {
    expect(cellsOf('a;"b;c"\n', ';')).toEqual([['a', 'b;c']]);
  });

  test('tells on which line each row begins, and where', () => {
    const text = 'a\n\n"1\n2"\n3';
    expect(rowsOf([text]).map(({ line, start, end }) => [line, text.slice(start, end)])).toEqual([
      [1, 'a'],
      [3, '"1\n2"'],
      [5, '3'],
    ]);
  });

  test.each<[string, string, number, readonly string[]]>([
    ['"open\nb\n', 'quote-not-closed', 0, ['open\nb\n']],
    ['x,"a"b\n', 'text-after-quote', 5, ['x', 'ab']],
    ['a"b,c\n', 'quote-inside', 1, ['a"b', 'c']],
    ['a, "b"\n', 'quote-inside', 3, ['a', ' "b"']],
  ])('%j is read on and reported: %s at %i', (text, kind, offset, cells) => {
    expect(rowsOf([text])).toEqual([expect.objectContaining({ cells, fault: { kind, offset } })]);
  });

  const cell = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', ',', '\n', '\r\n', 'é', '😀', ''));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 });

  test('gives back what was written, cut anywhere', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const text = rows.map((row) => `${row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');
        const characters = Array.from(text);
        const pieces = Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
          characters.slice(index * size, (index + 1) * size).join(''),
        );
        expect(rowsOf(pieces).map(({ cells }) => cells)).toEqual(rows);
        expect(rowsOf(pieces)).toEqual(rowsOf([text]));
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});
