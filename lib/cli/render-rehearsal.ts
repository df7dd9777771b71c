/** A rehearsal as text: the verdict, the matrix of faults by steps, what took longest, what was never reached. */
import type { Extreme, FoundViolation, RehearsalReport } from '../rehearse/explore.ts';
import type { End, PlayedJob } from '../rehearse/played.ts';
import { millis } from './render-run.ts';
import type { Ink } from './terminal.ts';

export const LETTERS: { readonly [E in End]: string } = {
  recovered: '.',
  retried: 'r',
  degraded: 'd',
  compensated: 'c',
  'needs attention': 'A',
  violated: 'V',
};

const SHOWN = 12;

export function renderRehearsal(report: RehearsalReport, ink: Ink, operand: string | undefined): string {
  const { violations, more } = report;
  const again = `interlock rehearse${operand === undefined ? '' : ` ${operand}`} --replay`;
  const kinds = violations.length + more;
  const verdict =
    kinds === 0
      ? ink.green(`all eight invariants held in every scenario${report.brokenOff ? ' that was played' : ''}`)
      : ink.red(`${kinds} ${kinds === 1 ? 'promise is' : 'promises are'} broken`);
  return [
    `${ink.bold(report.workflowId)}: ${verdict}`,
    ...(report.brokenOff ? [ink.yellow('broken off: this is what was known by then')] : []),
    countsOf(report),
    '',
    ...matrixOf(report, ink),
    '',
    ...openCellsOf(report, again),
    extreme('slowest', report.slowest, again),
    extreme('costliest', report.costliest, again),
    ...coverageOf(report),
    ...report.notes.map((note) => `note: ${note}`),
    ...violations.flatMap((violation) => violationOf(violation, ink, again)),
    '',
  ].join('\n');
}

function countsOf({ scenarios, seed, brokenOff }: RehearsalReport): string {
  const { explored, singles, pairs, searched, merged, unreachable, left } = scenarios;
  const rest = left === 0 ? '' : `; ${left} of ${pairs + left} pairs are left${brokenOff ? '' : ' (--most)'}`;
  return `${explored} scenarios explored (${singles} single faults, ${pairs} pairs, ${searched} searched with seed ${seed}), ${merged} merged, ${unreachable} unreachable${rest}`;
}

function matrixOf({ matrix }: RehearsalReport, ink: Ink): readonly string[] {
  const { rows, faults, cells } = matrix;
  const wide = Math.max(0, ...faults.map((fault) => fault.length));
  const head = `${''.padEnd(wide)}  ${rows.map((_, at) => String(at + 1).padStart(3)).join('')}`;
  const lines = faults.map((fault) => {
    const marks = rows.map((row) => {
      const end = cells[row]?.[fault]?.end;
      return `  ${end === undefined ? ' ' : painted(end, ink)}`;
    });
    return `${fault.padEnd(wide)}  ${marks.join('')}`.trimEnd();
  });
  const legend = Object.entries(LETTERS).map(([end, letter]) => `${letter} ${end}`);
  return [head, ...lines, '', legend.join(', '), ...rows.map((row, at) => `${String(at + 1).padStart(3)} ${row}`)];
}

/** Where a person is needed, or a promise is broken: worst first, and how to see it again. */
function openCellsOf({ matrix }: RehearsalReport, again: string): readonly string[] {
  const { rows, faults, cells } = matrix;
  const all = rows.flatMap((row) =>
    faults.flatMap((fault) => {
      const cell = cells[row]?.[fault];
      return cell && OPEN.includes(cell.end) ? [{ ...cell, row, fault }] : [];
    }),
  );
  if (all.length === 0) return [];
  const shown = all.toSorted((one, other) => OPEN.indexOf(one.end) - OPEN.indexOf(other.end)).slice(0, SHOWN);
  const wide = Math.max(...shown.map(({ scenario }) => scenario.length));
  const lines = shown.map(({ end, scenario, row, fault, faults: fired }) => {
    const before = fired.length > 1 ? `, after ${fired.slice(0, -1).join(' + ')}` : '';
    return `  ${LETTERS[end]} ${scenario.padEnd(wide)}  ${fault} at ${row}${before}`;
  });
  const more = all.length - shown.length;
  return [
    `${all.length} ${all.length === 1 ? 'cell' : 'cells'} to look at; each again, with its timeline: ${again} ID`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more (--json and --html have all)`] : []),
    '',
  ];
}

const OPEN: readonly End[] = ['violated', 'needs attention'];

function painted(end: End, ink: Ink): string {
  if (end === 'violated') return ink.red(LETTERS[end]);
  return end === 'needs attention' ? ink.yellow(LETTERS[end]) : LETTERS[end];
}

function extreme(name: string, { ms, requests, transitions, faults, scenario }: Extreme, again: string): string {
  const cause = faults.length === 0 ? 'without a fault' : faults.join(' + ');
  return `${name.padEnd(10)}${millis(ms)} of virtual time, ${requests} requests, ${transitions} transitions: ${cause} (${again} ${scenario})`;
}

function coverageOf({ coverage, unreached }: RehearsalReport): readonly string[] {
  const lines = Object.entries(coverage).map(([name, { all, never }]) => {
    const missing = never.length === 0 ? '' : `; never: ${listed(never)}`;
    return `${name.padEnd(10)}${all - never.length} of ${all} exercised${missing}`;
  });
  const names = unreached.map(({ row, kind }) => `${kind} at ${row}`);
  return names.length === 0 ? lines : [...lines, `${'unreached'.padEnd(10)}${listed(names)}`];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(' · ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more (--json has all)` : shown;
}

function violationOf(
  { invariant, what, faults, timeline, scenario, alike }: FoundViolation,
  ink: Ink,
  again: string,
): readonly string[] {
  return [
    '',
    ink.red(`invariant ${invariant}: ${what.split('\n')[0]}`),
    ...faults.map((fault) => `  fault: ${fault}`),
    ...(alike === 0 ? [] : [`  and ${alike} more scenarios like it`]),
    ...timeline.map((line) => `  ${line}`),
    `  ${again} ${scenario}`,
  ];
}

export function renderPlayed(
  { phase, ms, fired, violations, timeline = [] }: Omit<PlayedJob, 'points' | 'covered'>,
  missed: readonly string[],
): string {
  return [
    ...timeline,
    '',
    `${phase} after ${millis(ms)} of virtual time, ${fired.length} ${fired.length === 1 ? 'fault' : 'faults'}`,
    ...missed.map((fault) => `never got as far as: ${fault}`),
    ...violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`),
    '',
  ].join('\n');
}
