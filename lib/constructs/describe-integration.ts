/**
 * Reads, checks and compiles a description for the constructs, and reads the environment that it is deployed to. What is
 * wrong with either is a Failure that carries the rendered diagnostics, so that a host prints exactly them and no stack.
 */
import { join } from 'node:path';
import { compileDescription, failing } from '../compile/compile.ts';
import { renderText } from '../diagnostics/render-text.ts';
import { type LoadedEnvironment, loadEnvironment } from '../embedded/environment-file.ts';
import type { Description } from '../model/description.ts';
import { Failure } from '../model/failure.ts';
import type { FileSource } from '../read/file-source.ts';
import { assertChannelsOnAws, nameOfChannel, receivingOf } from './channels.ts';
import { requireApart } from './construct-id.ts';
import { assertReadableOnAws, type DescribedIntegration, systemsOf } from './described-integration.ts';
import { requireRoom } from './room.ts';

export interface DescriptionToDeploy {
  /** Absolute; environments are below it. */
  readonly folder: string;
  readonly entry: string;
  readonly files: FileSource;
  /** The folder's name, where the description is its only one. */
  readonly integration?: string;
  /** The name of a file in `environments/`, or a path. */
  readonly environment: string;
}

export async function describeIntegration(request: DescriptionToDeploy): Promise<DescribedIntegration> {
  const { integration, environment, entry, files, folder } = request;
  const compiled = await compileDescription({ entry, files, ...(integration !== undefined && { integration }) });
  const { description, workflows, diagnostics, documents } = compiled;
  if (failing(diagnostics) || !description) {
    throw new Failure(
      'description-broken',
      `${entry} has errors\n${renderText(diagnostics, documents, { colour: false, width: 100 })}`,
      {
        kind: 'document',
        remedy: 'Nothing was synthesised; `interlock check` shows the same.',
      },
    );
  }
  const { environments } = await environmentOf(folder, environment, description);
  const name = workflows[0]?.plan.integration ?? integration ?? 'integration';
  const named = { name, workflows, environment: {} };
  const described = {
    ...named,
    environment: Object.fromEntries(systemsOf(named).map((system) => [system, environments.system(system)])),
  };
  assertReadableOnAws(described, environment);
  assertApart(described);
  requireRoom(described);
  assertChannelsOnAws(described, environment);
  return described;
}

function assertApart(described: DescribedIntegration): void {
  const workflowIds = described.workflows.map(({ workflowId }) => workflowId);
  requireApart('workflows', 'Workflow', workflowIds);
  requireApart('systems', 'Call', systemsOf(described));
  requireApart('channels', 'Channel', receivingOf(described).map(nameOfChannel));
}

/** The remedy of the command line (`--env`) is none here. */
async function environmentOf(folder: string, named: string, description: Description): Promise<LoadedEnvironment> {
  try {
    return await loadEnvironment(folder, named, description);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'environment-unknown') throw error;
    throw new Failure(error.code, `There is no environment '${named}' for ${folder}`, {
      kind: 'usage',
      remedy: `Write ${join(folder, 'environments', `${named}.yaml`)}, or choose another: \`-c environment=NAME\`, or the construct's \`environment\`.`,
    });
  }
}
