/** `interlock approve` and `interlock reject`: a person's answer to a step that waits for one. */
import type { Json } from '../model/json.ts';
import type { Command } from './command.ts';
import { jsonOption } from './compiling.ts';
import { OPERATOR_OPTIONS, operateRun, VISIT_OPTION, visitOf } from './operating.ts';

interface Answering extends Pick<Command, 'summary'> {
  readonly verb: 'approve' | 'reject';
  /** What somebody would say along. */
  readonly note: string;
}

export function answerCommand({ verb, summary, note }: Answering): Command {
  return {
    name: verb,
    summary,
    operands: 'RUN STEP',
    operandRange: [2, 2],
    options: {
      input: { type: 'string', short: 'i', value: 'JSON|@FILE|-', says: 'What the step asks for, as its schema says.' },
      ...OPERATOR_OPTIONS,
      visit: VISIT_OPTION,
    },
    examples: [
      {
        line: `interlock ${verb} place-order-1a2b capture --note "${note}"`,
        says: 'It may come before the run has come to the step.',
      },
    ],
    async run(invocation) {
      const given = invocation.options.text('input');
      // Parsed JSON is Json. Read before anything else: it may come from standard input.
      const input = given === undefined ? {} : { input: jsonOption('input', given) as Json };
      const step = invocation.operands[1] ?? '';
      const act = { verb, step, ...input, ...visitOf(invocation.options.text('visit')) } as const;
      return await operateRun(invocation, () => act);
    },
  };
}
