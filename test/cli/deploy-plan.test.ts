/** `interlock deploy-plan` against a cloud assembly: what it says of each workflow, for whom, and of what is no assembly. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IntegrationsStack } from '../../lib/constructs/integrations-stack.ts';
import { bundleHandlers } from '../../scripts/bundle.ts';
import { interlockHere } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';
import { describedAt } from '../support/synthesised.ts';

const REFUNDS = join(ROOT, 'test', 'stack', 'refunds');

let folder: string;
let assembly: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-deploy-plan-'));
  assembly = join(folder, 'deployed');
  await bundleHandlers();
  const app = new App({ outdir: assembly, analyticsReporting: false });
  new IntegrationsStack(app, 'Interlock', { integrations: [await describedAt('test/stack/refunds')] });
  app.synth();
  // What an earlier synth left behind is not deployed.
  mkdirSync(join(assembly, 'asset.old', 'plans'), { recursive: true });
  writeFileSync(join(assembly, 'asset.old', 'plans', 'x.json'), '{"integration":"refunds","workflowId":"gone"}');
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The description under another text. */
function changed(name: string, change: (text: string) => string): string {
  const copy = join(folder, name, 'refunds');
  cpSync(REFUNDS, copy, { recursive: true });
  const file = join(copy, 'workflow.arazzo.yaml');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return copy;
}

it('says of what is deployed already that it stays as it is', async () => {
  expect(await interlockHere(['deploy-plan', REFUNDS, '--deployed', assembly])).toMatchObject({
    code: 0,
    out: 'audit: as it is\nrefund: as it is\n',
  });
});

it('is not moved by a comment', async () => {
  const commented = changed('commented', (text) => `# A thought.\n${text}`);
  const { out } = await interlockHere(['deploy-plan', commented, '--deployed', assembly]);
  expect(out).toBe('audit: as it is\nrefund: as it is\n');
});

it('names the steps that change, and what that means for runs under way, failed ones and new ones', async () => {
  const [, step = ''] = /stepId: ([\w-]+)/.exec(readFileSync(join(REFUNDS, 'workflow.arazzo.yaml'), 'utf8')) ?? [];
  const renamed = changed('renamed', (text) => text.replaceAll(step, 'renamed-step'));
  const { code, out } = await interlockHere(['deploy-plan', renamed, '--deployed', assembly]);
  expect(code).toBe(0);
  expect(out).toContain('  + renamed-step\n');
  expect(out).toContain(`  - ${step}\n`);
  expect(out).toContain('  runs under way  go on under the plan and the functions that they began with');
  expect(out).toContain('  failed runs     are retried under the new plan only');
});

it('gives the same as one JSON object', async () => {
  const { out } = await interlockHere(['deploy-plan', REFUNDS, '--deployed', assembly, '--json']);
  expect(JSON.parse(out)).toEqual({
    workflows: [
      { workflowId: 'audit', change: 'same' },
      { workflowId: 'refund', change: 'same' },
    ],
    systems: { added: [], removed: [] },
  });
});

it('says what is new, whose credentials have to be there, and that another integration is deployed there', async () => {
  const said = await interlockHere(['deploy-plan', 'state-machines/order-fulfilment', '--deployed', assembly]);
  expect(said.error).toContain('order-fulfilment is not deployed there; what is: refunds');
  expect(said.out).toContain('place-order: new\n');
  expect(said.out).toContain('system fraud: called for the first time; its credentials have to be there');
});

it('fails with 2 without an assembly, and on a folder that is none', async () => {
  expect(await interlockHere(['deploy-plan', REFUNDS])).toMatchObject({ code: 2, out: '' });
  const said = await interlockHere(['deploy-plan', REFUNDS, '--deployed', REFUNDS]);
  expect(said).toMatchObject({ code: 2, out: '' });
  expect(said.error).toContain('is not a cloud assembly of Interlock');
});
