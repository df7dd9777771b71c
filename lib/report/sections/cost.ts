/** What runs cost before anything is deployed. */
import type { PathCost } from '../../analyze/cost.ts';
import { type Block, heading, paragraph, type Text, table } from '../block.ts';
import type { WorkflowFacts } from '../facts.ts';

export function cost({ analysis, plan }: WorkflowFacts, id: string): readonly Block[] {
  const { happy, failing, express, region, asOf, memoryMb } = analysis.cost;
  const row = (name: string, value: (path: PathCost) => string): readonly Text[] => [
    name,
    value(happy),
    value(failing),
  ];
  const failed = failing.step === '' ? 'no step' : `${failing.step} refused`;
  return [
    heading(3, 'Cost', `${id}-cost`),
    paragraph(
      `By list prices of ${region} of ${asOf}, functions of ${memoryMb} MB; without logs, traces, alarms, storage and free tiers.`,
    ),
    table(
      'Cost of a million runs',
      ['', 'all goes well', failed],
      [
        row('state transitions of a run', ({ transitions }) => String(transitions)),
        row('function invocations', ({ invocations }) => String(invocations)),
        row('writes of the run table', ({ journalWrites }) => String(journalWrites)),
        row('USD a million runs: transitions', ({ usdPerMillion }) => usd(usdPerMillion.transitions)),
        row('functions', ({ usdPerMillion }) => usd(usdPerMillion.lambda)),
        row('run table', ({ usdPerMillion }) => usd(usdPerMillion.dynamoDb)),
        row('dead letters', ({ usdPerMillion }) => usd(usdPerMillion.sqs)),
        [
          [{ strong: 'all' }],
          [{ strong: usd(happy.usdPerMillion.total) }],
          [{ strong: usd(failing.usdPerMillion.total) }],
        ],
      ],
    ),
    paragraph(
      `${plan.mode === 'express' ? 'It is' : 'As'} an express workflow: ${usd(express.total)} a million runs, ${usd(express.workflow)} of it in place of the transitions; ${usd(express.failing)} where ${failed}.`,
    ),
  ];
}

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
