/** What can fail at each step, and what the design does: outcomes with the same answer share a row. */
import type { Analysis } from '../../analyze/analyze.ts';
import type { RunEnd, Scenario } from '../../analyze/scenarios.ts';
import type { Ink } from '../terminal.ts';
import { padded, paragraph } from './columns.ts';
import type { Page } from './render-analysis.ts';

const INTRODUCTION =
  'How the run may end by each. A failure that no line answers for raises the fence: no new effect begins, and what stands is undone.';

export function renderFailures({ scenarios }: Analysis, { ink, width }: Page): readonly string[] {
  const when = new Map(scenarios.map(({ outcome, when: words }) => [outcome, words]));
  const legend = [...when].flatMap(([outcome, words]) => paragraph(`${padded(outcome, 11)}  `, words, width - 2));
  const byStep = [...Map.groupBy(scenarios, ({ step }) => step)].flatMap(([step, own]) => [
    ink.bold(step),
    ...standing(own, width).map((line) => `  ${line}`),
    ...[...Map.groupBy(own, sameAnswer).values()].flatMap((alike) => rows(alike, ink, width)),
  ]);
  return [...paragraph('', INTRODUCTION, width - 2), ...legend.map((line) => ink.dim(line)), ...byStep];
}

/** What it finds done when it fails: the same by whatever outcome. */
function standing(own: readonly Scenario[], width: number): readonly string[] {
  const [most] = own.toSorted(
    (a, b) => b.undone.flat().length - a.undone.flat().length || b.open.length - a.open.length,
  );
  if (!most) return [];
  const others = most.open.filter((step) => step !== most.step);
  const parts = [
    ...(most.undone.length > 0 ? [`undoes ${most.undone.map((wave) => wave.join(' and ')).join(', then ')}`] : []),
    ...(most.stays.length > 0 ? [`lets stand ${most.stays.join(', ')}`] : []),
    ...(others.length > 0 ? [`leaves ${others.join(', ')} to an operator`] : []),
  ];
  return parts.length === 0 ? [] : paragraph('its failure ', parts.join('; '), width - 4);
}

function sameAnswer({ design, ends }: Scenario): string {
  return JSON.stringify([design, ends]);
}

const OUTCOMES_WIDTH = 29;
const ENDS_WIDTH = 26;

function rows(alike: readonly Scenario[], ink: Ink, width: number): readonly string[] {
  const [first] = alike;
  if (!first) return [];
  const outcomes = padded(alike.map(({ outcome }) => outcome).join(', '), OUTCOMES_WIDTH);
  const plain = first.ends.join(', ') || 'as its workflow ends';
  const ends = first.ends.map((end) => paintedEnd(end, ink)).join(', ') || ink.dim(plain);
  const head = `  ${outcomes}  `;
  const [line = '', ...rest] = first.design.flatMap((one) =>
    paragraph('', one, width - 2 - head.length - ENDS_WIDTH - 2),
  );
  const gap = ' '.repeat(Math.max(2, ENDS_WIDTH + 2 - plain.length));
  const indent = ' '.repeat(head.length + ENDS_WIDTH + 2);
  return [`${head}${ends}${gap}${line}`.trimEnd(), ...rest.map((one) => indent + one)];
}

function paintedEnd(end: RunEnd, ink: Ink): string {
  if (end === 'succeeded') return ink.green(end);
  return end === 'needs-attention' ? ink.red(end) : ink.yellow(end);
}
