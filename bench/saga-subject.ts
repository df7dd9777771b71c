/**
 * One subject in a process of its own: opens it, runs the good and the failing orders, and prints what it measured as one
 * line of JSON. What is counted or profiled slows what is timed, so that a process does one of the three.
 */
import { post } from './saga-http.ts';
import { cpuOf, memoryOf, type Memory, processTree } from './saga-processes.ts';
import type { Seen } from './saga-mock.ts';
import { counted, profiled, type Watched } from './saga-parts.ts';

/** What is benched: an order as a saga. */
export interface Subject {
  readonly version: string;
  /** Where a run is kept, and when that is durable. */
  readonly durable: string;
  run(order: Order): Promise<'completed' | 'compensated' | 'wrong'>;
  /** Processes that it runs in besides this one. */
  readonly processes: readonly number[];
  /** Totals so far, by name: what a run costs is their growth. */
  totals?(): { readonly [what: string]: number };
  close(): Promise<void>;
}

export interface Order {
  readonly orderId: string;
  readonly fail: boolean;
}

/** Opens the subject over the mock at this port; `peers` is where its package is installed. */
export type Open = (mock: number, peers: string) => Promise<Subject>;

export const SUBJECTS: { readonly [name: string]: () => Promise<{ readonly open: Open }> } = {
  plain: () => import('./saga-plain.ts'),
  interlock: () => import('./saga-interlock.ts'),
  restate: () => import('./saga-restate.ts'),
  'local-stepfunctions': () => import('./saga-local-stepfunctions.ts'),
  'aws-durable': () => import('./saga-aws-durable.ts'),
  dbos: () => import('./saga-dbos.ts'),
};

export interface Load {
  readonly runs: number;
  readonly inFlight: number;
  readonly warmUp: number;
}

export interface Measured {
  readonly runsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor per run, of all processes of the subject. */
  readonly cpu: number;
  /** By name, per run: what was written, or what was watched for. */
  readonly totals: { readonly [what: string]: number };
  /** Why the figures count for nothing; undefined where every order came out right. */
  readonly wrong?: string;
}

export interface Report {
  readonly version: string;
  readonly durable: string;
  readonly startMs: number;
  readonly memory: Memory;
  readonly ok: Measured;
  readonly fail: Measured;
}

export type Watch = 'time' | 'count' | 'profile';

interface Asked {
  readonly name: string;
  readonly mock: number;
  readonly peers: string;
  readonly load: Load;
  readonly watch: Watch;
}

async function measured(subject: Subject, { load, mock, watch }: Asked, fail: boolean): Promise<Measured> {
  await many({ ...load, runs: load.warmUp }, (index) => subject.run({ orderId: `warm-${fail}-${index}`, fail }));
  await post({ port: mock, path: '/reset' });
  const before = { ...subject.totals?.(), cpu: cpuOf(subject.processes) };
  const { value: ran, parts } = await WATCHES[watch](() => timed(subject, load, fail));
  const after: { readonly [what: string]: number } = { ...subject.totals?.(), cpu: cpuOf(subject.processes) };
  const { cpu = Number.NaN, ...totals } = perRun(after, before, load);
  const seen = (await post({ port: mock, path: '/seen' })) as Seen;
  const wrong = wrongOf({ ends: ran.ends, seen, load, fail });
  return {
    runsPerSecond: (1000 * load.runs) / ran.ms,
    p50: quantile(ran.times, 0.5),
    p99: quantile(ran.times, 0.99),
    cpu,
    totals: watch === 'time' ? totals : perRun(parts, {}, load),
    ...(wrong !== undefined && { wrong }),
  };
}

const WATCHES: { readonly [W in Watch]: <T>(work: () => Promise<T>) => Promise<Watched<T>> } = {
  time: async (work) => ({ value: await work(), parts: {} }),
  count: counted,
  profile: profiled,
};

type Totals = { readonly [what: string]: number };

function perRun(after: Totals, before: Totals, { runs }: Load): Totals {
  return Object.fromEntries(Object.entries(after).map(([what, total]) => [what, (total - (before[what] ?? 0)) / runs]));
}

interface Ran {
  readonly ms: number;
  readonly times: readonly number[];
  readonly ends: { readonly completed: number; readonly compensated: number };
}

async function timed(subject: Subject, load: Load, fail: boolean): Promise<Ran> {
  const times: number[] = [];
  const ends = { completed: 0, compensated: 0, wrong: 0 };
  const begun = performance.now();
  await many(load, async (index) => {
    const from = performance.now();
    ends[await subject.run({ orderId: `order-${fail}-${index}`, fail })] += 1;
    times.push(performance.now() - from);
  });
  return { ms: performance.now() - begun, times, ends };
}

async function many({ runs, inFlight }: Load, one: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < runs) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** By the subject's own word and by what the systems saw. */
function wrongOf(found: {
  readonly ends: { readonly completed: number; readonly compensated: number };
  readonly seen: Seen;
  readonly load: Load;
  readonly fail: boolean;
}): string | undefined {
  const { ends, seen, load, fail } = found;
  const right = fail ? ends.compensated : ends.completed;
  const calls = load.runs * (fail ? 9 : 6);
  const isRight = right === load.runs && seen.orders === load.runs && seen.calls === calls && seen.wrong === 0;
  return isRight ? undefined : `${right} of ${load.runs} runs ended right; the systems saw ${JSON.stringify(seen)}`;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function main(asked: Asked): Promise<void> {
  const begun = performance.now();
  const { open } = await (SUBJECTS[asked.name] as (typeof SUBJECTS)[string])();
  const subject = await open(asked.mock, asked.peers);
  await subject.run({ orderId: 'first', fail: false });
  const startMs = performance.now() - begun;
  const ok = await measured(subject, asked, false);
  const fail = await measured(subject, asked, true);
  const { version, durable, processes } = subject;
  const memory = memoryOf([process.pid, ...processes.flatMap(processTree)]);
  const report: Report = { version, durable, startMs, memory, ok, fail };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  await subject.close();
}

if (import.meta.main) {
  const [name = '', mock, peers = '', runs, inFlight, warmUp, watch] = process.argv.slice(2);
  const load = { runs: Number(runs), inFlight: Number(inFlight), warmUp: Number(warmUp) };
  await main({ name, mock: Number(mock), peers, load, watch: watch as Watch });
  process.exit(0);
}
