/** Chunks that are loaded together become one file; whoever imports them finds the same names and the same module state. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Files, loadedWith, merged, outputOf, type Split, splitOf } from '../../scripts/merged-chunks.ts';

/** Two commands and one that is loaded on demand share `count`; two modules export a `name` of their own. */
const SOURCES = {
  'count.js': 'let n = 0; export const count = () => (n += 1);',
  'a.js': "export const name = 'a'; import { count } from './count.js'; count();",
  'b.js': "export const name = 'b'; import { count } from './count.js'; count();",
  'one.js':
    "import { name as a } from './a.js'; import { count } from './count.js';" +
    "const { later } = await import('./later.js'); export const told = { a, later, count: count() };",
  'later.js': "import { name } from './b.js'; import { name as a } from './a.js'; export const later = [name, a];",
  'two.js': "import { name } from './b.js'; import { count } from './count.js'; export const told = [name, count()];",
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-chunks-'));
  for (const [name, text] of Object.entries(SOURCES)) await writeFile(join(folder, name), text);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function split(): Promise<Split> {
  const home = join(folder, 'out');
  const entryPoints = ['one.js', 'two.js'];
  const shape = { bundle: true, splitting: true, format: 'esm', sourcemap: 'external' } as const;
  const { metafile, outputFiles } = await build({
    ...shape,
    absWorkingDir: folder,
    entryPoints,
    outdir: home,
    write: false,
    metafile: true,
  });
  return splitOf(home, outputFiles, metafile);
}

function chunksOf(one: Split): ReadonlySet<string> {
  const entries = ['one.js', 'two.js', 'later.js'].map((name) => outputOf(one, name));
  return new Set(entries.flatMap((name) => [...loadedWith(one, name)]).filter((name) => !entries.includes(name)));
}

async function written(files: Files): Promise<string> {
  const place = await mkdtemp(join(folder, 'written-'));
  await writeFile(join(place, 'package.json'), '{"type":"module"}');
  for (const [name, text] of files) await writeFile(join(place, name), text);
  return place;
}

describe('merged chunks', () => {
  it('are one file, which is imported in place of each', async () => {
    const one = await split();
    const chunks = chunksOf(one);
    expect(chunks.size).toBeGreaterThan(2);
    const files = await merged(one, chunks, 'core.js');
    expect([...files.keys()].filter((name) => name.endsWith('.js')).sort()).toEqual(
      ['core.js', 'one.js', 'two.js', outputOf(one, 'later.js')].sort(),
    );
    for (const chunk of chunks) for (const text of files.values()) expect(text).not.toContain(`"./${chunk}"`);
  });

  it('keep names apart that two of them have, and share one state', async () => {
    const one = await split();
    const place = await written(await merged(one, chunksOf(one), 'core.js'));
    expect(await import(join(place, 'one.js'))).toMatchObject({ told: { a: 'a', later: ['b', 'a'], count: 3 } });
    expect(await import(join(place, 'two.js'))).toMatchObject({ told: ['b', 4] });
  });

  it('say in their map which source a line is from', async () => {
    const one = await split();
    const place = await written(await merged(one, chunksOf(one), 'core.js'));
    const { sources } = JSON.parse(await readFile(join(place, 'core.js.map'), 'utf8')) as {
      sources: readonly string[];
    };
    expect([...sources].sort()).toEqual(['../a.js', '../b.js', '../count.js']);
  });

  it('are found by the entry that they belong to, or that is said', async () => {
    const one = await split();
    expect(() => outputOf(one, 'three.js')).toThrow('three.js has no file of its own');
  });
});
