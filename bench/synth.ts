/**
 * `npx cdk synth -q` of this repository's app against an app of one empty stack, in turns, so that whatever else the
 * machine does meets both. Three ways (`--way=BEGINNING` for one): as typed; as typed after the bundles are gone, as on a
 * clean clone; and the app alone without npx and the CDK's CLI, whose fixed time flatters the first figure. Each synth
 * writes a folder of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './main.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const EMPTY = join(ROOT, 'bench', 'empty-app');

interface Way {
  readonly name: string;
  readonly empty: Run;
  readonly ours: Run;
}

interface Run {
  readonly folder: string;
  readonly command: readonly [string, ...string[]];
  /** Before the clock starts. */
  readonly prepare?: () => void;
}

const SYNTH: Run['command'] = ['npx', 'cdk', 'synth', '-q'];

const WAYS: readonly Way[] = [
  {
    name: 'npx cdk synth -q',
    empty: { folder: EMPTY, command: SYNTH },
    ours: { folder: ROOT, command: SYNTH },
  },
  {
    name: 'the same, nothing bundled yet',
    empty: { folder: EMPTY, command: SYNTH },
    ours: { folder: ROOT, command: SYNTH, prepare: forgetBundles },
  },
  {
    name: 'the app alone',
    empty: { folder: EMPTY, command: [process.execPath, 'app.ts'] },
    ours: { folder: ROOT, command: [process.execPath, 'bin/app.js'] },
  },
];

export async function bench({ flags }: BenchOptions): Promise<string> {
  const rounds = Number(flags.get('rounds') ?? 7);
  const lines: string[] = [];
  const only = flags.get('way');
  for (const way of WAYS.filter(({ name }) => name.startsWith(only ?? '')))
    lines.push(lineOf(way.name, await inTurns(way, rounds)));
  return lines.join('\n');
}

interface Pair {
  readonly emptyMs: number;
  readonly oursMs: number;
}

/** Once without a clock, so that no caches are cold; then pairs, each the other way round. */
async function inTurns({ empty, ours }: Way, rounds: number): Promise<readonly Pair[]> {
  await timed(empty);
  await timed(ours);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) pairs.push({ emptyMs: await timed(empty), oursMs: await timed(ours) });
    else {
      const oursMs = await timed(ours);
      pairs.push({ emptyMs: await timed(empty), oursMs });
    }
  }
  return pairs;
}

async function timed({ folder, command: [program, ...words], prepare }: Run): Promise<number> {
  prepare?.();
  const out = mkdtempSync(join(tmpdir(), 'interlock-synth-'));
  const options = program === 'npx' ? ['-o', out] : [];
  const begun = performance.now();
  await finished(program, [...words, ...options], { folder, out });
  const ms = performance.now() - begun;
  rmSync(out, { recursive: true, force: true });
  return ms;
}

/** `CDK_OUTDIR` is how the CLI tells an app where to write. */
async function finished(
  program: string,
  words: readonly string[],
  { folder, out }: { readonly folder: string; readonly out: string },
): Promise<void> {
  const env = { ...process.env, CDK_OUTDIR: out };
  const child = spawn(program, words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('close', resolve).once('error', reject),
  );
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} in ${folder} ended with ${code}:\n${said}`);
}

function forgetBundles(): void {
  rmSync(join(ROOT, 'dist', 'bundles'), { recursive: true, force: true });
}

function lineOf(name: string, pairs: readonly Pair[]): string {
  const empty = median(pairs.map(({ emptyMs }) => emptyMs));
  const ours = median(pairs.map(({ oursMs }) => oursMs));
  const paired = median(pairs.map(({ emptyMs, oursMs }) => oursMs / emptyMs));
  const times = `empty ${seconds(empty)}, ours ${seconds(ours)}`;
  return `  ${name.padEnd(31)}${times}  ${(ours / empty).toFixed(2)} x (median of pairs ${paired.toFixed(2)} x)`;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
