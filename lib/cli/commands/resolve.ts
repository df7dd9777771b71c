/** `interlock resolve`: an operator's word on one effect of a run that needs attention. */
import type { Resolution } from '../../runtime/operator/resolve.ts';
import { suggestion } from '../../diagnostics/words.ts';
import { type Command, usageFailure } from '../command.ts';
import { OPERATOR_OPTIONS, operateRun, requireNote, VISIT_OPTION, visitOf } from '../operating.ts';

const WORDS: readonly Resolution[] = ['undone', 'applied', 'ignore'];

export const resolveCommand: Command = {
  name: 'resolve',
  summary:
    'Say what became of an effect that nobody could undo: undone (it is gone), applied (it did happen: undo it), ignore (it may stay).',
  operands: 'RUN STEP undone|applied|ignore',
  operandRange: [3, 3],
  options: {
    ...OPERATOR_OPTIONS,
    note: { type: 'string', value: 'TEXT', says: 'How you know; required, and kept in the audit trail.' },
    visit: VISIT_OPTION,
  },
  examples: [
    {
      line: 'interlock resolve place-order-1a2b capture-payment undone --note "refunded by hand, RF-881"',
      says: 'What was built on it is gone as well, so the rest of the run is undone next.',
    },
    {
      line: 'interlock resolve place-order-1a2b authorise-payment applied --note "found it in the console"',
      says: 'A step in doubt did happen: it is undone.',
    },
    {
      line: 'interlock resolve place-order-1a2b ship ignore --note "the carrier keeps them"',
      says: "All open items of a list at once; one of them is named by its path, as 'ship[sku-7]'.",
    },
  ],
  async run(invocation) {
    const [, step = '', word = ''] = invocation.operands;
    const as = WORDS.find((known) => known === word);
    if (!as) {
      const nearest = suggestion(word, WORDS, 'word');
      throw usageFailure(`${word} says nothing of an effect`, nearest || `Say one of: ${WORDS.join(', ')}.`);
    }
    requireNote(invocation, 'resolve');
    const act = { verb: 'resolve', step, as, ...visitOf(invocation.options.text('visit')) } as const;
    return await operateRun(invocation, () => act);
  },
};
