/**
 * The template as text, and its logical ids as a contract: CloudFormation takes a renamed table for another table. UPDATE=1
 * rewrites both; a commit that does so says why they moved.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { compactJson } from '../support/compact-json.ts';
import { resourcesOf, synthesised, withoutCode } from '../support/synthesised.ts';
import { watchSummary } from '../support/watch-summary.ts';

const REFUNDS = 'test/stack/refunds';
const ORDERS = 'state-machines/order-fulfilment';

const PARTS = [
  'Runs',
  'Payloads',
  'Shared',
  'DeadLetters',
  'CallLedger',
  'CallPayments',
  'Core',
  'Lifecycle',
  'Ends',
  'Upkeep',
  'Sweep',
  'Reconcile',
  'Health',
  'Redrive',
  'Log',
  'WorkflowRefund',
  'WorkflowAudit',
];

/** Those that are much of a muchness: which resources they are. Who may do what is in permissions.test.ts. */
const LISTED = ['Watch', 'RunApi'];

let refunds: Template;
let orders: Template;

beforeAll(async () => {
  refunds = await synthesised(REFUNDS);
  orders = await synthesised(ORDERS);
}, 60_000);

describe('the template', () => {
  it.each(PARTS)('is the one that is checked in: %s', (part) => {
    const actual = compactJson(resourcesIn(part, refunds));
    expect(actual).toBe(expected(`refunds.template/${part}.json`, actual));
  });

  it('lists the resources of its other parts as they are checked in', () => {
    const ids = LISTED.flatMap((part) =>
      Object.entries(resourcesIn(part, refunds) as { [id: string]: { Type: string } }),
    );
    const actual = `${ids
      .map(([id, { Type }]) => `${Type} ${id}`)
      .sort()
      .join('\n')}\n`;
    expect(actual).toBe(expected('refunds.template/others.ids.txt', actual));
  });

  it('is watched as it is checked in', () => {
    const actual = watchSummary(refunds);
    expect(actual).toBe(expected('refunds.template/Watch.txt', actual));
  });

  it('has no part that is not checked in', () => {
    const known = [...PARTS, ...LISTED].flatMap((part) => Object.keys(resourcesIn(part, refunds)));
    expect(known.sort()).toEqual([...resourcesOf(refunds).keys()].map(withoutCode).sort());
  });

  it('keeps the logical ids of what is deployed', () => {
    const actual = idsOf(orders);
    expect(actual).toBe(expected('order-fulfilment.ids.txt', actual));
  });

  it('holds the machines as they are checked in beside its description', () => {
    const machines = [...resourcesOf(orders, 'AWS::StepFunctions::StateMachine').values()];
    const checkedIn = ['place-order.asl.json', 'place-order.undo.asl.json'].map((file) =>
      readFileSync(join(ORDERS, file), 'utf8'),
    );
    const deployed = machines.map(({ Properties }): unknown => JSON.parse(Properties['DefinitionString'] as string));
    expect(deployed).toEqual(checkedIn.map((text): unknown => JSON.parse(text)));
  });

  it('is the same when it is made again: a deploy of nothing changes nothing', async () => {
    expect((await synthesised(REFUNDS)).toJSON()).toEqual(refunds.toJSON());
  });

  it('has the same ids in an app that sets no feature flag', async () => {
    expect(idsOf(await synthesised(REFUNDS, {}))).toBe(idsOf(refunds));
  });
});

/** One construct's resources; what integrations share stands beside them. Machines have goldens of their own, and an asset's digest moves with the bundles. */
function resourcesIn(part: string, template: Template): object {
  const id = new RegExp(`^(Refunds)?${part}`);
  const resources = Object.fromEntries([...resourcesOf(template)].filter(([name]) => id.test(name)));
  const text = JSON.stringify(resources, (key, value: unknown) =>
    key === 'DefinitionString' ? '<the machine>' : value,
  );
  return JSON.parse(withoutCode(text).replace(/[0-9a-f]{64}\.zip/g, '<digest>.zip')) as object;
}

function idsOf(template: Template): string {
  const ids = [...resourcesOf(template)].map(([id, { Type }]) => `${Type} ${withoutCode(id)}`);
  return `${ids.sort().join('\n')}\n`;
}

function expected(file: string, actual: string): string {
  const path = join(import.meta.dirname, file);
  if (process.env['UPDATE'] === '1') writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
