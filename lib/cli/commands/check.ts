/** `interlock check`: says everything that is wrong with a description, and what it would be better with. */
import { missingAuth } from '../../analyze/missing-auth.ts';
import { type CompiledWorkflow, failing } from '../../compile/compile.ts';
import { checkEnvironments } from '../../embedded/environments-beside.ts';
import { renderDefaults } from '../render-defaults.ts';
import { type Command, type Invocation, JSON_OPTION } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  compileOperand,
  diagnosticsJson,
  outermost,
  tellDiagnostics,
} from '../compiling.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';

export const checkCommand: Command = {
  name: 'check',
  summary:
    'Check a description: the Arazzo document, the APIs it names, how they fit together, and the environments beside it.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    json: JSON_OPTION,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
    defaults: { type: 'boolean', says: 'Print what applies where a description says nothing, and stop.' },
  },
  examples: [
    { line: 'interlock check state-machines/order-fulfilment', says: 'Check the only Arazzo file of a folder.' },
    { line: 'interlock check flow.arazzo.yaml --json', says: 'The same for a program: one JSON object on stdout.' },
  ],
  async run(invocation) {
    const { options, terminal } = invocation;
    if (options.flag('defaults')) {
      terminal.out(renderDefaults());
      return ExitCode.Ok;
    }
    const { compiled, environments } = await checked(invocation);
    const failed = failing(compiled.diagnostics);
    if (options.flag('json')) {
      terminal.out(
        `${JSON.stringify({ ok: !failed, workflows: compiled.workflowIds, environments, diagnostics: diagnosticsJson(compiled) }, null, 2)}\n`,
      );
    } else {
      tellDiagnostics(compiled, invocation);
      if (!failed) terminal.out(renderFine(compiled, environments, invocation));
    }
    return failed ? ExitCode.Document : ExitCode.Ok;
  },
};

interface Checked {
  readonly compiled: CompiledFile;
  /** Names of those that lie beside the description. */
  readonly environments: readonly string[];
}

/** The description, and with it the environments beside it: a run in one of them reads both. */
async function checked(invocation: Invocation): Promise<Checked> {
  const compiled = await compileOperand(invocation);
  const { description, opened } = compiled;
  if (!description) return { compiled, environments: [] };
  const { names, sound, documents, diagnostics } = await checkEnvironments(opened.folder, description);
  const plans = compiled.workflows.map(({ plan }) => plan);
  const undeclared = sound.flatMap((one) => missingAuth(plans, one));
  const all = {
    ...compiled,
    documents: new Map([...compiled.documents, ...documents]),
    diagnostics: [...compiled.diagnostics, ...diagnostics, ...undeclared],
  };
  return { compiled: all, environments: names };
}

function renderFine(
  { opened, diagnostics, workflows }: CompiledFile,
  environments: readonly string[],
  { operands }: Invocation,
): string {
  const operand = operands[0] === undefined ? '' : ` ${operands[0]}`;
  const [one, other] = outermost(workflows);
  const which = one && other ? ` -w ${one.workflowId}` : '';
  return [
    diagnostics.length === 0 ? `${opened.entry} is fine.` : `${opened.entry} has no errors.`,
    ...workflows.map(workflowLine),
    ...(environments.length > 0 ? [`  environments: ${environments.join(', ')}`] : []),
    `Next: interlock run${operand}${which} --simulate, or interlock compile${operand}${which} for the state machine.`,
    '',
  ].join('\n');
}

function workflowLine({ workflowId, plan }: CompiledWorkflow): string {
  const steps = Object.keys(plan.steps).length;
  const systems = Object.keys(plan.systems).length;
  return `  ${workflowId}: ${steps} ${steps === 1 ? 'step' : 'steps'} on ${systems} ${systems === 1 ? 'system' : 'systems'}`;
}
