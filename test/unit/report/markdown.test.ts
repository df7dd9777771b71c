/** Cells of a table: code is code, and a bar neither ends a cell nor gets a second backslash. */
import { expect, it } from 'vitest';
import { type Block, spoken, type Text } from '../../../lib/report/block.ts';
import { reportMarkdown } from '../../../lib/report/markdown.ts';

function rowOf(...cells: readonly Text[]): string | undefined {
  const block: Block = { kind: 'table', says: 'It', head: cells.map(() => 'a'), rows: [cells] };
  return reportMarkdown({ title: 'T', blocks: [block] })
    .trimEnd()
    .split('\n')
    .at(-1);
}

it('makes code of what stands in backticks, and leaves a single one alone', () => {
  expect(rowOf(spoken('Write `whenInDoubt: undo` under `compensate`.'))).toBe(
    '| Write `whenInDoubt: undo` under `compensate`. |',
  );
  expect(rowOf(spoken('`a_b`'))).toBe('| `a_b` |');
  expect(rowOf(spoken('a ` b_c'))).toBe('| a \\` b\\_c |');
  expect(spoken('plain')).toEqual(['plain']);
});

it('escapes a bar once, in words and in code', () => {
  expect(rowOf('a|b', [{ code: 'c|d' }], 'e\\|f')).toBe('| a\\|b | `c\\|d` | e\\\\\\|f |');
});
