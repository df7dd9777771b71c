/**
 * From what somebody asked for (a description, a workflow, an environment) to what a host can start: the compiled
 * workflow and its place. The owner of the data folder does this for itself and for its clients, and again for runs of
 * an earlier process, so what was asked for is plain JSON; secrets are in it only while it is in memory.
 */
import { compileDescription, type CompiledWorkflow, failing } from '../compile/compile.ts';
import { renderText } from '../diagnostics/render-text.ts';
import type { Description } from '../model/description.ts';
import { Failure } from '../model/failure.ts';
import type { ChannelEnvironment } from '../model/environment.ts';
import { type Json, own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { isServed, placeSaid, queuePlace } from '../model/carriers.ts';
import type { Environments, SystemEnvironment } from '../runtime/ports/environment.ts';
import { simulatedEnvironments, simulatedSecret } from '../simulate/simulated-environment.ts';
import { SimulatedHttp } from '../simulate/simulated-http.ts';
import { messageAnswer, messageOf } from '../simulate/simulated-messages.ts';
import { SimulatedSystems } from '../simulate/simulated-systems.ts';
import { channelDocuments, systemDocuments } from '../simulate/system-documents.ts';
import { wantedAnswers } from '../simulate/wanted-answers.ts';
import { wantedStatuses } from '../simulate/wanted-statuses.ts';
import { carrierEndpoints } from './carrier-endpoints.ts';
import { loadEnvironment } from './environment-file.ts';
import { nodeHttp } from './node-http.ts';
import { folderFiles } from './file-source.ts';
import { pageFromHere } from './package-root.ts';
import type { Place } from './places.ts';
import { localSecrets, type Variables } from './secrets.ts';

/** Everything but the secrets: it is kept with the run, so that a later process can go on with it. */
export interface Placement {
  /** Absolute; the root of the description's files. */
  readonly folder: string;
  readonly entry: string;
  readonly integration?: string;
  readonly workflowId: string;
  /** A name below `environments/`, or a path. */
  readonly environment: string;
  /** Servers given on the command line, by source description. */
  readonly servers: { readonly [source: string]: string };
  readonly simulate: boolean;
  readonly allowOutside: boolean;
  readonly allowNetwork: boolean;
}

export interface Prepared {
  readonly workflow: CompiledWorkflow;
  readonly place: Place;
}

export async function prepareRun(placement: Placement, variables: Variables): Promise<Prepared> {
  const { workflow, description } = await compilePlacement(placement);
  return { workflow, place: await placeFor(placement, description, workflow.plan, variables) };
}

export async function compilePlacement(
  placement: Placement,
): Promise<{ readonly workflow: CompiledWorkflow; readonly description: Description }> {
  const compiled = await compileDescription({
    entry: placement.entry,
    files: folderFiles({
      root: placement.folder,
      allowOutside: placement.allowOutside,
      allowNetwork: placement.allowNetwork,
    }),
    workflowId: placement.workflowId,
    ...(placement.integration !== undefined && { integration: placement.integration }),
  });
  const [workflow] = compiled.workflows;
  const { description } = compiled;
  if (failing(compiled.diagnostics) || !workflow || !description) {
    throw new Failure('description-broken', `${placement.entry} has errors`, {
      kind: 'document',
      cause: new Error(
        renderText(compiled.diagnostics, compiled.documents, { colour: false, width: 100, pageName: pageFromHere }),
      ),
    });
  }
  return { workflow, description };
}

async function placeFor(
  placement: Placement,
  description: Description,
  plan: Plan,
  variables: Variables,
): Promise<Place> {
  if (placement.simulate) return simulatedPlace(description, plan);
  const loaded = await loadEnvironment(placement.folder, placement.environment, description);
  const unknown = Object.keys(placement.servers).find((name) => !Object.hasOwn(plan.systems, name));
  if (unknown !== undefined) {
    throw new Failure('server-unknown', `--server names ${unknown}, which is no source of this workflow`, {
      kind: 'usage',
      remedy: `Its sources are: ${Object.keys(plan.systems).join(', ')}.`,
    });
  }
  const environments = withQueues(withServers(loaded.environments, placement.servers), plan);
  return {
    scope: placement.environment,
    environments,
    secrets: localSecrets(variables, loaded.folder),
    http: nodeHttp(),
    endpoints: carrierEndpoints(variables),
  };
}

/** Channels that are nowhere have a queue in the data folder. */
function withQueues(environments: Environments, { operations, systems }: Plan): Environments {
  return {
    system(name): SystemEnvironment {
      const given = environments.system(name);
      const system = systems[name];
      if (!system || given.server !== undefined || given.servers) return given;
      const queues = Object.values(operations).flatMap((operation) => {
        const { message } = operation;
        const isHere = message?.action === 'send' && operation.system === name && !isServed(operation, system);
        return isHere && placeSaid(given, message.channel) === undefined
          ? [[message.channel, { ...channelOf(given, message.channel), at: queuePlace(message) }] as const]
          : [];
      });
      return queues.length === 0 ? given : { ...given, channels: { ...given.channels, ...Object.fromEntries(queues) } };
    },
  };
}

function channelOf({ channels = {} }: SystemEnvironment, channel: string): ChannelEnvironment {
  const said = own(channels, channel);
  return typeof said === 'object' ? said : {};
}

function withServers(environments: Environments, servers: Placement['servers']): Environments {
  return {
    system(name): SystemEnvironment {
      const { servers: several, ...given } = environments.system(name);
      const server = Object.hasOwn(servers, name) ? servers[name] : undefined;
      if (server !== undefined) return { ...given, server };
      return { ...given, ...(several && { servers: several }) };
    },
  };
}

export const SIMULATED_SCOPE = 'simulated';

/** Credentials of a simulated system are made up: nothing leaves the process. */
export function simulatedPlace(description: Description, plan: Plan): Place {
  const documents = systemDocuments(description, plan);
  const channels = channelDocuments(documents);
  const systems = new SimulatedSystems(documents, { wanted: wantedStatuses(plan), fit: wantedAnswers(plan) });
  return {
    scope: SIMULATED_SCOPE,
    environments: simulatedEnvironments(plan),
    secrets: {
      resolve: (reference) => Promise.resolve(simulatedSecret(reference, 'simulated')),
      awsKeys: () => Promise.resolve({ accessKeyId: 'simulated', secretAccessKey: 'simulated' }),
    },
    http: new SimulatedHttp(systems, [...documents.keys()]),
    says: ({ step, correlation }) =>
      messageOf(
        messageAnswer({ plan, documents: channels }, step, correlation === undefined ? {} : { correlation }).answer,
      ),
  };
}

/** A placement is plain JSON: the data file and the wire carry it. */
export function placementJson(placement: Placement): Json {
  return placement as unknown as Json;
}
