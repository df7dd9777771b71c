/** Files of inputs and of results: what is read, what is refused, and where it is said to be. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultFile } from '../../../lib/embedded/bulk-results.ts';
import { readInputs } from '../../../lib/embedded/inputs-file.ts';
import { type InputsFormat, inputsFromText } from '../../../lib/embedded/inputs-text.ts';
import { Lines } from '../../../lib/diagnostics/position.ts';
import type { BulkResult } from '../../../lib/model/bulk.ts';
import { inFolder } from '../../support/command-line.ts';

function read(format: InputsFormat, text: string): unknown {
  const { rows, diagnostics, document } = inputsFromText('f', text, format);
  if (diagnostics.length === 0)
    return rows.map(({ line, ...row }) => [line, row.cells === undefined ? row.value : Object.fromEntries(row.cells)]);
  const lines = new Lines(document.text);
  return diagnostics.map(({ code, place }) => {
    const { line, column } = lines.positionAt(place?.offset ?? 0);
    return `${code} at ${line}:${column}`;
  });
}

describe('inputs', () => {
  it.each<[InputsFormat, string, unknown]>([
    [
      'jsonl',
      '{"a": 1}\n\n  \n[2]\r\nnull',
      [
        [1, { a: 1 }],
        [4, [2]],
        [5, null],
      ],
    ],
    ['jsonl', '\uFEFF1\n', [[1, 1]]],
    [
      'json',
      '[1, {"a": 2}]',
      [
        [undefined, 1],
        [undefined, { a: 2 }],
      ],
    ],
    ['json', '[]', []],
    [
      'csv',
      'a, b \n1,"x\ny"\n\n,\n',
      [
        [2, { a: '1', b: 'x\ny' }],
        [5, { a: '', b: '' }],
      ],
    ],
    ['csv', 'a\n', []],
  ])('%s %j', (format, text, rows) => {
    expect(read(format, text)).toEqual(rows);
  });

  it.each<[InputsFormat, string, readonly string[]]>([
    ['jsonl', '', ['INP001 at 1:1']],
    ['csv', ' \n\t\n', ['INP001 at 1:1']],
    ['jsonl', '{"a": 1}\n{a: 1}\n{"a": 1,}\n"open', ['INP002 at 2:2', 'INP002 at 3:9', 'INP002 at 4:6']],
    ['jsonl', '1 2', ['INP002 at 1:3']],
    ['json', '[1,\n 2 3]', ['INP002 at 2:4']],
    ['json', '{"a": 1}', ['INP003 at 1:1']],
    ['csv', 'a,b\n"1"x,2\n1,"2\n', ['INP004 at 2:4', 'INP004 at 3:3']],
    ['csv', 'a,b\n1\n1,2,3\n', ['INP005 at 2:1', 'INP005 at 3:1']],
    ['csv', 'a,,a\n', ['INP006 at 1:1', 'INP006 at 1:1']],
    ['jsonl', `1\n"${'x'.repeat(1024 * 1024)}"`, ['INP007 at 2:1']],
    ['json', `["${'x'.repeat(1024 * 1024)}"]`, ['INP007 at 1:1']],
    ['csv', `a\n"${'x\n'.repeat(512 * 1024)}"\n`, ['INP007 at 2:1']],
  ])('%s %.40j: %j', (format, text, faults) => {
    expect(read(format, text)).toEqual(faults);
  });

  it('of a file that is broken on every line are told up to a thousand times', () => {
    expect(read('jsonl', 'x\n'.repeat(5000))).toHaveLength(1000);
  });
});

describe('a file of inputs', () => {
  it.each(['things.JSONL', 'things.ndjson'])('may be called %s', async (name) => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, name), '1\n2\n');
      expect((await readInputs(join(folder, name))).rows).toHaveLength(2);
    });
  });

  it.each<[string, string]>([
    ['none.csv', 'is not there'],
    ['folder.csv', 'cannot be read'],
    ['things.txt', 'does not say what it is'],
    ['things', 'does not say what it is'],
    ['bytes.jsonl', 'is not UTF-8 text'],
  ])('%s is refused: %s', async (name, message) => {
    await inFolder(async (folder) => {
      mkdirSync(join(folder, 'folder.csv'));
      writeFileSync(join(folder, 'bytes.jsonl'), Buffer.from([0x22, 0xff, 0x22]));
      await expect(readInputs(join(folder, name))).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining(message),
      });
    });
  });
});

describe('a result file', () => {
  const runIdOf = (index: number): string => `r-${index}`;
  const result = (index: number, status: BulkResult['status'] = 'succeeded'): BulkResult => {
    return { index, runId: runIdOf(index), status, inputDigest: 'd' };
  };

  async function reopened(text: string): Promise<{ readonly kept: readonly number[]; readonly text: string }> {
    return inFolder(async (folder) => {
      const path = join(folder, 'r.jsonl');
      writeFileSync(path, text);
      const file = await ResultFile.open(path, runIdOf);
      file.append(result(9));
      file.close();
      return { kept: [...file.earlier.keys()], text: readFileSync(path, 'utf8') };
    });
  }

  const line = (index: number, status?: BulkResult['status']): string => `${JSON.stringify(result(index, status))}\n`;

  it('keeps the lines of runs that ended, each once, and goes on behind them', async () => {
    const text = line(0) + line(1, 'invalid') + line(2, 'failed') + line(0, 'failed') + line(3, 'conflict');
    expect(await reopened(text)).toEqual({ kept: [0, 2], text: line(0) + line(2, 'failed') + line(9) });
  });

  it.each(['{', '{"index":1', '{"index":1,"runId":"r-1","sta'])('drops a last line that was torn: %s', async (torn) => {
    expect(await reopened(line(0) + torn)).toEqual({ kept: [0], text: line(0) + line(9) });
    expect(await reopened(torn)).toEqual({ kept: [], text: line(9) });
  });

  it.each<[string, string]>([
    ['notes\n', 'has no result on line 1'],
    [`${line(0)}notes\n${line(1)}`, 'has no result on line 2'],
    ['{"index": "1"}\n', 'has no result on line 1'],
    [line(0).replace('r-0', 'other-0'), 'holds the results of another bulk run'],
  ])('%j is none of ours, and stays as it was', async (text, message) => {
    await inFolder(async (folder) => {
      const path = join(folder, 'r.jsonl');
      writeFileSync(path, text);
      await expect(ResultFile.open(path, runIdOf)).rejects.toMatchObject({
        kind: 'usage',
        message: expect.stringContaining(message),
      });
      expect(readFileSync(path, 'utf8')).toBe(text);
    });
  });
});
