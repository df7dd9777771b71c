/** `interlock run --inputs`: results, faults of the file, a kill of its process and the same command again. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BulkResult, BulkSummary } from '../../lib/model/bulk.ts';
import { inFolder, interlockHere, type Said } from '../support/command-line.ts';
import { importFlow, openStore, type Store, type StoreOptions } from '../support/import-flow.ts';
import { ROOT } from '../support/source-tree.ts';

interface Scene {
  readonly folder: string;
  readonly store: Store;
  /** Writes a file of inputs and gives its path. */
  readonly file: (name: string, text: string) => string;
  readonly run: (...words: readonly string[]) => Promise<Said>;
  readonly words: (...words: readonly string[]) => readonly string[];
}

async function scene(work: (scene: Scene) => Promise<void>, options: StoreOptions = {}): Promise<void> {
  const store = await openStore(options);
  try {
    await inFolder(async (folder) => {
      const flow = importFlow(folder);
      const words = (...more: readonly string[]): readonly string[] => {
        return ['run', flow, '--server', `store=${store.url}`, '--data', join(folder, 'data'), ...more];
      };
      await work({
        folder,
        store,
        words,
        run: (...more) => interlockHere(words(...more)),
        file: (name, text) => {
          writeFileSync(join(folder, name), text);
          return join(folder, name);
        },
      });
    });
  } finally {
    await store.close();
  }
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `{"id": "t-${index}", "count": ${index}}\n`).join('');

function results(folder: string, name: string): readonly BulkResult[] {
  const text = readFileSync(join(folder, name), 'utf8').trimEnd();
  const all = text.split('\n').map((line) => JSON.parse(line) as BulkResult);
  return all.toSorted((left, right) => left.index - right.index);
}

const summaryOf = ({ out }: Said): BulkSummary => JSON.parse(out) as BulkSummary;

describe('interlock run --inputs', () => {
  it('runs the workflow once for each line, and writes what became of each beside the data', async () => {
    await scene(async ({ folder, store, file, run }) => {
      const said = await run('--inputs', file('things.jsonl', lines(25)), '--concurrency', '4', '--json');
      expect(said.code).toBe(0);
      expect(summaryOf(said)).toMatchObject({
        workflowId: 'import',
        inputs: 25,
        succeeded: 25,
        statuses: { succeeded: 25 },
        earlier: 0,
        results: join(folder, 'things.results.jsonl'),
      });
      const ended = results(folder, 'things.results.jsonl');
      expect(ended.map(({ index, line, status, outputs }) => [index, line, status, outputs])).toEqual(
        Array.from({ length: 25 }, (_, index) => [index, index + 1, 'succeeded', { count: index }]),
      );
      expect([...store.created.values()]).toEqual(Array.from({ length: 25 }, () => 1));
      const shown = await interlockHere(['runs', ended[7]?.runId ?? '', '--data', join(folder, 'data'), '--json']);
      expect(JSON.parse(shown.out)).toMatchObject({ status: 'succeeded', outputs: { count: 7 } });
    });
  });

  it('reads CSV by the inputs schema, also with a byte order mark, and JSON arrays', async () => {
    await scene(async ({ folder, file, run }) => {
      const csv = file('things.csv', '\uFEFFid,count\r\na-1,5\r\n"a-2",\r\n');
      expect((await run('--inputs', csv, '--results', join(folder, 'csv.out.jsonl'))).code).toBe(0);
      const outputs = results(folder, 'csv.out.jsonl').map((one) => [one.line, one.outputs]);
      expect(outputs).toEqual([
        [2, { count: 5 }],
        [3, { count: 1 }],
      ]);
      expect((await run('--inputs', file('things.json', '[{"id": "b-1"}]'))).code).toBe(0);
      expect(results(folder, 'things.results.jsonl')).toMatchObject([{ index: 0, outputs: { count: 1 } }]);
    });
  });

  it('an input that breaks the schema, and a run that fails, are results of their own, and end with 1', async () => {
    await scene(
      async ({ folder, file, run }) => {
        const said = await run(
          '--inputs',
          file('things.jsonl', '{"id": "ok"}\n\n{"id": "A!", "x": 1}\n{"id": "no"}\n'),
        );
        expect(said.code).toBe(1);
        expect(said.out).toContain('3 inputs');
        expect(said.out).toContain('1 invalid');
        const [ok, bad, refused] = results(folder, 'things.results.jsonl');
        expect(ok).toMatchObject({ index: 0, line: 1, status: 'succeeded' });
        expect(bad).toMatchObject({
          index: 1,
          line: 3,
          status: 'invalid',
          error: { error: 'Interlock.InputInvalid', message: expect.stringContaining('(and 1 more)') },
          problems: [expect.anything(), expect.anything()],
        });
        expect(refused).toMatchObject({ index: 2, status: 'failed', error: { step: 'create' } });
        expect(JSON.stringify(bad)).not.toContain('A!');
      },
      { refused: ['no'] },
    );
  });

  it('needs no server where the systems are simulated', async () => {
    await scene(async ({ file, run, store }) => {
      expect((await run('--simulate', '--inputs', file('things.jsonl', lines(3)))).code).toBe(0);
      expect(store.created.size).toBe(0);
    });
  });
});

describe('the same command again', () => {
  it('runs nothing that has ended, and tells what there is', async () => {
    await scene(async ({ folder, store, file, run }) => {
      const inputs = file('things.jsonl', lines(5));
      await run('--inputs', inputs);
      const before = readFileSync(join(folder, 'things.results.jsonl'), 'utf8');
      const again = await run('--inputs', inputs, '--json');
      expect(again.code).toBe(0);
      expect(summaryOf(again)).toMatchObject({ inputs: 5, succeeded: 5, earlier: 5 });
      expect(readFileSync(join(folder, 'things.results.jsonl'), 'utf8')).toBe(before);
      expect([...store.created.values()]).toEqual([1, 1, 1, 1, 1]);
    });
  });

  it('after a kill goes on: no effect twice, none missing, one result each', async () => {
    await scene(
      async ({ folder, store, file, run, words }) => {
        const inputs = file('things.jsonl', lines(40));
        const program = [join(ROOT, 'bin', 'interlock.js'), ...words('--inputs', inputs, '--concurrency', '6')];
        const child = spawn(process.execPath, program, { cwd: folder, stdio: 'ignore' });
        const dead = new Promise<unknown>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
        await store.heldReads(6);
        child.kill('SIGKILL');
        expect(await dead).toBe('SIGKILL');
        const atKill = store.created.size;
        expect(results(folder, 'things.results.jsonl').length).toBeLessThan(40);
        store.release();
        const said = await run('--inputs', inputs, '--concurrency', '6', '--json');
        expect(said.error).toContain('going on with runs import-');
        expect(said.code).toBe(0);
        expect(summaryOf(said)).toMatchObject({ inputs: 40, succeeded: 40 });
        expect(results(folder, 'things.results.jsonl').map(({ index }) => index)).toEqual(
          Array.from({ length: 40 }, (_, index) => index),
        );
        expect(atKill).toBeGreaterThanOrEqual(16);
        expect([...store.created]).toHaveLength(40);
        expect([...store.created.values()].filter((times) => times !== 1)).toEqual([]);
      },
      { answered: 10 },
    );
  });

  it('with the result file lost finds its runs in the data folder', async () => {
    await scene(async ({ folder, store, file, run }) => {
      const inputs = file('things.jsonl', lines(4));
      await run('--inputs', inputs);
      const before = results(folder, 'things.results.jsonl');
      // A kill tore the third line; the fourth never was.
      const kept = readFileSync(join(folder, 'things.results.jsonl'), 'utf8').split('\n');
      writeFileSync(join(folder, 'things.results.jsonl'), `${kept.slice(0, 2).join('\n')}\n${kept[2]?.slice(0, 30)}`);
      const again = await run('--inputs', inputs, '--json');
      expect(summaryOf(again)).toMatchObject({ succeeded: 4, earlier: 2 });
      expect(results(folder, 'things.results.jsonl')).toEqual(before);
      expect([...store.created.values()]).toEqual([1, 1, 1, 1]);
    });
  });

  it('runs an input that was invalid when it has been corrected, and what was added', async () => {
    await scene(async ({ folder, store, file, run }) => {
      await run('--inputs', file('things.jsonl', '{"id": "a"}\n{"id": "B"}\n'));
      const said = await run('--inputs', file('things.jsonl', '{"id": "a"}\n{"id": "b"}\n{"id": "c"}\n'), '--json');
      expect(said.code).toBe(0);
      expect(summaryOf(said)).toMatchObject({ inputs: 3, succeeded: 3, earlier: 1 });
      expect(results(folder, 'things.results.jsonl').map(({ status }) => status)).toEqual(
        Array.from({ length: 3 }, () => 'succeeded'),
      );
      expect([...store.created.values()]).toEqual([1, 1, 1]);
    });
  });

  it('is refused where an input that ran has changed or gone: its result would pass for that of another', async () => {
    await scene(async ({ folder, file, run, store }) => {
      await run('--inputs', file('things.jsonl', '{"id": "a"}\n{"id": "b"}\n'));
      const changed = await run('--inputs', file('things.jsonl', '{"id": "a"}\n{"id": "z"}\n'));
      expect(changed).toMatchObject({ code: 2, error: expect.stringContaining('the first is the one on line 2') });
      const gone = await run('--inputs', file('things.jsonl', '{"id": "a"}\n'));
      expect(gone).toMatchObject({ code: 2, error: expect.stringContaining('1 of its inputs are not in the file') });
      expect(store.created.size).toBe(2);
      const other = await run(
        '--inputs',
        file('things.jsonl', '{"id": "z"}\n'),
        '--results',
        join(folder, 'other.jsonl'),
      );
      expect(other.code).toBe(0);
      expect(store.created.get('z')).toBe(1);
    });
  });

  it('with another input under a run that was begun is a conflict of that input alone', async () => {
    await scene(async ({ folder, file, run, store }) => {
      await run('--inputs', file('things.jsonl', '{"id": "a"}\n'));
      writeFileSync(join(folder, 'things.results.jsonl'), '');
      const said = await run('--inputs', file('things.jsonl', '{"id": "y"}\n{"id": "x"}\n'));
      expect(said.code).toBe(1);
      expect(results(folder, 'things.results.jsonl')).toMatchObject([
        { index: 0, status: 'conflict', error: { error: 'Interlock.InputConflict' } },
        { index: 1, status: 'succeeded' },
      ]);
      expect([...store.created.keys()]).toEqual(['a', 'x']);
    });
  });
});

describe('what stops it before anything is started', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'a broken line',
      'a.jsonl',
      '{"id": "a"}\n{"id": \n{"id": "b"',
      ['INP002: Line 2 is', 'a.jsonl:2:8', 'a.jsonl:3:11'],
    ],
    ['an empty file', 'a.jsonl', '', ['INP001', 'a.jsonl" is empty']],
    ['a quote that is not closed', 'a.csv', 'id\na\n"b\n', ['INP004: A quote that is never closed', 'a.csv:3:1']],
    ['a huge line', 'a.jsonl', `{"id": "a"}\n"${'x'.repeat(1024 * 1024)}"\n`, ['INP007', 'a.jsonl:2:1']],
  ])('%s ends with 2', async (_what, name, text, words) => {
    await scene(async ({ folder, file, run, store }) => {
      const said = await run('--inputs', file(name, text));
      expect(said).toMatchObject({ code: 2, out: '' });
      for (const word of words) expect(said.error).toContain(word);
      expect(said.error).toContain('Nothing was started.');
      expect(said.error).not.toContain('xxx');
      expect([store.created.size, existsSync(join(folder, 'data'))]).toEqual([0, false]);
    });
  });

  it.each<[string, readonly string[], string]>([
    ['a file that is not there', ['--inputs', 'none.jsonl'], 'none.jsonl is not there'],
    ['bytes that are no text', ['--inputs', 'bytes.jsonl'], 'is not UTF-8 text'],
    ['an input beside it', ['--inputs', 'good.jsonl', '--input', '{}'], '--input and --inputs exclude each other'],
    ['no number', ['--inputs', 'good.jsonl', '--concurrency', '0'], '--concurrency 0 is no number from 1 to 1000'],
    ['results over the inputs', ['--inputs', 'good.jsonl', '--results', 'good.jsonl'], 'names the inputs themselves'],
    ['results over some other file', ['--inputs', 'good.jsonl', '--results', 'notes.md'], 'has no result on line 1'],
  ])('%s ends with 2', async (_what, words, message) => {
    await scene(async ({ folder, file, run, store }) => {
      file('good.jsonl', '{"id": "a"}\n');
      file('notes.md', '# Notes\n');
      writeFileSync(join(folder, 'bytes.jsonl'), Buffer.from([0x22, 0xff, 0x22]));
      const said = await run(...words.map((word) => (/\.\w+$/.test(word) ? join(folder, word) : word)));
      expect(said).toMatchObject({ code: 2, out: '' });
      expect(said.error).toContain(message);
      expect(store.created.size).toBe(0);
      expect(readFileSync(join(folder, 'notes.md'), 'utf8')).toBe('# Notes\n');
    });
  });

  it('a result file of another bulk run ends with 2 and stays as it is', async () => {
    await scene(async ({ folder, file, run }) => {
      const inputs = file('things.jsonl', lines(1));
      await run('--inputs', inputs);
      const text = readFileSync(join(folder, 'things.results.jsonl'), 'utf8');
      writeFileSync(join(folder, 'moved.jsonl'), text);
      const said = await run('--inputs', inputs, '--results', join(folder, 'moved.jsonl'));
      expect(said).toMatchObject({ code: 2, error: expect.stringContaining('holds the results of another bulk run') });
      expect(readFileSync(join(folder, 'moved.jsonl'), 'utf8')).toBe(text);
    });
  });

  it('a result file that cannot be written ends with 3', async () => {
    await scene(async ({ folder, file, run }) => {
      const said = await run(
        '--inputs',
        file('things.jsonl', lines(1)),
        '--results',
        join(folder, 'nowhere', 'results.jsonl'),
      );
      expect(said).toMatchObject({ code: 3, error: expect.stringContaining('cannot be written') });
    });
  });

  it('no inputs at all are none: [] and a lonely header end with 0', async () => {
    await scene(async ({ folder, file, run }) => {
      expect(await run('--inputs', file('none.json', '[]'))).toMatchObject({
        code: 0,
        out: expect.stringContaining('import: 0 inputs'),
      });
      expect((await run('--inputs', file('none.csv', 'id,count\n'), '--results', join(folder, 'csv.jsonl'))).code).toBe(
        0,
      );
    });
  });
});
