/** What the rounds of the saga bench come to: a row per subject and way, what was asked of Interlock, what a run costs. */
import type { Measured, Report } from './saga-subject.ts';

/** The reports of each subject, in the order of the rounds. */
export type Rounds = ReadonlyMap<string, readonly Report[]>;

type Way = 'ok' | 'fail';
const WAYS: readonly Way[] = ['ok', 'fail'];

const HEAD = ['subject', 'way', 'runs/s', 'p50 ms', 'p99 ms', 'CPU us/run', 'MiB', 'peak', 'start ms', 'durable'];

export function table(rounds: Rounds): readonly string[] {
  const rows = [...rounds].flatMap(([name, reports]) => WAYS.map((way) => rowOf(name, reports, way)));
  return aligned([HEAD, ...rows]);
}

function rowOf(name: string, reports: readonly Report[], way: Way): readonly string[] {
  const of = (figure: (measured: Measured) => number): readonly number[] => reports.map((one) => figure(one[way]));
  const wrong = reports.find((one) => one[way].wrong !== undefined);
  const { version = '', durable = '' } = reports[0] ?? {};
  return [
    `${name} (${version})`,
    way,
    spread(of(({ runsPerSecond }) => runsPerSecond)),
    median(of(({ p50 }) => p50)).toFixed(1),
    spread(of(({ p99 }) => p99)),
    median(of(({ cpu }) => cpu)).toFixed(0),
    median(reports.map(({ memory }) => memory.now)).toFixed(0),
    median(reports.map(({ memory }) => memory.peak)).toFixed(0),
    median(reports.map(({ startMs }) => startMs)).toFixed(0),
    wrong ? `WRONG: ${wrong[way].wrong}` : durable,
  ];
}

/** The median, and between what it lies. */
function spread(values: readonly number[]): string {
  return `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}..${Math.max(...values).toFixed(0)})`;
}

const MEMORY_LIMIT_MIB = 250;

/** What is asked of Interlock, with what it came to. */
export function verdicts(rounds: Rounds): readonly string[] {
  const ours = rounds.get('interlock');
  if (!ours) return [];
  const peak = median(ours.map(({ memory }) => memory.peak));
  return [
    ...compared(ours, rounds.get('restate')).map(
      ({ way, faster, slower }) =>
        `  must, ${way}: 2 x Restate's runs/s: ${faster.toFixed(2)} x; p99 no worse: ${slower.toFixed(2)} x`,
    ),
    `  must: memory under ${MEMORY_LIMIT_MIB} MiB: ${peak.toFixed(0)} MiB at its peak`,
    ...compared(ours, rounds.get('plain')).map(
      ({ way, faster }) => `  aim, ${way}: half of plain Promise code: ${faster.toFixed(2)} x`,
    ),
  ];
}

/** Medians of the ratios within a round. */
function compared(
  ours: readonly Report[],
  theirs: readonly Report[] = [],
): readonly { readonly way: Way; readonly faster: number; readonly slower: number }[] {
  if (theirs.length === 0) return [];
  const ratio = (way: Way, figure: (measured: Measured) => number): number =>
    median(ours.map((one, round) => figure(one[way]) / figure((theirs[round] as Report)[way])));
  return WAYS.map((way) => ({
    way,
    faster: ratio(way, ({ runsPerSecond }) => runsPerSecond),
    slower: ratio(way, ({ p99 }) => p99),
  }));
}

/** Per run: what was written in the timed rounds, what was called and where the time went in the watched ones. */
export function partsTable(rounds: Rounds, counts: Report, profile: Report): readonly string[] {
  const [timed] = rounds.get('interlock') ?? [];
  const rows = [timed, counts, profile].flatMap((report, index) => {
    if (!report) return [];
    const names = new Set([...Object.keys(report.ok.totals), ...Object.keys(report.fail.totals)]);
    const unit = index === 2 ? ', us' : '';
    return [...names].map((name) => [
      `${name}${unit}`,
      ...WAYS.map((way) => (report[way].totals[name] ?? 0).toFixed(index === 2 ? 0 : 2)),
    ]);
  });
  return ['', ...aligned([['per run of interlock', ...WAYS], ...rows])];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
