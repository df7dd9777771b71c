/** `interlock verify`: the real systems of an environment, and what is deployed, looked at before anything runs there. */
import type { CompiledWorkflow } from '../../compile/compile.ts';
import { failing } from '../../compile/compile.ts';
import { suggestion } from '../../diagnostics/words.ts';
import { nodeConnecting } from '../../embedded/connecting.ts';
import { type Prepared, prepareRun } from '../../embedded/prepare-run.ts';
import { realClock, realRandom } from '../../embedded/real-clock.ts';
import type { Variables } from '../../embedded/secrets.ts';
import { durationMs } from '../../model/duration.ts';
import type { Json } from '../../model/json.ts';
import { Tokens } from '../../runtime/auth/tokens.ts';
import type { Secrets } from '../../runtime/ports/secrets.ts';
import { checkedInput } from '../../runtime/run.ts';
import { type Checked, hasFailed, isWarned } from '../../verify/check.ts';
import { verifyDeployed } from '../../verify/deployed.ts';
import { verifySystems } from '../../verify/verify-systems.ts';
import { type Command, type Invocation, JSON_OPTION, usageFailure } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  outerWorkflows,
  tellRefused,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { type Demo, startDemo } from '../demo.ts';
import { exampleInput } from '../example-input.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { tellInvalid } from '../operating.ts';
import { PLACEMENT_OPTIONS, placementOf } from '../placing.ts';
import { renderVerified } from '../render-verified.ts';
import { inkFor } from '../terminal.ts';

const DAYS_DEFAULT = 21;
const TIMEOUT_DEFAULT = '5s';
const STACK_DEFAULT = 'Interlock';
const { env, server, demo } = PLACEMENT_OPTIONS;

export const verifyCommand: Command = {
  name: 'verify',
  summary:
    'Ask the real systems of an environment: reachable, trusted, authentication accepted, healthy, true to their documents. Nothing that changes something is called, unless you name it.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: { ...WORKFLOW_OPTION, says: 'Only the systems of this workflow; else of all that no other leads to.' },
    ...(env && { env }),
    ...(server && { server }),
    ...(demo && { demo }),
    input: {
      type: 'string',
      short: 'i',
      value: 'JSON|@FILE|-',
      says: 'What reads are made with; input.example.json beside the description, else a sample of the schema.',
    },
    call: {
      type: 'string',
      multiple: true,
      value: 'STEP',
      says: 'Call this step, undo or probe though it changes something: `reserve`, then `reserve#undo`.',
    },
    'warn-days': {
      type: 'string',
      value: 'DAYS',
      says: `Warn of certificates that end sooner (default ${DAYS_DEFAULT}).`,
      refuse: (text) => (/^\d{1,4}$/.test(text) ? undefined : `${text} is no number of days`),
    },
    timeout: {
      type: 'string',
      value: 'DURATION',
      says: `How long a connection may take (default ${TIMEOUT_DEFAULT}); calls have the timeouts of their steps.`,
      refuse: (text) => (durationMs(text) === undefined ? `${text} is no duration such as 500ms or 5s` : undefined),
    },
    deployed: {
      type: 'boolean',
      says: 'Also what stands on AWS: machines, alarms, the queue of dead letters, schedules.',
    },
    stack: { type: 'string', value: 'NAME', says: `With --deployed: the stack (default ${STACK_DEFAULT}).` },
    region: { type: 'string', value: 'REGION', says: "With --deployed: its region; else this terminal's own." },
    strict: { type: 'boolean', says: 'End with exit code 1 on a warning, too.' },
    json: JSON_OPTION,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock verify state-machines/order-fulfilment --demo', says: 'Against the systems of the example.' },
    { line: 'interlock verify my-flow --env staging --strict', says: 'Before a deployment, in a pipeline.' },
    {
      line: 'interlock verify my-flow --env test --call reserve --call reserve#undo',
      says: 'A reservation is made and taken back.',
    },
    { line: 'interlock verify my-flow --env aws --deployed --region eu-west-1', says: 'And what stands on AWS.' },
  ],
  async run(invocation) {
    const compiled = await compileOperand(invocation);
    if (failing(compiled.diagnostics)) return tellRefused(compiled, invocation);
    const workflows = outerWorkflows(compiled, invocation.options.text('workflow'));
    refuseMixtures(invocation, workflows);
    const inputs: { plan: CompiledWorkflow['plan']; input: Json }[] = [];
    for (const workflow of workflows) {
      const checked = await checkedInput(workflow.plan, await exampleInput(invocation, compiled, workflow));
      if (checked.kind === 'invalid') return tellInvalid(checked, invocation);
      inputs.push({ plan: workflow.plan, input: checked.input });
    }
    // First: where AWS cannot be asked the command ends, and then nobody has been called.
    const deployed = invocation.options.flag('deployed') ? [await stackVerified(invocation, workflows)] : [];
    const started = invocation.options.flag('demo') ? await startDemo(compiled.opened.folder) : undefined;
    try {
      const systems = await verified(invocation, { compiled, workflows, inputs, demo: started });
      return report(invocation, [...systems, ...deployed]);
    } finally {
      await started?.stop();
    }
  },
};

function refuseMixtures({ options }: Invocation, workflows: readonly CompiledWorkflow[]): void {
  if (workflows.length > 1 && options.text('input') !== undefined)
    throw usageFailure('--input is of one workflow, and there are several', 'Choose one by --workflow.');
  for (const name of ['stack', 'region'])
    if (options.text(name) !== undefined && !options.flag('deployed'))
      throw usageFailure(`--${name} is of what is deployed`, 'Add --deployed.');
  const paths = workflows.flatMap(({ plan }) => [...Object.keys(plan.steps), ...Object.keys(plan.calls)]);
  const unknown = options.texts('call').find((path) => !paths.includes(path));
  if (unknown !== undefined)
    throw usageFailure(`There is no step ${unknown} to call`, suggestion(unknown, paths, 'step'));
}

interface Asked {
  readonly compiled: CompiledFile;
  readonly workflows: readonly CompiledWorkflow[];
  readonly inputs: Parameters<typeof verifySystems>[0]['workflows'];
  readonly demo: Demo | undefined;
}

async function verified(
  invocation: Invocation,
  { compiled, workflows, inputs, demo }: Asked,
): Promise<readonly Checked[]> {
  const [first] = workflows;
  if (!first) return [];
  const { options } = invocation;
  const variables: Variables = { ...invocation.variables, ...demo?.environment };
  const placement = placementOf(invocation, compiled.opened, { workflowId: first.workflowId, demo });
  const { place }: Prepared = await prepareRun(placement, variables);
  const { http, environments } = place;
  const ports = {
    clock: realClock,
    http,
    environments,
    secrets: secretsOf(place.secrets),
    tokens: new Tokens({ http, clock: realClock }),
    connecting: nodeConnecting,
  };
  const verifying = {
    workflows: inputs,
    named: new Set(options.texts('call')),
    key: `verify-${realRandom.uuid()}`,
    warnDays: Number(options.text('warn-days') ?? DAYS_DEFAULT),
    connectTimeoutMs: durationMs(options.text('timeout') ?? TIMEOUT_DEFAULT) ?? 0,
  };
  return await verifySystems(verifying, ports);
}

/** What AWS keeps is read there, by the credentials of this terminal. */
function secretsOf(local: Secrets): Secrets {
  let aws: Promise<Secrets> | undefined;
  return {
    async resolve(ref) {
      if (!('secret' in ref || 'parameter' in ref)) return await local.resolve(ref);
      aws ??= import('../../aws/secrets.ts').then(({ AwsSecrets }) => new AwsSecrets({ clock: realClock }));
      return await (await aws).resolve(ref);
    },
    awsKeys: () => local.awsKeys(),
  };
}

async function stackVerified(
  { options, variables }: Invocation,
  workflows: readonly CompiledWorkflow[],
): Promise<Checked> {
  const { awsStackLook } = await import('../../aws/stack-look.ts');
  const region = options.text('region');
  const endpoint = variables['AWS_ENDPOINT_URL'];
  const look = await awsStackLook({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  });
  const plans = workflows.map(({ plan }) => plan);
  const integration = plans[0]?.integration ?? '';
  return await verifyDeployed({ stack: options.text('stack') ?? STACK_DEFAULT, integration, plans }, look);
}

function report({ options, terminal }: Invocation, checked: readonly Checked[]): ExitCode {
  const ok = !hasFailed(checked);
  const environment = options.text('env') ?? 'local';
  if (options.flag('json')) terminal.out(`${JSON.stringify({ ok, environment, checked }, null, 2)}\n`);
  else terminal.out(renderVerified(checked, { ink: inkFor(terminal.colour.out), width: terminal.width }));
  return ok && !(options.flag('strict') && isWarned(checked)) ? ExitCode.Ok : ExitCode.Document;
}
