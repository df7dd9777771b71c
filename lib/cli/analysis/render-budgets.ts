/** Times and cost as tables. */
import type { Analysis } from '../../analyze/analyze.ts';
import type { PathCost } from '../../analyze/cost.ts';
import { words } from '../../analyze/scenarios.ts';
import { promiseWords } from '../../model/promises.ts';
import { counted } from '../../diagnostics/words.ts';
import { columns, paragraph } from './columns.ts';
import type { Page } from './render-analysis.ts';

export function renderTime({ timing, slo, workflowId }: Analysis, { width, ink }: Page): readonly string[] {
  const { suggestion } = timing;
  const table = columns(
    [
      ['step', 'attempts', 'each', 'one visit', 'with retries', 'grace'],
      ...timing.steps.map((step) => [
        step.step,
        String(step.attempts),
        step.timeoutsMs.map(words).join(', '),
        words(step.visitMs),
        words(step.worstMs),
        words(step.graceMs),
      ]),
    ],
    [40],
  );
  return [
    ...paragraph(
      'expected  ',
      `${words(timing.expectedMs)}, at ${words(timing.latencyMs)} a call (--latency)`,
      width - 2,
    ),
    ...paragraph('          ', `critical path: ${timing.criticalPath.join(' -> ')}`, width - 2),
    ...(slo
      ? paragraph('promised  ', promiseWords({ of: 'workflow', name: workflowId, slo }).join(', '), width - 2)
      : []),
    `at worst  ${words(timing.worstMs)} of ${words(timing.deadlineMs)} until the deadline${undos(timing)}`,
    ...table.map((line, index) => (index === 0 ? ink.dim(line) : line)),
    ...timing.added.map(({ from, to }) => `${to} also waits for ${from}: parallel states cannot say it otherwise`),
    ...(suggestion ? suggested(suggestion, timing, width) : []),
  ];
}

function undos({ undoBudgetMs }: Analysis['timing']): string {
  return undoBudgetMs === 0 ? '' : `; each undo has up to ${words(undoBudgetMs)} more`;
}

function suggested(
  { groups, expectedMs, worstMs, transitions }: NonNullable<Analysis['timing']['suggestion']>,
  timing: Analysis['timing'],
  width: number,
): readonly string[] {
  const beside = groups.map((group) => group.join(' | ')).join('; ');
  const saved = `expected ${words(expectedMs)} instead of ${words(timing.expectedMs)}, at worst ${words(worstMs)} instead of ${words(timing.worstMs)}`;
  return [
    ...paragraph('side by side: ', beside, width - 2),
    ...paragraph(
      '  ',
      `${saved}; ${counted(transitions, 'transition')} more. Nothing that they read or await orders them, and what they change can be undone. Set x-interlock: { parallel: true } on the workflow.`,
      width - 2,
    ),
  ];
}

export function renderCost({ cost, quotas, mode }: Analysis, { ink, width }: Page): readonly string[] {
  const { happy, failing, express } = cost;
  const failed = failing.step === '' ? 'no step' : `${failing.step} refused`;
  const rows = [['', 'all goes well', failed], ...ROWS.map(([name, value]) => [name, value(happy), value(failing)])];
  const quota = (name: string, { used, limit }: { readonly used: number; readonly limit: number }): string =>
    `${name} ${used.toLocaleString('en')} of ${limit.toLocaleString('en')} (${Math.round((100 * used) / limit)} %)`;
  return [
    `list prices of ${cost.region}, ${cost.asOf}; functions with ${cost.memoryMb} MB; without logs, traces and storage`,
    ...columns(rows, [40]).map((line, index) => (index === 0 ? ink.dim(line) : line)),
    ...paragraph(
      mode === 'express' ? 'it is an express workflow: ' : 'as an express workflow: ',
      `${usd(express.total)} a million runs, ${usd(express.workflow)} of it in place of the transitions; ${usd(express.failing)} where ${failed}, with ${counted(express.undoTransitions, 'transition')} of its undo machine`,
      width,
    ),
    quota('definition: bytes', quotas.definitionBytes),
    quota('payload: at most, bytes', quotas.payloadBytes),
    // The history of an express execution has no bound but its five minutes.
    ...(mode === 'express' ? [] : [quota('history: events where all goes well', quotas.historyEvents)]),
  ];
}

const ROWS: readonly (readonly [string, (cost: PathCost) => string])[] = [
  ['state transitions', ({ transitions }) => String(transitions)],
  ['function invocations', ({ invocations }) => String(invocations)],
  ['GB-seconds', ({ lambdaGbSeconds }) => lambdaGbSeconds.toFixed(3)],
  ['journal writes', ({ journalWrites }) => String(journalWrites)],
  ['write units, with indexes', ({ writeUnits }) => String(writeUnits)],
  ['read units', ({ readUnits }) => String(readUnits)],
  ['messages', ({ messages }) => String(messages)],
  ['USD a million: transitions', ({ usdPerMillion }) => usd(usdPerMillion.transitions)],
  ['               functions', ({ usdPerMillion }) => usd(usdPerMillion.lambda)],
  ['               run table', ({ usdPerMillion }) => usd(usdPerMillion.dynamoDb)],
  ['               dead letters', ({ usdPerMillion }) => usd(usdPerMillion.sqs)],
  ['               all', ({ usdPerMillion }) => usd(usdPerMillion.total)],
];

function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
