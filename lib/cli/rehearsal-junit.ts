/** A rehearsal as JUnit XML: a test case for each cell of the matrix, and one for each broken promise. */
import type { RehearsalReport } from '../rehearse/explore.ts';
import { escaped } from '../report/escaped.ts';

export function rehearsalJunit({ workflowId, matrix, violations, more, brokenOff }: RehearsalReport): string {
  const cells = matrix.rows.flatMap((row) =>
    Object.entries(matrix.cells[row] ?? {}).map(([fault, { end }]) => ({ name: `${fault}: ${end}`, row, end })),
  );
  const cases = cells.map(
    ({ name, row }) => `    <testcase classname="${escaped(`${workflowId}.${row}`)}" name="${escaped(name)}"/>`,
  );
  const broken = violations.map(({ invariant, what, scenario, faults, timeline }) =>
    [
      `    <testcase classname="${escaped(workflowId)}" name="${escaped(`invariant ${invariant} in ${scenario}`)}">`,
      `      <failure message="${escaped(what.split('\n')[0] ?? '')}">${escaped([...faults, '', ...timeline].join('\n'))}</failure>`,
      '    </testcase>',
    ].join('\n'),
  );
  if (brokenOff) broken.push(BROKEN_OFF.replace('CLASS', () => escaped(workflowId)));
  const head = `tests="${cases.length + broken.length}" failures="${broken.length}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite name="${escaped(`interlock rehearse ${workflowId}`)}" ${head}>`,
    ...cases,
    ...broken,
    ...(more === 0 ? [] : [`    <system-out>${more} more promises are broken</system-out>`]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** Half a rehearsal proves nothing: no build may take it for a whole one. */
const BROKEN_OFF =
  '    <testcase classname="CLASS" name="played to its end"><failure message="the rehearsal was broken off"/></testcase>';
