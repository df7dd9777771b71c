/** Rehearsals of steps that ask a person: somebody answers, and a run may take days until the answer. */
import { expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import { explored, rehearsedFlow, undoable } from '../support/rehearsing.ts';

const FORM: JsonObject = {
  type: 'form',
  title: 'Make it?',
  schema: { type: 'object', required: ['limit'], properties: { limit: { type: 'integer', minimum: 5 } } },
  deadline: '30m',
  onTimeout: 'reject',
};

it('a step that asks a person is answered as its form wants, and gets to its request', async () => {
  const { options } = await rehearsedFlow({
    first: undoable('first'),
    second: { ...undoable('second'), interaction: FORM },
  });
  const report = await explored(options, { most: 120 });
  expect(report.violations).toEqual([]);
  // Its request can be refused, so it was made.
  expect(report.matrix.cells['second']?.['refused']).toMatchObject({ end: 'compensated' });
  expect(report.matrix.cells['second']?.['slow']).toMatchObject({ end: 'recovered' });
});

it('a run that may take longer than two days is waited for until its deadline', async () => {
  const { options } = await rehearsedFlow({ second: { ...undoable('second'), interaction: FORM } });
  const { workflow } = options;
  const patient = { ...workflow, plan: { ...workflow.plan, deadlineMs: 5 * 86_400_000 } };
  const report = await explored({ ...options, workflow: patient }, { most: 40 });
  expect(report.violations).toEqual([]);
});

it('a person may say no, say nothing, and give no more than he must; each ends as the workflow says', async () => {
  const properties = { limit: { type: 'integer', minimum: 5 }, note: { type: 'string' } };
  const form = { ...FORM, schema: { type: 'object', required: ['limit'], properties } };
  const { options } = await rehearsedFlow({
    first: undoable('first'),
    second: { ...undoable('second'), interaction: form },
  });
  const { matrix, violations, unreached } = await explored(options, { most: 250 });
  expect(violations.map(({ what }) => what)).toEqual([]);
  const end = (fault: string): string | undefined => matrix.cells['second']?.[fault]?.end;
  // What was done before is taken back where nobody allows what comes next.
  expect(end('person-refuses')).toBe('compensated');
  expect(end('person-silent')).toBe('compensated');
  expect(end('person-brief')).toBe('recovered');
  expect(unreached.filter(({ kind }) => kind.startsWith('person-'))).toEqual([]);
}, 120_000);

it('a form that leaves no choice cannot be answered briefly, and who only agrees has no form', async () => {
  const { options } = await rehearsedFlow({ second: { ...undoable('second'), interaction: FORM } });
  const { matrix } = await explored(options, { most: 0 });
  expect(matrix.faults).toContain('person-refuses');
  expect(matrix.faults).not.toContain('person-brief');
});
