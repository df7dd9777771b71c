/** A rehearsal as text: the verdict, the matrix of faults by steps, what took longest, what was never reached. */
import { durationText } from '../model/duration.ts';
import type { Extreme, FoundViolation, RehearsalReport } from '../rehearse/explore.ts';
import type { End, PlayedJob } from '../rehearse/played.ts';
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
      ? ink.green('all eight invariants held in every scenario')
      : ink.red(`${kinds} ${kinds === 1 ? 'promise is' : 'promises are'} broken`);
  return [
    `${ink.bold(report.workflowId)}: ${verdict}`,
    countsOf(report),
    '',
    ...matrixOf(report, ink),
    '',
    extreme('slowest', report.slowest, again),
    extreme('costliest', report.costliest, again),
    ...coverageOf(report),
    ...report.notes.map((note) => `note: ${note}`),
    ...violations.flatMap((violation) => violationOf(violation, ink, again)),
    '',
  ].join('\n');
}

function countsOf({ scenarios, seed }: RehearsalReport): string {
  const { explored, singles, pairs, searched, merged, unreachable, left } = scenarios;
  const rest = left === 0 ? '' : `; ${left} pairs are left (--most)`;
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

function painted(end: End, ink: Ink): string {
  if (end === 'violated') return ink.red(LETTERS[end]);
  return end === 'needs attention' ? ink.yellow(LETTERS[end]) : LETTERS[end];
}

function extreme(name: string, { ms, requests, transitions, faults, scenario }: Extreme, again: string): string {
  const cause = faults.length === 0 ? 'without a fault' : faults.join(' + ');
  return `${name.padEnd(10)}${durationText(ms)} of virtual time, ${requests} requests, ${transitions} transitions: ${cause} (${again} ${scenario})`;
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
    `${phase} after ${durationText(ms)} of virtual time, ${fired.length} ${fired.length === 1 ? 'fault' : 'faults'}`,
    ...missed.map((fault) => `never got as far as: ${fault}`),
    ...violations.map(({ invariant, what }) => `invariant ${invariant}: ${what}`),
    '',
  ].join('\n');
}
