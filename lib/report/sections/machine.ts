/** The state machines as they are deployed. */
import { type Block, heading, paragraph } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';
import { statesOf } from '../pictures/states.ts';

export function machine({ plan, machine: states, undoMachine }: WorkflowFacts, id: string): readonly Block[] {
  const main = statesOf(states, `State machine of ${plan.workflowId}`);
  const undo = statesOf(undoMachine, `Undo machine of ${plan.workflowId}`);
  const tooMany = paragraph('It has more states than a drawing can show; `interlock compile` prints them.');
  return [
    heading(3, 'State machine', `${id}-machine`),
    paragraph('A frame is a Parallel or a Map. Where a state goes when it fails stands in its box.'),
    main ? { kind: 'picture', picture: main } : tooMany,
    paragraph(
      plan.mode === 'express'
        ? 'A run whose execution is ended from outside, or that it hands over, is settled by a machine of its own:'
        : 'A run whose execution is ended from outside is settled by a machine of its own:',
    ),
    undo ? { kind: 'picture', picture: undo } : tooMany,
  ];
}
