/** `interlock skip`: a step that left nothing is passed without a call when the run is retried. */
import type { Command } from '../command.ts';
import { OPERATOR_OPTIONS, operateRun, VISIT_OPTION, visitOf } from '../operating.ts';

export const skipCommand: Command = {
  name: 'skip',
  summary:
    'Let a run that has ended badly go on without a step: it is passed without a call and without outputs when you retry.',
  operands: 'RUN STEP',
  operandRange: [2, 2],
  options: { ...OPERATOR_OPTIONS, visit: VISIT_OPTION },
  examples: [
    {
      line: 'interlock skip place-order-1a2b notify-customer --note "told them on the phone"',
      says: 'Then interlock retry place-order-1a2b goes on.',
    },
  ],
  async run(invocation) {
    const act = {
      verb: 'skip',
      step: invocation.operands[1] ?? '',
      ...visitOf(invocation.options.text('visit')),
    } as const;
    return await operateRun(invocation, () => act);
  },
};
