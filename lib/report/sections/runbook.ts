/** The recovery runbook: for each situation what the operator sees, what to know, and what to run. */
import { type Block, heading, paragraph } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';
import { situationsOf } from './situations.ts';

export function runbook(facts: WorkflowFacts, id: string): readonly Block[] {
  return [
    heading(3, 'Recovery runbook', `${id}-runbook`),
    paragraph([
      'RUN is the id of the run, or as much of it as no other run has. ',
      { code: 'interlock queue' },
      ' lists what waits for a person; every command takes ',
      { code: '--json' },
      '. On AWS the same actions are routes of the run API.',
    ]),
    ...situationsOf(facts).flatMap(({ title, sees, does, runs }, index): readonly Block[] => [
      heading(4, title, `${id}-situation-${index + 1}`),
      paragraph([{ strong: 'You see:' }, ' ', ...(typeof sees === 'string' ? [sees] : sees)]),
      { kind: 'list', items: does },
      { kind: 'commands', lines: runs },
    ]),
  ];
}
