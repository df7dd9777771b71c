/**
 * States per second of the engine: ten Pass states, and a saga of six Tasks with a Parallel of three, with handlers that
 * answer at once; one run at a time and 50 in flight; without a log and with the durable one; and aws-local-stepfunctions
 * with the same machines in JSONPath. The subjects take turns in short rounds, so that a busy moment of the machine falls
 * on all of them, and each figure is that of its best round: noise only ever slows.
 */
import type { BenchOptions } from './main.ts';
import { bareCommit, openSqlite } from './engine-logs.ts';
import { MACHINES, ourEngine, type Subject } from './engine-subjects.ts';
import { otherEngine } from './other-engine.ts';

interface Load {
  readonly machine: string;
  readonly runs: number;
  readonly inFlight: number;
}

interface Measured extends Load {
  readonly subject: string;
  readonly bestMs: number;
  readonly medianMs: number;
  readonly commitsPerRun: number;
}

const IN_FLIGHT = [1, 50];
const BASELINE = 'aws-local-stepfunctions';
const OURS = 'interlock';
const DURABLE = 'interlock, durable';

export async function bench({ flags }: BenchOptions): Promise<string> {
  const runs = Number(flags.get('runs') ?? 500);
  const rounds = Number(flags.get('rounds') ?? 15);
  const only = flags.get('machine');
  const log = await openSqlite();
  const bare = await bareCommit();
  const subjects = [otherEngine(BASELINE), ourEngine(OURS, null), ourEngine(DURABLE, log)];
  const results: Measured[] = [];
  for (const machine of Object.keys(MACHINES)) {
    if (only !== undefined && only !== machine) continue;
    for (const inFlight of IN_FLIGHT) results.push(...(await measure(subjects, { machine, runs, inFlight }, rounds)));
  }
  for (let round = 0; round < rounds; round += 1) bare.round();
  for (const subject of subjects) subject.close();
  await Promise.all([log.close(), bare.close()]);
  return [...results.map((one) => line(one, results)), ...bounds(results, bare.bestMs())].join('\n');
}

async function measure(subjects: readonly Subject[], load: Load, rounds: number): Promise<readonly Measured[]> {
  const times = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (const subject of subjects) await many(() => subject.run(load.machine), load);
  const before = subjects.map(({ commits }) => commits());
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const begun = performance.now();
      await many(() => subject.run(load.machine), load);
      times.get(subject)?.push(performance.now() - begun);
    }
  }
  return subjects.map((subject, index) => {
    const sorted = (times.get(subject) ?? []).toSorted((left, right) => left - right);
    return {
      ...load,
      subject: subject.name,
      bestMs: sorted[0] ?? Number.NaN,
      medianMs: sorted[sorted.length >> 1] ?? Number.NaN,
      commitsPerRun: (subject.commits() - (before[index] ?? 0)) / (rounds * load.runs),
    };
  });
}

async function many(one: () => Promise<void>, { runs, inFlight }: Load): Promise<void> {
  let left = runs;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

function line(measured: Measured, results: readonly Measured[]): string {
  const { machine, inFlight, subject, runs, bestMs, medianMs, commitsPerRun } = measured;
  const baseline = find(results, BASELINE, measured);
  const states = (MACHINES[machine]?.states ?? 0) * runs;
  const figure = (ms: number): string => Math.round((1000 * states) / ms).toLocaleString('en');
  const ratio = ((baseline?.bestMs ?? Number.NaN) / bestMs).toFixed(2);
  const commits = commitsPerRun === 0 ? '' : `  ${commitsPerRun.toFixed(2)} commits a run`;
  return (
    `  ${machine.padEnd(8)}${String(inFlight).padStart(3)} in flight  ${subject.padEnd(26)}` +
    `${figure(bestMs).padStart(10)} states/s (median ${figure(medianMs).padStart(8)}) ${ratio.padStart(7)} x${commits}`
  );
}

/** What durability costs: at 50 in flight against our own speed without, one at a time against its commits. */
function bounds(results: readonly Measured[], commitMs: number): readonly string[] {
  return results
    .filter(({ subject }) => subject === DURABLE)
    .map((durable) => {
      const { machine, inFlight, bestMs, medianMs, runs, commitsPerRun } = durable;
      const free = find(results, OURS, durable);
      if (inFlight > 1 && free !== undefined) {
        const [best, median] = [free.bestMs / bestMs, free.medianMs / medianMs];
        return `  ${machine}, ${inFlight} in flight: durable at ${best.toFixed(2)} of the speed without (median ${median.toFixed(2)})`;
      }
      const runMs = bestMs / runs;
      return (
        `  ${machine}, one at a time: ${runMs.toFixed(2)} ms a run, ${(runMs / (commitsPerRun * commitMs)).toFixed(2)} x ` +
        `(${commitsPerRun.toFixed(2)} commits x ${commitMs.toFixed(3)} ms for a bare commit)`
      );
    });
}

function find(results: readonly Measured[], subject: string, { machine, inFlight }: Load): Measured | undefined {
  return results.find((one) => one.subject === subject && one.machine === machine && one.inFlight === inFlight);
}
