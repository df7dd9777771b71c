/**
 * `interlock run`: one run of a workflow on this machine, durable, with its progress and its view; or, with `--inputs`,
 * one for each input of a file. What only some runs need (a demo, many inputs, a made input) is loaded by those.
 */
import { userInfo } from 'node:os';
import { dataFolder } from '../../embedded/data-folder.ts';
import { namedVariables, requireVariables } from '../../embedded/environment-file.ts';
import type { Placement } from '../../embedded/prepare-run.ts';
import { realRandom } from '../../embedded/real-clock.ts';
import { openSession, type RunEnded, type Session } from '../../embedded/session.ts';
import type { Variables } from '../../embedded/secrets.ts';
import type { CompiledWorkflow } from '../../compile/compile.ts';
import { calledSystems } from '../../model/dependencies.ts';
import type { Json } from '../../model/json.ts';
import type { Plan } from '../../model/plan.ts';
import { newRunId, whyNoRunId } from '../../runtime/run.ts';
import type { Command, Invocation } from '../command.ts';
import {
  chosenWorkflow,
  COMPILE_OPTIONS,
  compileOperand,
  jsonOption,
  tellRefused,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import type { Demo } from '../demo.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { tellInvalid, tellView } from '../operating.ts';
import { EventLines } from '../event-lines.ts';
import { PLACEMENT_OPTIONS, placementOf } from '../placing.ts';
import { recoveryTold } from '../recovery-told.ts';
import { DATA_OPTION } from '../run-operand.ts';
import { type BulkAsked, bulkAsked, INPUTS_OPTIONS } from '../bulk-asked.ts';
import { REVEAL_OPTION, revealed } from '../revealing.ts';
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
    ...INPUTS_OPTIONS,
    ...PLACEMENT_OPTIONS,
    data: DATA_OPTION,
    id: {
      type: 'string',
      value: 'RUN',
      says: "The run's id; the same id and input again is the same run.",
      refuse: whyNoRunId,
    },
    reveal: REVEAL_OPTION,
    json: { type: 'boolean', says: 'Print the run view (or the summary of many) as one JSON object on stdout.' },
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
    {
      line: 'interlock run my-flow --inputs orders.csv --concurrency 20',
      says: 'A run for each row; what became of them stands in orders.results.jsonl.',
    },
  ],
  async run(invocation) {
    const bulk = await bulkAsked(invocation);
    if (typeof bulk === 'number') return bulk;
    const compiled = await compileOperand(invocation);
    const workflow = chosenWorkflow(compiled, invocation.options.text('workflow'));
    if (!workflow) return tellRefused(compiled, invocation);
    const work: Work = bulk === undefined ? { input: await inputOf(invocation, workflow.plan) } : { bulk };
    const demo = invocation.options.flag('demo') ? await demoIn(compiled.opened.folder) : undefined;
    try {
      const placement = placementOf(invocation, compiled.opened, { workflowId: workflow.workflowId, demo });
      const variables: Variables = { ...invocation.variables, ...demo?.environment };
      await requireVariables(placement, calledSystems(workflow.plan), variables);
      const asked: Asked = { invocation, placement, variables, workflow };
      return 'bulk' in work ? await runMany(asked, work.bulk) : await runOnce(asked, work.input);
    } finally {
      await demo?.stop();
    }
  },
};

async function demoIn(folder: string): Promise<Demo> {
  const { startDemo } = await import('../demo.ts');
  return await startDemo(folder);
}

/** A simulated run without an input gets one made from the schema, and says which. */
async function inputOf({ options, terminal }: Invocation, plan: Plan): Promise<Json> {
  const given = options.text('input');
  // Parsed JSON is Json.
  if (given !== undefined) return jsonOption('input', given) as Json;
  if (!options.flag('simulate')) return {};
  const { fittedInput } = await import('../../simulate/fitted-input.ts');
  const made = await fittedInput(plan);
  if (!options.flag('json')) terminal.error(`no --input given, made one from the schema: ${JSON.stringify(made)}\n`);
  return made;
}

type Work = { readonly input: Json } | { readonly bulk: BulkAsked };

interface Asked {
  readonly invocation: Invocation;
  readonly placement: Placement;
  readonly variables: Variables;
  readonly workflow: CompiledWorkflow;
}

function folderOf({ options }: Invocation): string {
  return dataFolder(options.text('data'), process.cwd());
}

async function sessionFor({ invocation, variables }: Asked): Promise<Session> {
  return await openSession({
    folder: folderOf(invocation),
    variables,
    recover: true,
    ...recoveryTold(invocation.terminal),
  });
}

async function runMany(asked: Asked, bulk: BulkAsked): Promise<ExitCode> {
  const { invocation, placement, variables, workflow } = asked;
  const { runInputs } = await import('../run-inputs.ts');
  const session = await sessionFor(asked);
  try {
    const { plan, planHash } = workflow;
    const given = await namedVariables(placement, variables);
    const each = { placement, actor: userInfo().username, variables: given, planHash };
    return await runInputs({ invocation, session, folder: folderOf(invocation), plan, asked: each, bulk });
  } finally {
    await session.close();
  }
}

async function runOnce(once: Asked, input: Json): Promise<ExitCode> {
  const { invocation, placement, variables } = once;
  const { options, terminal } = invocation;
  const session = await sessionFor(once);
  try {
    const runId = options.text('id') ?? newRunId(placement.workflowId, realRandom.uuid().slice(-RANDOM_DIGITS));
    const startedAt = Date.now();
    const lines = new EventLines(inkFor(terminal.colour.error));
    const asked = {
      placement,
      input,
      actor: userInfo().username,
      runId,
      variables: await namedVariables(placement, variables),
    };
    const ended = await session.run(asked, (event) => {
      const line = lines.line(event, startedAt);
      if (line !== undefined && !options.flag('json')) terminal.error(`${line}\n`);
    });
    return report(await revealing(ended, session, invocation), invocation);
  } finally {
    await session.close();
  }
}

/** Random digits of a run's id: enough for millions of runs of one workflow in one folder, short enough to be typed. */
const RANDOM_DIGITS = 12;

async function revealing(ended: RunEnded, session: Session, invocation: Invocation): Promise<RunEnded> {
  if (ended.kind === 'invalid') return ended;
  return { kind: 'ended', view: await revealed(ended.view, session, invocation) };
}

function report(ended: RunEnded, invocation: Invocation): ExitCode {
  if (ended.kind === 'invalid') return tellInvalid(ended, invocation);
  tellView(ended.view, invocation);
  return ended.view.status === 'succeeded' ? ExitCode.Ok : ExitCode.Document;
}
