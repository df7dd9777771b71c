/** `interlock retry`: a run that has ended badly goes once more, with the same or a corrected input or description. */
import { type Compiled, failing } from '../../compile/compile.ts';
import type { OperatorAct } from '../../embedded/operate.ts';
import { DEFAULT_ENVIRONMENT } from '../../embedded/environment-file.ts';
import type { Json } from '../../model/json.ts';
import type { RunView } from '../../model/run.ts';
import type { Command, Invocation } from '../command.ts';
import { COMPILE_OPTIONS, type CompiledFile, compileAt, jsonOption, tellRefused } from '../compiling.ts';
import type { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { OPERATOR_OPTIONS, operateRun } from '../operating.ts';

export const retryCommand: Command = {
  name: 'retry',
  summary:
    'Run again, under the same id, a run that has ended badly: what stands is not done again, what was undone or refused is.',
  operands: 'RUN',
  operandRange: [1, 1],
  options: {
    input: { type: 'string', short: 'i', value: 'JSON|@FILE|-', says: 'A corrected input; as it was where absent.' },
    description: {
      type: 'string',
      value: 'FILE|FOLDER',
      says: 'A corrected description of the same workflow; servers and credentials stay those of the run.',
    },
    ...OPERATOR_OPTIONS,
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    { line: 'interlock retry place-order-1a2b', says: 'When what failed is well again.' },
    { line: 'interlock retry place-order-1a2b --input @corrected.json', says: 'With a corrected input.' },
    {
      line: 'interlock retry place-order-1a2b --description state-machines/order-fulfilment --note "criterion fixed"',
      says: 'With the description as it is now.',
    },
  ],
  async run(invocation) {
    const given = invocation.options.text('input');
    // Parsed JSON is Json. Read before anything else: it may come from standard input.
    const input = given === undefined ? {} : { input: jsonOption('input', given) as Json };
    return await operateRun(invocation, async (view): Promise<OperatorAct | ExitCode> => {
      const description = invocation.options.text('description');
      if (description === undefined) return { verb: 'retry', ...input };
      const compiled = await compileAt(description, invocation, view.workflowId);
      if (failing(compiled.diagnostics)) return tellRefused(compiled, invocation);
      return { verb: 'retry', ...input, corrected: correctedPlacement(compiled, view, invocation) };
    });
  },
};

type Corrected = NonNullable<Extract<OperatorAct, { verb: 'retry' }>['corrected']>;

/** Of its place only the files count. */
function correctedPlacement(
  { opened }: Compiled & Pick<CompiledFile, 'opened'>,
  { workflowId }: RunView,
  { options }: Invocation,
): Corrected {
  return {
    folder: opened.folder,
    entry: opened.entry,
    ...(opened.integration !== undefined && { integration: opened.integration }),
    workflowId,
    environment: DEFAULT_ENVIRONMENT,
    servers: {},
    simulate: false,
    allowOutside: options.flag('allow-outside'),
    allowNetwork: options.flag('allow-network'),
  };
}
