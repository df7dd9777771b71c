/** `interlock check`: says everything that is wrong with a description, and what it would be better with. */
import { failing } from '../../compile/compile.ts';
import { renderDefaults } from '../render-defaults.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import { COMPILE_OPTIONS, compileOperand, diagnosticsJson, tellDiagnostics } from '../compiling.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'Check a description: the Arazzo document, the APIs it names and how they fit together.',
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
    const compiled = await compileOperand(invocation);
    const failed = failing(compiled.diagnostics);
    if (options.flag('json')) {
      terminal.out(
        `${JSON.stringify({ ok: !failed, workflows: compiled.workflowIds, diagnostics: diagnosticsJson(compiled) }, null, 2)}\n`,
      );
    } else {
      tellDiagnostics(compiled, invocation);
      if (!failed) terminal.out(renderFine(compiled.opened.entry, compiled.workflows));
    }
    return failed ? ExitCode.Document : ExitCode.Ok;
  },
};

type Workflows = Awaited<ReturnType<typeof compileOperand>>['workflows'];

function renderFine(entry: string, workflows: Workflows): string {
  const lines = workflows.map(({ workflowId, plan }) => {
    const steps = Object.keys(plan.steps).length;
    const systems = Object.keys(plan.systems).length;
    return `  ${workflowId}: ${steps} ${steps === 1 ? 'step' : 'steps'} on ${systems} ${systems === 1 ? 'system' : 'systems'}`;
  });
  return [
    `${entry} is fine.`,
    ...lines,
    `Next: interlock run with --simulate, or interlock compile for the state machine.`,
    '',
  ].join('\n');
}
