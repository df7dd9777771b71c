/**
 * `interlock dev`: the run API on loopback, over the data folder that this process owns meanwhile; commands in other
 * terminals are its clients. It stops when it is told to, once what it was asked for is at rest, but not for ever: what
 * goes on then is durable, and goes on with the next command.
 */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../api/answer.ts';
import { type Answered, type ApiServer, serveApi } from '../../embedded/api-server.ts';
import { dataFolder } from '../../embedded/data-folder.ts';
import { requireVariables } from '../../embedded/environment-file.ts';
import { askedTogether, HealthRounds } from '../../embedded/health-rounds.ts';
import { LocalApi } from '../../embedded/local-api.ts';
import type { Owner } from '../../embedded/owner.ts';
import { packageVersion } from '../../embedded/package-root.ts';
import { realClock } from '../../embedded/real-clock.ts';
import type { Variables } from '../../embedded/secrets.ts';
import { ServedWorkflows } from '../../embedded/served-workflows.ts';
import { openOwner } from '../../embedded/session.ts';
import { failing } from '../../compile/compile.ts';
import { reachedSystems } from '../../model/dependencies.ts';
import type { Json } from '../../model/json.ts';
import { sampleInput } from '../../simulate/sample-input.ts';
import { boundedText } from '../bounded-text.ts';
import { type Command, type Invocation, usageFailure } from '../command.ts';
import { type CompiledFile, tellRefused } from '../compiling.ts';
import { ExitCode, renderError } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { PLACEMENT_OPTIONS } from '../placing.ts';
import { renderServing, type ServingView } from '../render-serving.ts';
import { recoveryTold } from '../recovery-told.ts';
import { DATA_OPTION } from '../run-operand.ts';
import { compileAll, serving, type Serving, startDemos } from '../serving.ts';
import { signalled } from '../signals.ts';

const DEFAULT_PORT = 4170;
/** How long runs may take to come to rest after the server was told to stop. */
const REST_MS = 10_000;
/** Characters of an example that is printed. */
const MOST_EXAMPLE = 2_000;

export const devCommand: Command = {
  name: 'dev',
  summary: 'Serve the run API on this machine: start, follow and operate runs over HTTP, on loopback only.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    port: {
      type: 'string',
      short: 'p',
      value: 'N',
      says: `The port (default ${DEFAULT_PORT}; 0: any that is free).`,
      refuse: (given) => (portOf(given) === undefined ? `${given} is no port from 0 to 65535` : undefined),
    },
    ...PLACEMENT_OPTIONS,
    data: DATA_OPTION,
    json: { type: 'boolean', says: 'Print where it listens and what it serves as one JSON object on stdout.' },
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock dev --simulate', says: 'Every integration in this folder, against simulated systems.' },
    { line: 'interlock dev my-flow --env staging --port 8080', says: 'One of them, against the systems of staging.' },
    { line: 'interlock dev state-machines --demo', says: 'With the systems that the examples bring along.' },
  ],
  async run(invocation) {
    const integrations = await compileAll(invocation);
    const broken = integrations.find(({ diagnostics }) => failing(diagnostics));
    if (broken) return tellRefused(broken, invocation);
    return await serve(integrations, invocation);
  },
};

async function serve(integrations: readonly CompiledFile[], invocation: Invocation): Promise<ExitCode> {
  const { options } = invocation;
  const told = signalled();
  const demo = options.flag('demo') ? await startDemos(integrations) : undefined;
  try {
    const all = serving(integrations, invocation, demo);
    if (all.workflows.length === 0) throw usageFailure('There is no workflow to serve', 'Write one, and check it.');
    const variables: Variables = { ...invocation.variables, ...demo?.environment };
    for (const { workflow, placement } of all.workflows) {
      await requireVariables(placement, reachedSystems(workflow.plan), variables);
    }
    await serveUntil(told.signal, all, { invocation, variables });
    return ExitCode.Ok;
  } finally {
    told.forget();
    await demo?.stop();
  }
}

interface Place {
  readonly invocation: Invocation;
  readonly variables: Variables;
}

async function serveUntil(stop: Promise<string>, all: Serving, place: Place): Promise<void> {
  const { invocation, variables } = place;
  const { terminal, options } = invocation;
  const folder = dataFolder(options.text('data'), process.cwd());
  const owner = await openOwner({ folder, variables, recover: true, ...recoveryTold(terminal) });
  try {
    const { api, rounds } = localApi(owner, all, place);
    const server = await serverOf(api, invocation);
    const asking = rounds.start();
    try {
      tellServing(server, all, invocation);
      terminal.error(`${await stop}: no more requests are taken\n`);
    } finally {
      await server.close();
      await asking;
      await rounds.stop();
    }
    if ((await api.idle(REST_MS)) === 'going-on')
      terminal.error('runs are still going on: the next command goes on with them\n');
  } finally {
    await owner.close();
  }
}

interface Local {
  readonly api: LocalApi;
  readonly rounds: HealthRounds;
}

function localApi({ host }: Owner, { workflows }: Serving, { invocation, variables }: Place): Local {
  const { terminal } = invocation;
  const placements = new Map(workflows.map(({ workflow, placement }) => [workflow.workflowId, placement]));
  const served = new ServedWorkflows(placements, variables);
  const failed = (error: unknown): void => terminal.error(renderError(error));
  const rounds = new HealthRounds({
    clock: realClock,
    served: () => askedTogether(served, host),
    told: ({ system, state, why }) => terminal.error(`${system} is ${state}: ${why}\n`),
    failed,
  });
  return { api: new LocalApi({ host, variables, workflows: served, version: packageVersion(), failed }), rounds };
}

async function serverOf({ ports }: LocalApi, { options, terminal }: Invocation): Promise<ApiServer> {
  return await serveApi({
    port: portOf(options.text('port') ?? String(DEFAULT_PORT)) ?? DEFAULT_PORT,
    actor: userInfo().username,
    answer: (request) => answer(request, ports),
    onAnswered: ({ method, path, status, ms }: Answered) => terminal.error(`${method} ${path} ${status} ${ms} ms\n`),
  });
}

function portOf(given: string): number | undefined {
  const port = Number(given);
  return /^\d{1,5}$/.test(given) && port <= 65_535 ? port : undefined;
}

function tellServing({ url, port }: ApiServer, { workflows }: Serving, { options, terminal }: Invocation): void {
  const ids = workflows.map(({ workflow }) => workflow.workflowId).sort();
  if (options.flag('json')) return terminal.out(`${JSON.stringify({ url, port, workflows: ids })}\n`);
  const [first] = workflows;
  const example = first && exampleOf(first);
  terminal.out(renderServing({ url, workflows: ids, ...(example && { example }) }));
}

/** The input that an example brings along, else one that its schema allows. */
function exampleOf({ workflow, placement }: Serving['workflows'][number]): ServingView['example'] {
  const { workflowId, plan } = workflow;
  const file = join(placement.folder, 'input.example.json');
  const text = existsSync(file) ? boundedText(file, MOST_EXAMPLE) : undefined;
  const brought = text === undefined ? undefined : jsonIn(text);
  return { workflowId, input: brought ?? sampleInput(plan.scopes['']?.inputSchema) };
}

function jsonIn(text: string): Json | undefined {
  try {
    // Parsed JSON is Json.
    return JSON.parse(text) as Json;
  } catch {
    // Somebody's file of that name: the sample does as well.
    return undefined;
  }
}
