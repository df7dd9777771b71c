/** Where a run calls its systems, as `run` and `dev` are told: the environment, servers given by hand, a simulation, a demo. */
import type { Placement } from '../embedded/prepare-run.ts';
import { type Invocation, type OptionSpec, usageFailure } from './command.ts';
import type { Demo } from './demo.ts';
import type { OpenedDescription } from './open-description.ts';

export const PLACEMENT_OPTIONS: { readonly [name: string]: OptionSpec } = {
  env: {
    type: 'string',
    value: 'NAME|FILE',
    says: 'The environment: environments/NAME.yaml beside the description (default local).',
  },
  server: {
    type: 'string',
    multiple: true,
    value: 'NAME=URL',
    says: "The server of one source, in place of the environment's.",
  },
  simulate: { type: 'boolean', says: 'Answer from the OpenAPI documents: no server and no credential is needed.' },
  demo: { type: 'boolean', says: 'Start the systems that the example brings along, and use them.' },
};

export function placementOf(
  { options }: Invocation,
  opened: OpenedDescription,
  { workflowId, demo }: { readonly workflowId: string; readonly demo: Pick<Demo, 'servers'> | undefined },
): Placement {
  return {
    folder: opened.folder,
    entry: opened.entry,
    ...(opened.integration !== undefined && { integration: opened.integration }),
    workflowId,
    environment: options.text('env') ?? 'local',
    servers: { ...demo?.servers, ...serversOf(options.texts('server')) },
    simulate: options.flag('simulate'),
    allowOutside: options.flag('allow-outside'),
    allowNetwork: options.flag('allow-network'),
  };
}

export function serversOf(given: readonly string[]): { readonly [name: string]: string } {
  return Object.fromEntries(
    given.map((one) => {
      const [, name, url] = /^([^=]+)=(.+)$/.exec(one) ?? [];
      if (name === undefined || url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
        throw usageFailure(`--server ${one} is not NAME=URL`, 'Write it like --server payments=http://127.0.0.1:4102.');
      }
      return [name, url];
    }),
  );
}
