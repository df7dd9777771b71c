/** What runs when: the coordination with its critical path, times and limits, and who is called in which order. */
import { words } from '../../analyze/scenarios.ts';
import { type Block, codes, heading, type Inline, paragraph, type Text, table } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';
import { coordinationOf } from '../pictures/coordination.ts';
import { happySequence, undoSequence } from '../pictures/sequences.ts';

export function plan(facts: WorkflowFacts, id: string): readonly Block[] {
  const { timing } = facts.analysis;
  const path = timing.criticalPath.flatMap((step, index): readonly Inline[] =>
    index === 0 ? [{ code: step }] : [' → ', { code: step }],
  );
  const undone = undoSequence(facts);
  return [
    heading(3, 'Plan', `${id}-plan`),
    paragraph([
      `Expected ${words(timing.expectedMs)}, at ${words(timing.latencyMs)} a call; at worst ${words(timing.worstMs)} of the ${words(timing.deadlineMs)} until the deadline`,
      timing.undoBudgetMs === 0 ? '.' : `, and up to ${words(timing.undoBudgetMs)} more for each undo.`,
    ]),
    paragraph(['Critical path: ', ...(path.length === 0 ? ['none'] : path), '.']),
    { kind: 'picture', picture: coordinationOf(facts) },
    table(
      'Steps, their limits and times',
      ['step', 'waits for', 'attempts', 'timeout', 'one visit at most', 'with retries', 'grace'],
      timing.steps.map((step) => stepRow(step, facts)),
      'No step.',
    ),
    ...suggestion(facts),
    heading(3, 'Sequence', `${id}-sequence`),
    { kind: 'picture', picture: happySequence(facts) },
    ...(undone
      ? [paragraph('Where the failure comes last and undoes most:'), { kind: 'picture', picture: undone } as const]
      : []),
  ];
}

function stepRow(
  { step, attempts, timeoutsMs, visitMs, worstMs, graceMs }: WorkflowFacts['analysis']['timing']['steps'][number],
  { analysis }: WorkflowFacts,
): readonly Text[] {
  const before = analysis.dependencies.filter(({ to }) => to === step).map(({ from }) => from);
  return [
    codes([step]),
    codes([...new Set(before)]),
    String(attempts),
    timeoutsMs.map(words).join(', '),
    words(visitMs),
    words(worstMs),
    words(graceMs),
  ];
}

function suggestion({ analysis: { timing } }: WorkflowFacts): readonly Block[] {
  if (!timing.suggestion) return [];
  const { groups, expectedMs } = timing.suggestion;
  const beside = groups.map((group) => group.join(' beside ')).join('; ');
  return [
    paragraph([
      `${beside}: side by side it would take ${words(expectedMs)} in place of ${words(timing.expectedMs)}. Nothing that they read or await orders them; `,
      { code: 'x-interlock: { parallel: true }' },
      ' on the workflow allows it.',
    ]),
  ];
}
