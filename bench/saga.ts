/**
 * An order of six calls that goes well, and one of nine whose shipment is refused and which is undone: through Interlock,
 * durable, beside plain Promise code and whatever of the peers runs here. The subjects take turns in processes of their
 * own, so that a busy moment of the machine falls on all; figures are medians over the rounds, and ratios those of pairs
 * within a round. `--only=plain,interlock`, `--rounds=`, `--runs=`, `--flight=`; `--parts=no` leaves out what a run is
 * made of.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { BenchOptions } from './main.ts';
import { postgresFolder } from './saga-dbos.ts';
import { installPeers } from './saga-peers.ts';
import { ended, started } from './saga-processes.ts';
import { type Load, type Report, SUBJECTS, type Watch } from './saga-subject.ts';
import { partsTable, type Rounds, table, verdicts } from './saga-table.ts';

const LONGEST_ROUND_MS = 300_000;

export async function bench({ flags }: BenchOptions): Promise<string> {
  const names = flags.get('only')?.split(',') ?? subjectsHere();
  const unknown = names.find((name) => SUBJECTS[name] === undefined);
  if (unknown !== undefined) return `  no subject '${unknown}': there are ${Object.keys(SUBJECTS).join(', ')}`;
  const runs = Number(flags.get('runs') ?? 1_000);
  const load = { runs, inFlight: Number(flags.get('flight') ?? 50), warmUp: Math.ceil(runs / 10) };
  const mock = await startMock();
  try {
    const peers = names.some((name) => NEEDS_PEERS.has(name)) ? await installPeers() : '';
    const measure = (name: string, watch: Watch): Promise<Report> => inProcess({ name, watch, load, peers, ...mock });
    const rounds = await inTurns(names, Number(flags.get('rounds') ?? 5), (name) => measure(name, 'time'));
    const lines = [...table(rounds), ...verdicts(rounds)];
    if (!names.includes('interlock') || flags.get('parts') === 'no') return lines.join('\n');
    const [counts, profile] = [await measure('interlock', 'count'), await measure('interlock', 'profile')];
    return [...lines, ...partsTable(rounds, counts, profile)].join('\n');
  } finally {
    await mock.stop();
  }
}

const NEEDS_PEERS: ReadonlySet<string> = new Set(['restate', 'aws-durable', 'dbos']);

/** Restate publishes its server for these; DBOS needs a PostgreSQL. */
function subjectsHere(): readonly string[] {
  const hasRestate = ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch);
  const missing = [...(hasRestate ? [] : ['restate']), ...(postgresFolder() === undefined ? ['dbos'] : [])];
  for (const name of missing) process.stderr.write(`${name} does not run here\n`);
  return Object.keys(SUBJECTS).filter((name) => !missing.includes(name));
}

async function inTurns(
  names: readonly string[],
  count: number,
  measure: (name: string) => Promise<Report>,
): Promise<Rounds> {
  const rounds = new Map<string, Report[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= count; round += 1) {
    for (const name of names) {
      const report = await measure(name);
      rounds.get(name)?.push(report);
      const figures = [report.ok, report.fail].map(({ runsPerSecond }) => runsPerSecond.toFixed(0)).join(' ok, ');
      process.stderr.write(`round ${round} of ${count}: ${name} ${figures} fail runs/s\n`);
    }
  }
  return rounds;
}

async function startMock(): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const mock = started(process.execPath, [join(import.meta.dirname, 'saga-mock.ts')]);
  const port = await new Promise<number>((resolve, reject) => {
    mock.child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    mock.child.once('close', () => reject(new Error(`the mock does not start: ${mock.said()}`)));
  });
  return { port, stop: () => ended(mock) };
}

interface InProcess {
  readonly name: string;
  readonly watch: Watch;
  readonly load: Load;
  readonly peers: string;
  readonly port: number;
}

async function inProcess({ name, watch, load, peers, port }: InProcess): Promise<Report> {
  const file = join(import.meta.dirname, 'saga-subject.ts');
  const words = [name, port, peers, load.runs, load.inFlight, load.warmUp, watch].map(String);
  const child = spawn(process.execPath, [file, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    timeout: LONGEST_ROUND_MS,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0 || !last.startsWith('{')) throw new Error(`${name} ended with ${code}:\n${said}`);
  // Written by saga-subject.ts.
  return JSON.parse(last) as Report;
}
