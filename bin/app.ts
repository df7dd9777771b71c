/**
 * The CDK app of this repository: every folder below state-machines/ as an Integration, all in one stack.
 * `-c environment=NAME` chooses the environment (default aws).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Options } from '../lib/cli/command.ts';
import { exitCodeOf, renderError } from '../lib/cli/exit-code.ts';
import { openDescription } from '../lib/cli/open-description.ts';
import { describeIntegration } from '../lib/constructs/describe-integration.ts';
import { IntegrationsStack } from '../lib/constructs/integrations-stack.ts';
import { bundleHandlers } from '../scripts/bundle.ts';

const FOLDER = 'state-machines';

try {
  const app = new App();
  const environment = String(app.node.tryGetContext('environment') ?? 'aws');
  const [integrations] = await Promise.all([describeAll(environment), bundleHandlers()]);
  new IntegrationsStack(app, 'Interlock', { integrations, description: 'Workflows over APIs, put up by Interlock' });
  app.synth();
} catch (error) {
  process.stderr.write(renderError(error));
  process.exitCode = exitCodeOf(error);
}

async function describeAll(
  environment: string,
): Promise<ReadonlyMap<string, Awaited<ReturnType<typeof describeIntegration>>>> {
  const entries = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = entries.map(({ name }) => join(FOLDER, name)).sort();
  const describe = async (path: string) =>
    [path, await describeIntegration({ ...openDescription(path, new Options({})), environment })] as const;
  return new Map(await Promise.all(paths.map(describe)));
}
