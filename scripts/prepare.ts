/**
 * Makes the prepared commands that bin/prepared.js uses: by esbuild, in build/prepared, with a record of the state
 * of every source before and after. A source that changed within the last two seconds, which a file system may not tell
 * from one that changes now, makes no record: stale commands never run. Two that prepare at once do not meet: each builds
 * in a folder of its own, which gets its place whole, and the record is replaced last. Packages stay outside.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, loadedWith, merged, outputOf, type Split, splitOf } from './merged-chunks.ts';

/** Beside the sources that end up in the commands: what decides how they are made. */
const ALWAYS_SOURCES: readonly string[] = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/prepare.ts',
  'scripts/merged-chunks.ts',
  'bin/prepared.js',
  'node_modules/esbuild/package.json',
];

const COMMANDS = 'bin/interlock.ts';

/** The coarsest clock of a file system in use. */
const SETTLED_MS = 2_000;
/** A long command may still load from the folder that it began in. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const KEPT_FOLDERS = 20;

/** What tells one state of a file from another; its last member is when that state began. Undefined without the file. */
type MarkOf = (path: string) => readonly number[] | undefined;

type Source = readonly [path: string, ...mark: readonly number[]];

export interface Preparing {
  readonly root: string;
  readonly now: number;
  /** The reader's, so that both mean the same. */
  readonly markOf: MarkOf;
  /** Of earlier commands, if there are any. */
  readonly record?: { readonly sources: readonly Source[] } | undefined;
}

/** The folder of commands that are as the sources are now; undefined while sources are just being changed. */
export async function prepare({ root, now, markOf, record }: Preparing): Promise<string | undefined> {
  const isSettled = ([path]: Source): boolean => (markOf(join(root, path))?.at(-1) ?? 0) < now - SETTLED_MS;
  if (record !== undefined && !record.sources.every(isSettled)) return undefined;
  const place = join(root, 'build', 'prepared');
  mkdirSync(place, { recursive: true });
  const unfinished = join(place, `unfinished-${randomUUID()}`);
  try {
    const inputs = await buildCommands(root, unfinished);
    const sources = [...new Set([...ALWAYS_SOURCES, ...inputs])].sort().map((path) => sourceAt(root, path, markOf));
    return sources.every(isSettled) ? keep(place, unfinished, sources) : undefined;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Builds them into a folder; returns the files that they are made of, relative to the project. Stacks look for these from
 * where the folder will lie in the end.
 */
export async function buildCommands(root: string, folder: string, home: string = folder): Promise<readonly string[]> {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      interlock: COMMANDS,
      describe: 'bin/describe.ts',
      // A thread is started by its URL, beside whatever starts it.
      'rehearse-worker': 'lib/cli/rehearse-worker.ts',
    },
    outdir: home,
    write: false,
    bundle: true,
    // What a command loads when it needs it is in files of its own here too.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    // For stacks only (bin/source-stack.js), which say where to look.
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  });
  const files = await inFewFiles(splitOf(home, outputFiles, metafile));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return Object.keys(metafile.inputs);
}

/** What every command loads is one file, and what a run loads besides, another: most commands share most of that. */
async function inFewFiles(split: Split): Promise<Files> {
  const entry = outputOf(split, COMMANDS);
  const always = loadedWith(split, entry);
  const run = outputOf(split, 'lib/cli/commands/run.ts');
  const start = new Set([...always].filter((name) => name !== entry));
  const core = new Set([...loadedWith(split, run)].filter((name) => !always.has(name) && name !== run));
  const files = await merged(split, start, 'start.js');
  return await merged({ ...split, files }, core, 'core.js');
}

function sourceAt(root: string, path: string, markOf: MarkOf): Source {
  const mark = markOf(join(root, path));
  if (mark === undefined) throw new Error(`${path} is gone`);
  return [path, ...mark];
}

function keep(place: string, unfinished: string, sources: readonly Source[]): string {
  const node = process.version;
  const folder = createHash('sha256').update(JSON.stringify({ node, sources })).digest('hex').slice(0, 16);
  putInPlace(unfinished, join(place, folder));
  const record = join(place, `record-${randomUUID()}`);
  writeFileSync(record, JSON.stringify({ node, folder, sources }));
  renameSync(record, join(place, 'current.json'));
  sweep(place, folder);
  return join(place, folder);
}

/** Somebody else may have been there first, with the same. */
function putInPlace(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

/** Folders that nobody can be using any more. */
function sweep(place: string, current: string): void {
  const folders = readdirSync(place)
    .filter((name) => name !== current && name !== 'current.json')
    .map((name) => ({ name, since: statSync(join(place, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.since - one.since);
  const oldest = Date.now() - KEPT_MS;
  for (const [index, { name, since }] of folders.entries())
    if (index >= KEPT_FOLDERS || since < oldest) rmSync(join(place, name), { recursive: true, force: true });
}
