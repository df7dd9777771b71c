import { expect, it } from 'vitest';
import { toJson } from '../../../lib/diagnostics/render-json.ts';
import { at, documentOf } from './document.ts';

const document = documentOf('a.yaml', 'one: 1\r\n😀: "näme" # here\r\n');
const documents = new Map([[document.uri, document]]);

it('gives code points, 1-based, ends exclusive, whatever the line ends and characters before', () => {
  const [json] = toJson(
    [
      {
        code: 'ARZ005',
        severity: 'error',
        headline: 'It is wrong',
        place: at('a.yaml', '"näme"'),
        value: 'näme',
        notes: [{ text: 'First here.', place: at('a.yaml', 'one') }, { text: 'A rule.' }],
        fix: 'Change it.',
      },
    ],
    documents,
  );
  expect(json).toEqual({
    code: 'ARZ005',
    slug: 'value-not-allowed',
    severity: 'error',
    headline: 'It is wrong',
    value: 'näme',
    file: 'a.yaml',
    line: 2,
    column: 4,
    endLine: 2,
    endColumn: 10,
    notes: [
      { text: 'First here.', file: 'a.yaml', line: 1, column: 1, endLine: 1, endColumn: 4 },
      { text: 'A rule.', file: null, line: null, column: null, endLine: null, endColumn: null },
    ],
    fix: 'Change it.',
    page: 'docs/errors/ARZ005-value-not-allowed.md',
  });
});

it('keeps every key where the place or the code is unknown', () => {
  expect(
    toJson([{ code: 'ZZZ999', severity: 'info', headline: 'Hm', notes: [], place: at('b.yaml', 'x') }], documents),
  ).toEqual([
    {
      code: 'ZZZ999',
      slug: null,
      severity: 'info',
      headline: 'Hm',
      file: 'b.yaml',
      line: null,
      column: null,
      endLine: null,
      endColumn: null,
      notes: [],
      page: null,
    },
  ]);
});
