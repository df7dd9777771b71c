/** `interlock run`: one run of a workflow on this machine, durable, with its progress and its view. */
import { userInfo } from 'node:os';
import { dataFolder } from '../../embedded/data-folder.ts';
import { namedVariables, requireVariables } from '../../embedded/environment-file.ts';
import type { Placement } from '../../embedded/prepare-run.ts';
import { realRandom } from '../../embedded/real-clock.ts';
import { openSession, type RunEnded } from '../../embedded/session.ts';
import type { Variables } from '../../embedded/secrets.ts';
import type { Json } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import { whyNoRunId } from '../../runtime/run.ts';
import { sampleInput } from '../../simulate/sample-input.ts';
import { type Command, type Invocation, usageFailure } from '../command.ts';
import {
  chosenWorkflow,
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  diagnosticsJson,
  jsonOption,
  tellDiagnostics,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { type Demo, startDemo } from '../demo.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { renderEvent, renderView } from '../render-run.ts';
import { renderProblems } from '../render-problems.ts';
import { inkFor } from '../terminal.ts';

export const runCommand: Command = {
  name: 'run',
  summary:
    'Run a workflow on this machine. The run survives a crash: the next command on the same data folder goes on with it.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: WORKFLOW_OPTION,
    input: { type: 'string', short: 'i', value: 'JSON|@FILE|-', says: "The workflow's input; {} where absent." },
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
    data: {
      type: 'string',
      value: 'DIR',
      says: 'The data folder (default .interlock beside the nearest package.json).',
    },
    id: {
      type: 'string',
      value: 'RUN',
      says: "The run's id; the same id and input again is the same run.",
      refuse: whyNoRunId,
    },
    json: { type: 'boolean', says: 'Print the run view as one JSON object on stdout.' },
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock run my-flow --simulate', says: 'Against systems made from the OpenAPI documents.' },
    {
      line: 'interlock run my-flow -i \'{"orderId":"o-1"}\' --env staging',
      says: 'Against the servers of environments/staging.yaml.',
    },
    {
      line: 'interlock run my-flow -i @order.json --server payments=http://127.0.0.1:4102 --json',
      says: 'One server replaced, the result for a program.',
    },
  ],
  async run(invocation) {
    const compiled = await compileOperand(invocation);
    const workflow = chosenWorkflow(compiled, invocation.options.text('workflow'));
    if (!workflow) return refused(compiled, invocation);
    const input = inputOf(invocation, workflow.plan);
    const demo = invocation.options.flag('demo') ? await startDemo(compiled.opened.folder) : undefined;
    try {
      const placement = placementOf(invocation, compiled, workflow.workflowId, demo);
      const variables: Variables = { ...process.env, ...demo?.environment };
      await requireVariables(placement, Object.keys(workflow.plan.systems), variables);
      return await runOnce({ invocation, placement, input, variables });
    } finally {
      await demo?.stop();
    }
  },
};

function refused(compiled: CompiledFile, invocation: Invocation): ExitCode {
  if (invocation.options.flag('json')) {
    invocation.terminal.out(`${JSON.stringify({ status: 'refused', diagnostics: diagnosticsJson(compiled) })}\n`);
  } else {
    tellDiagnostics(compiled, invocation);
  }
  return ExitCode.Document;
}

/** A simulated run without an input gets one made from the schema, and says which. */
function inputOf({ options, terminal }: Invocation, plan: Plan): Json {
  const given = options.text('input');
  // Parsed JSON is Json.
  if (given !== undefined) return jsonOption('input', given) as Json;
  if (!options.flag('simulate')) return {};
  const made = sampleInput(plan.scopes['']?.inputSchema);
  if (!options.flag('json')) terminal.error(`no --input given, made one from the schema: ${JSON.stringify(made)}\n`);
  return made;
}

interface Asked {
  readonly invocation: Invocation;
  readonly placement: Placement;
  readonly input: Json;
  readonly variables: Variables;
}

async function runOnce({ invocation, placement, input, variables }: Asked): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const folder = dataFolder(options.text('data'), process.cwd());
  const session = await openSession({
    folder,
    variables,
    recover: true,
    onRecovered: (runs) => terminal.error(`going on with ${runs.length === 1 ? 'run' : 'runs'} ${runs.join(', ')}\n`),
  });
  try {
    const runId = options.text('id') ?? `${placement.workflowId}-${realRandom.uuid().slice(0, 8)}`;
    const startedAt = Date.now();
    const ink = inkFor(terminal.colour.error);
    const asked = {
      placement,
      input,
      actor: userInfo().username,
      runId,
      variables: await namedVariables(placement, variables),
    };
    const ended = await session.run(asked, (event) => {
      const line = renderEvent(event, startedAt, ink);
      if (line !== undefined && !options.flag('json')) terminal.error(`${line}\n`);
    });
    return report(ended, invocation);
  } finally {
    await session.close();
  }
}

function placementOf(
  { options }: Invocation,
  { opened }: CompiledFile,
  workflowId: string,
  demo: Demo | undefined,
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

function serversOf(given: readonly string[]): { readonly [name: string]: string } {
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

function report(ended: RunEnded, { options, terminal }: Invocation): ExitCode {
  if (ended.kind === 'invalid') {
    if (options.flag('json')) terminal.out(`${JSON.stringify({ status: 'refused', problems: ended.problems })}\n`);
    else terminal.error(renderProblems(ended.problems));
    return ExitCode.Document;
  }
  const { view } = ended;
  if (options.flag('json')) terminal.out(`${JSON.stringify(view)}\n`);
  else
    terminal.out(
      `\n${renderView(view, inkFor(terminal.colour.out))}Next: interlock runs ${view.runId} shows this again; interlock compile prints the state machine that ran.\n`,
    );
  return view.status === 'succeeded' ? ExitCode.Ok : ExitCode.Document;
}
