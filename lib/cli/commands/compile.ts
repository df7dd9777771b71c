/** `interlock compile`: the state machine on stdout, or written beside its description. */
import { join, relative } from 'node:path';
import { type CompiledWorkflow, failing } from '../../compile/compile.ts';
import { renderMachine } from '../../emit/render-machine.ts';
import type { StateMachineDefinition } from '../../model/asl.ts';
import type { Command } from '../command.ts';
import {
  COMPILE_OPTIONS,
  type CompiledFile,
  chosenWorkflow,
  compileOperand,
  diagnosticsJson,
  tellDiagnostics,
  WORKFLOW_OPTION,
} from '../compiling.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { writeText } from '../write-file.ts';

export const compileCommand: Command = {
  name: 'compile',
  summary: 'Compile a workflow to its state machine (Amazon States Language, JSONata).',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    workflow: WORKFLOW_OPTION,
    write: {
      type: 'boolean',
      says: 'Write <workflowId>.asl.json and <workflowId>.undo.asl.json of every workflow beside the description.',
    },
    json: {
      type: 'boolean',
      says: 'Print one JSON object: diagnostics, and every workflow with plan, hash and machine.',
    },
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock compile state-machines/order-fulfilment', says: 'Print the machine of the only workflow.' },
    { line: 'interlock compile flow.arazzo.yaml -w refund > refund.asl.json', says: 'One of several workflows.' },
    {
      line: 'interlock compile state-machines/order-fulfilment --write',
      says: 'Bring the checked-in machines up to date.',
    },
  ],
  async run(invocation) {
    const { options, terminal } = invocation;
    const compiled = await compileOperand(invocation);
    const failed = failing(compiled.diagnostics);
    if (options.flag('json')) {
      terminal.out(
        `${JSON.stringify({ diagnostics: diagnosticsJson(compiled), workflows: failed ? [] : compiled.workflows })}\n`,
      );
      return failed ? ExitCode.Document : ExitCode.Ok;
    }
    tellDiagnostics(compiled, invocation);
    if (failed) return ExitCode.Document;
    if (options.flag('write')) {
      for (const written of compiled.workflows.flatMap((workflow) => writeMachines(compiled, workflow))) {
        terminal.error(`wrote ${written}\n`);
      }
    } else {
      const workflow = chosenWorkflow(compiled, options.text('workflow'));
      if (workflow) terminal.out(renderMachine(workflow.machine));
    }
    return ExitCode.Ok;
  },
};

function writeMachines(
  compiled: CompiledFile,
  { workflowId, machine, undoMachine }: CompiledWorkflow,
): readonly string[] {
  const path = join(compiled.opened.folder, fileName(workflowId));
  return [writeMachine(`${path}.asl.json`, machine), writeMachine(`${path}.undo.asl.json`, undoMachine)];
}

function writeMachine(path: string, machine: StateMachineDefinition): string {
  const shown = relative('.', path);
  writeText(path, renderMachine(machine), { shown });
  return shown;
}

/** A workflow id may hold anything; a file name may not leave its folder. */
function fileName(workflowId: string): string {
  return workflowId.replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_');
}
