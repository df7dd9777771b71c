/** The alarms that a report explains are those that a stack puts up: both are made of one table. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reported } from '../support/reporting.ts';
import { ROOT } from '../support/source-tree.ts';
import { resourcesOf, synthesised } from '../support/synthesised.ts';

const FOLDER = 'state-machines/order-fulfilment';
const NAMES = [
  'workflow.arazzo.yaml',
  'inventory.openapi.yaml',
  'payments.openapi.yaml',
  'fraud.openapi.yaml',
  'shipping.openapi.yaml',
  'shared/problem.yaml',
];

it('a report says of every alarm of the stack when it rings', async () => {
  const texts = Object.fromEntries(NAMES.map((name) => [name, readFileSync(join(ROOT, FOLDER, name), 'utf8')]));
  const { page } = await reported('workflow.arazzo.yaml', texts);
  const template = await synthesised(FOLDER);
  const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm').values()];
  const said = alarms.map(({ Properties }) => String(Properties['AlarmDescription']));
  // A burn rate is two alarms that ring only together.
  const single = said.filter((description) => !description.startsWith('Of the '));
  expect(single.length).toBeGreaterThan(10);
  expect(single.filter((description) => !page.includes(`<td>${description}</td>`))).toEqual([]);
});
