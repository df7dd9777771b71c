/**
 * The CDK app of this repository: every folder below state-machines/ (or `-c descriptions=FOLDER`) as an Integration, in one
 * stack as long as there is room. `-c environment=NAME` chooses the environment (default aws), which is then part of the stack's name;
 * `-c demo=true` puts the example's systems up, too.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Options } from '../lib/cli/command.ts';
import { exitCodeOf, renderError } from '../lib/cli/exit-code.ts';
import { openDescription } from '../lib/cli/open-description.ts';
import type { DemoSystemsProps } from '../lib/constructs/demo-systems.ts';
import type { DescribedIntegration } from '../lib/constructs/described-integration.ts';
import { describeIntegration } from '../lib/constructs/describe-integration.ts';
import { type IntegrationsAppProps, missingPins, putUp } from '../lib/constructs/integrations-app.ts';
import { bundleDemo, bundleHandlers } from '../scripts/bundle.ts';

const FOLDER = 'state-machines';
const DEMO = 'order-fulfilment';

try {
  const app = new App();
  const said = (key: string): unknown => app.node.tryGetContext(key);
  const environment = String(said('environment') ?? 'aws');
  const [integrations, demos] = await Promise.all([
    describeAll(String(said('descriptions') ?? FOLDER), environment),
    String(said('demo')) === 'true' ? demoSystems() : undefined,
    bundleHandlers(),
  ]);
  // Written by hand in cdk.json.
  const pinned = (said('stacks') ?? {}) as NonNullable<IntegrationsAppProps['pinned']>;
  const props = { integrations, pinned, environment, ...(demos && { demos }) };
  const pins = missingPins(putUp(app, props), props);
  if (pins) process.stderr.write(`${adviceOn(pins)}\n`);
  app.synth();
} catch (error) {
  process.stderr.write(renderError(error));
  process.exitCode = exitCodeOf(error);
}

async function describeAll(folder: string, environment: string): Promise<readonly DescribedIntegration[]> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = entries.map(({ name }) => join(folder, name)).sort();
  return await Promise.all(
    paths.map((path) => describeIntegration({ ...openDescription(path, new Options({})), environment })),
  );
}

async function demoSystems(): Promise<ReadonlyMap<string, DemoSystemsProps>> {
  const [code, { deployedSystems }] = await Promise.all([
    bundleDemo(),
    import('../state-machines/order-fulfilment/systems/deployed.ts'),
  ]);
  return new Map([[DEMO, { systems: deployedSystems, code }]]);
}

function adviceOn(pins: object): string {
  return [
    'The integrations need several stacks: deploy with `--all`. So that none moves when another is added (it would',
    `get new tables), write into the context of cdk.json: "stacks": ${JSON.stringify(pins)}`,
  ].join('\n');
}
