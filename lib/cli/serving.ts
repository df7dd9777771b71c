/** What `interlock dev` serves: every integration that a folder holds, compiled, with where each of its workflows runs. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Placement } from '../embedded/prepare-run.ts';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { Failure } from '../model/failure.ts';
import { type Invocation, usageFailure } from './command.ts';
import { type CompiledFile, compileAt } from './compiling.ts';
import { type Demo, hasDemo, startDemo } from './demo.ts';
import { hasArazzoFile } from './open-description.ts';
import { placementOf, serversOf } from './placing.ts';

/** Where a folder has no description of its own: the place that this repository and `cdk deploy` keep them in. */
const INTEGRATIONS = 'state-machines';

export interface Serving {
  readonly workflows: readonly { readonly workflow: CompiledWorkflow; readonly placement: Placement }[];
  readonly integrations: readonly CompiledFile[];
}

export async function compileAll(invocation: Invocation): Promise<readonly CompiledFile[]> {
  const paths = descriptionsAt(invocation.operands[0] ?? '.');
  return await Promise.all(paths.map((path) => compileAt(path, invocation, undefined)));
}

function descriptionsAt(operand: string): readonly string[] {
  const stats = statSync(resolve(operand), { throwIfNoEntry: false });
  // What is no folder, or holds a description, is told by whoever opens it.
  if (!stats?.isDirectory() || hasArazzoFile(operand)) return [operand];
  const below = foldersIn(operand);
  const found = below.length > 0 ? below : foldersIn(join(operand, INTEGRATIONS));
  if (found.length > 0) return found;
  throw usageFailure(
    `Neither the folder ${operand} nor a folder in it holds an Arazzo file`,
    'Name a folder with integrations, or begin one with `interlock init`.',
  );
}

function foldersIn(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => join(folder, name))
    .filter(hasArazzoFile)
    .sort();
}

export function serving(
  integrations: readonly CompiledFile[],
  invocation: Invocation,
  demo: Pick<Demo, 'servers'> | undefined,
): Serving {
  const workflows = integrations.flatMap(({ opened, workflows: compiled }) =>
    compiled.map((workflow) => {
      const placement = placementOf(invocation, opened, { workflowId: workflow.workflowId, demo });
      return { workflow, placement: { ...placement, servers: serversFor(workflow, placement) } };
    }),
  );
  requireDistinct(workflows.map(({ workflow }) => workflow));
  requireKnownServers(
    workflows.map(({ workflow }) => workflow),
    invocation,
  );
  return { workflows, integrations };
}

/** Servers are given for all integrations together, and each takes its own. */
function serversFor({ plan }: CompiledWorkflow, { servers }: Placement): Placement['servers'] {
  return Object.fromEntries(Object.entries(servers).filter(([name]) => Object.hasOwn(plan.systems, name)));
}

function requireDistinct(workflows: readonly CompiledWorkflow[]): void {
  const ids = workflows.map(({ workflowId }) => workflowId);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice === undefined) return;
  throw new Failure('workflow-twice', `Several integrations have a workflow ${twice}`, {
    kind: 'document',
    remedy: 'A path of the API names one workflow: give one of them another workflowId, or serve one folder at a time.',
  });
}

function requireKnownServers(workflows: readonly CompiledWorkflow[], { options }: Invocation): void {
  const known = new Set(workflows.flatMap(({ plan }) => Object.keys(plan.systems)));
  const unknown = Object.keys(serversOf(options.texts('server'))).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw usageFailure(
    `--server names ${unknown}, which is no source of these workflows`,
    `Their sources are: ${[...known].sort().join(', ')}.`,
  );
}

/** The systems of every integration that brings some along, as one. */
export async function startDemos(integrations: readonly CompiledFile[]): Promise<Demo> {
  const folders = [...new Set(integrations.map(({ opened }) => opened.folder))].filter(hasDemo);
  if (folders.length === 0) {
    throw usageFailure(
      'No integration here brings systems along',
      'Use --simulate, or name servers by --env and --server.',
    );
  }
  const demos = await Promise.all(folders.map(startDemo));
  return {
    servers: Object.assign({}, ...demos.map(({ servers }) => servers)) as Demo['servers'],
    environment: Object.assign({}, ...demos.map(({ environment }) => environment)) as Demo['environment'],
    async stop() {
      await Promise.all(demos.map((demo) => demo.stop()));
    },
  };
}
