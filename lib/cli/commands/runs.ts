/** `interlock runs`: the runs of a data folder, newest first, or one of them whole. */
import { dataFolder } from '../../embedded/data-folder.ts';
import { openSession, type RunPage } from '../../embedded/session.ts';
import type { Phase } from '../../runtime/ports/journal.ts';
import { type Command, type Invocation, JSON_OPTION, usageFailure } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { millis, renderView } from '../render-run.ts';
import { inkFor } from '../terminal.ts';

const PHASES: readonly Phase[] = [
  'forward',
  'fenced',
  'compensating',
  'succeeded',
  'compensated',
  'failed',
  'needs-attention',
];

export const runsCommand: Command = {
  name: 'runs',
  summary: 'List the runs of this machine, newest first, or show one with all its steps.',
  operands: '[RUN]',
  operandRange: [0, 1],
  options: {
    workflow: { type: 'string', short: 'w', value: 'WORKFLOW', says: 'Only runs of this workflow.' },
    phase: { type: 'string', multiple: true, value: 'PHASE', says: `Only runs in this phase: ${PHASES.join(', ')}.` },
    limit: { type: 'string', value: 'N', says: 'At most so many (default 20, at most 1000).' },
    data: {
      type: 'string',
      value: 'DIR',
      says: 'The data folder (default .interlock beside the nearest package.json).',
    },
    json: JSON_OPTION,
  },
  examples: [
    { line: 'interlock runs', says: 'The last twenty.' },
    { line: 'interlock runs place-order-1a2b3c4d --json', says: 'One of them, for a program.' },
  ],
  async run(invocation) {
    const { operands, options } = invocation;
    const session = await openSession({
      folder: dataFolder(options.text('data'), process.cwd()),
      variables: process.env,
      recover: false,
    });
    try {
      const [runId] = operands;
      if (runId !== undefined) return await show(runId, session, invocation);
      const workflowId = options.text('workflow');
      const page = await session.list({
        limit: limitOf(options.text('limit')),
        phases: phasesOf(options.texts('phase')),
        ...(workflowId !== undefined && { workflowId }),
      });
      invocation.terminal.out(options.flag('json') ? `${JSON.stringify(page)}\n` : renderPage(page));
      return ExitCode.Ok;
    } finally {
      await session.close();
    }
  },
};

async function show(
  runId: string,
  session: Awaited<ReturnType<typeof openSession>>,
  { options, terminal }: Invocation,
): Promise<ExitCode> {
  const view = await session.view(runId);
  if (!view)
    throw usageFailure(`There is no run ${runId} in this data folder`, 'Run `interlock runs` for those that are.');
  terminal.out(options.flag('json') ? `${JSON.stringify(view)}\n` : renderView(view, inkFor(terminal.colour.out)));
  return ExitCode.Ok;
}

function limitOf(given: string | undefined): number {
  const limit = Number(given ?? '20');
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw usageFailure(`--limit ${given} is no number from 1 to 1000`, 'Write it like --limit 50.');
}

function phasesOf(given: readonly string[]): readonly Phase[] {
  return given.map((one) => {
    const phase = PHASES.find((known) => known === one);
    if (phase) return phase;
    throw usageFailure(`--phase ${one} is no phase`, `Phases: ${PHASES.join(', ')}.`);
  });
}

function renderPage({ runs, next }: RunPage): string {
  if (runs.length === 0) return 'No such runs in this data folder. Begin one with: interlock run FILE --simulate\n';
  const width = Math.max(...runs.map(({ runId }) => runId.length));
  const lines = runs.map(({ runId, phase, startedAt, endedAt }) => {
    const took = endedAt === undefined ? '' : millis(endedAt - startedAt);
    return `${runId.padEnd(width)}  ${phase.padEnd(15)}  ${new Date(startedAt).toISOString()}  ${took.padStart(10)}`.trimEnd();
  });
  return `${lines.join('\n')}\n${next === undefined ? '' : 'There are more: --limit N shows so many.\n'}`;
}
