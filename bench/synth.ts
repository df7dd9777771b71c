/**
 * `npx cdk synth -q` of this repository's app against an app of one empty stack, in turns, so that whatever else the
 * machine does meets both. Three ways (`--way=BEGINNING` for one): as typed; as typed after the bundles are gone, as on a
 * clean clone; and the app alone without npx and the CDK's CLI, whose fixed time flatters the first figure. Each synth
 * writes a folder of its own. Processor time, where Linux tells it, says the same without the neighbours.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

interface Cost {
  readonly ms: number;
  /** Of the process and its children; not a number where the system does not tell. */
  readonly processorMs: number;
}

interface Pair {
  readonly empty: Cost;
  readonly ours: Cost;
}

/** Once without a clock, so that no caches are cold; then pairs, each the other way round. */
async function inTurns(way: Way, rounds: number): Promise<readonly Pair[]> {
  await timed(way.empty);
  await timed(way.ours);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await timed(way.empty) : undefined;
    const ours = await timed(way.ours);
    pairs.push({ empty: first ?? (await timed(way.empty)), ours });
  }
  return pairs;
}

async function timed({ folder, command: [program, ...words], prepare }: Run): Promise<Cost> {
  prepare?.();
  const out = mkdtempSync(join(tmpdir(), 'interlock-synth-'));
  const options = program === 'npx' ? ['-o', out] : [];
  const begun = { ms: performance.now(), processorMs: processorOfChildren() };
  await finished(program, [...words, ...options], { folder, out });
  const cost = { ms: performance.now() - begun.ms, processorMs: processorOfChildren() - begun.processorMs };
  rmSync(out, { recursive: true, force: true });
  return cost;
}

/** User and system time of all children that have ended, from proc(5): fields 16 and 17, in hundredths of a second. */
function processorOfChildren(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[13]) + Number(fields[14]));
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
  const kinds = [
    ['', ({ ms }: Cost) => ms],
    [' of processor', ({ processorMs }: Cost) => processorMs],
  ] as const;
  const figures = kinds.map(([what, of]) => {
    const [empty, ours] = [median(pairs.map((pair) => of(pair.empty))), median(pairs.map((pair) => of(pair.ours)))];
    const paired = median(pairs.map((pair) => of(pair.ours) / of(pair.empty)));
    const ratios = `${(ours / empty).toFixed(2)} x (of pairs ${paired.toFixed(2)} x)`;
    return Number.isNaN(empty) ? '' : `\n    ${seconds(empty)} empty, ${seconds(ours)} ours${what}: ${ratios}`;
  });
  return `  ${name}, medians of ${pairs.length}${figures.join('')}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
