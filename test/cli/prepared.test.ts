/** The launcher's prepared commands, in a small checkout of their own: used while current, never when stale, never needed. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Preparing, prepare } from '../../scripts/prepare.ts';
import { inFolder, type Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

/** As long as nothing says otherwise, every source has been as it is for ages. */
const LATER = Number.MAX_SAFE_INTEGER;

describe('a prepared command', () => {
  it('runs instead of the sources while they are what it was made of', async () => {
    await inCheckout(async (root) => {
      await prepared(root);
      expect(await started(root)).toEqual({ code: 0, out: 'one prepared\n', error: '' });
    });
  });

  it('never runs once a source says something else, though its size and its time of change are as before', async () => {
    await inCheckout(async (root) => {
      await prepared(root);
      const path = join(root, 'lib/word.ts');
      const { atime, mtime, size } = statSync(path);
      rewrite(path, 'two');
      utimesSync(path, atime, mtime);
      expect(statSync(path).size).toBe(size);
      expect((await started(root)).out).toMatch(/^two (sources|prepared)\n$/);
    });
  });

  it('never runs for a source that is gone, or under another Node', async () => {
    await inCheckout(async (root) => {
      await prepared(root);
      const path = join(root, 'build/prepared/current.json');
      const record = readFileSync(path, 'utf8');
      // A folder of the same name that would give itself away.
      writeFileSync(path, record.replace(process.version, 'v24.0.0').replace(/"folder":"\w+"/, '"folder":"../.."'));
      expect((await started(root)).out).toMatch(/^one (sources|prepared)\n$/);
      await prepared(root);
      rmSync(join(root, 'lib/word.ts'));
      const { code, error } = await started(root);
      expect(code).not.toBe(0);
      expect(error).toContain('word.ts');
    });
  });

  it('is made by nobody of sources that are just being changed', async () => {
    await inCheckout(async (root) => {
      const [, , , changed = 0] = markOf(join(root, 'lib/word.ts')) ?? [];
      expect(await prepare({ root, now: changed + 2_000, markOf })).toBe(undefined);
      expect(readdirSync(join(root, 'build/prepared'))).toEqual([]);
      const changing = (path: string): readonly number[] | undefined =>
        path.endsWith('word.ts') ? [...(markOf(path) ?? []).slice(0, -1), LATER] : markOf(path);
      expect(await prepare({ root, now: LATER, markOf: changing })).toBe(undefined);
      expect(readdirSync(join(root, 'build/prepared'))).toEqual([]);
    });
  });

  it('is not needed: the sources run without esbuild, and where nothing can be written', async () => {
    await inCheckout(async (root) => {
      writeFileSync(join(root, 'build'), 'a file where the folder would be');
      expect(await started(root)).toEqual({ code: 0, out: 'one sources\n', error: '' });
      rmSync(join(root, 'build'));
      rmSync(join(root, 'node_modules/esbuild'));
      expect(await started(root)).toEqual({ code: 0, out: 'one sources\n', error: '' });
    });
  });

  it('is not needed: the sources run where they are asked for', async () => {
    await inCheckout(async (root) => {
      await prepared(root);
      expect((await started(root, { INTERLOCK_PREPARED: 'no' })).out).toBe('one sources\n');
    });
  });

  it('is made anew, or the sources run, when its record or its folder is damaged', async () => {
    await inCheckout(async (root) => {
      for (const damage of ['', '{', 'null', '{"node":1}', `{"node":"${process.version}","folder":"."}`]) {
        await prepared(root);
        writeFileSync(join(root, 'build/prepared/current.json'), damage);
        expect((await started(root)).out).toMatch(/^one (sources|prepared)\n$/);
      }
      rmSync(await prepared(root), { recursive: true });
      expect((await started(root)).out).toMatch(/^one (sources|prepared)\n$/);
    });
  });

  it('is the same and whole when several are made at once', async () => {
    await inCheckout(async (root) => {
      const folders = await Promise.all([prepared(root), prepared(root), prepared(root)]);
      expect(new Set(folders).size).toBe(1);
      expect(readdirSync(join(root, 'build/prepared')).sort()).toEqual([folders[0].slice(-16), 'current.json'].sort());
      rmSync(join(root, 'build'), { recursive: true });
      const said = await Promise.all([1, 2, 3, 4].map(() => started(root)));
      for (const { code, out, error } of said) {
        expect({ code, error }).toEqual({ code: 0, error: '' });
        expect(out).toMatch(/^one (sources|prepared)\n$/);
      }
      await prepared(root);
      expect((await started(root)).out).toBe('one prepared\n');
    });
  });

  it('leaves few folders of earlier sources, and none of the day before yesterday', async () => {
    await inCheckout(async (root) => {
      const place = join(root, 'build/prepared');
      for (let index = 0; index < 30; index += 1) mkdirSync(join(place, `earlier-${index}`), { recursive: true });
      mkdirSync(join(place, 'ancient'));
      utimesSync(join(place, 'ancient'), 0, 0);
      await prepared(root);
      expect(existsSync(join(place, 'ancient'))).toBe(false);
      expect(readdirSync(place).length).toBe(22);
      expect((await started(root)).out).toBe('one prepared\n');
    });
  });

  it('tells in a stack which line of which source it was', async () => {
    await inCheckout(async (root) => {
      writeFileSync(join(root, 'lib/word.ts'), '\n\nexport const word: string = Reflect.get(null as never, "a");\n');
      await prepared(root);
      const { code, error } = await started(root);
      expect(code).not.toBe(0);
      expect(error).toMatch(/TypeError: .*\n(.*\n)*? +at .*\/lib\/word\.ts:3:\d+/);
      expect(error).not.toMatch(/ at .*build\/prepared/);
    });
  });
});

/** What this repository's own launcher takes for a file's state: if the two differed, nothing here would be prepared. */
const markOf: Preparing['markOf'] = (path) => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && [found.size, found.ino, found.mtimeMs, found.ctimeMs];
};

async function prepared(root: string): Promise<string> {
  const folder = await prepare({ root, now: LATER, markOf });
  if (folder === undefined) throw new Error('nothing was prepared');
  return folder;
}

function rewrite(path: string, word: string): void {
  writeFileSync(path, `export const word = '${word}';\n`);
}

/** The launcher over one command of two files: it says a word, and whether it was prepared. */
async function inCheckout(work: (root: string) => Promise<void>): Promise<void> {
  await inFolder(async (root) => {
    for (const path of ['bin/interlock.js', 'bin/launch.js', 'bin/prepared.js', 'bin/source-stack.js'])
      cpSync(join(ROOT, path), join(root, path));
    for (const path of [
      'scripts/prepare.ts',
      'scripts/merged-chunks.ts',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ])
      cpSync(join(ROOT, path), join(root, path));
    mkdirSync(join(root, 'lib/cli/commands'), { recursive: true });
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules/esbuild'), join(root, 'node_modules/esbuild'));
    rewrite(join(root, 'lib/word.ts'), 'one');
    writeFileSync(join(root, 'bin/interlock.ts'), COMMAND);
    writeFileSync(join(root, 'bin/describe.ts'), COMMAND);
    writeFileSync(join(root, 'lib/cli/rehearse-worker.ts'), "export * from '../word.ts';\n");
    writeFileSync(join(root, 'lib/cli/commands/run.ts'), "export * from '../../word.ts';\n");
    await work(root);
  });
}

const COMMAND = `import { word } from '../lib/word.ts';
const how: string = import.meta.url.includes('/build/prepared/') ? 'prepared' : 'sources';
process.stdout.write(\`\${word} \${how}\\n\`);
if (process.argv.includes('run')) await import('../lib/cli/commands/run.ts');
`;

async function started(root: string, env: { readonly [name: string]: string } = {}): Promise<Said> {
  const child = spawn(process.execPath, [join(root, 'bin/interlock.js')], {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
}
