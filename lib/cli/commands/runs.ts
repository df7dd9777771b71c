/** `interlock runs`: the runs of a data folder, newest first, or one of them with everything that was done to it. */
import type { RunPage, Session } from '../../embedded/session.ts';
import type { RunView } from '../../model/run.ts';
import type { Phase } from '../../runtime/ports/journal.ts';
import { type Command, type Invocation, JSON_OPTION, usageFailure } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { inSession } from '../operating.ts';
import { renderNext, type Suggesting } from '../render-next.ts';
import { millis, renderView } from '../render-run.ts';
import { renderTrail } from '../render-trail.ts';
import { DATA_OPTION, LIMIT_OPTION, limitOf, runNamed } from '../run-operand.ts';
import { REVEAL_OPTION, revealed } from '../revealing.ts';
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
  summary: 'List the runs of this machine, newest first, or show one: its steps, undos, attempts and audit trail.',
  operands: '[[show] RUN]',
  operandRange: [0, 2],
  options: {
    workflow: { type: 'string', short: 'w', value: 'WORKFLOW', says: 'Only runs of this workflow.' },
    phase: { type: 'string', multiple: true, value: 'PHASE', says: `Only runs in this phase: ${PHASES.join(', ')}.` },
    limit: LIMIT_OPTION,
    data: DATA_OPTION,
    reveal: REVEAL_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    { line: 'interlock runs', says: 'The last twenty.' },
    { line: 'interlock runs --phase needs-attention', says: 'Those that wait for an operator.' },
    { line: 'interlock runs show place-order-1a2b', says: 'One of them, by as much of its id as no other has.' },
    { line: 'interlock runs show place-order-1a2b --json', says: 'The same for a program: the run view with `audit`.' },
  ],
  async run(invocation) {
    const { operands, options, terminal } = invocation;
    const given = shownRun(operands);
    return await inSession(invocation, async (session) => {
      if (given !== undefined) return await show(await runNamed(given, session), session, invocation);
      const workflowId = options.text('workflow');
      const page = await session.list({
        limit: limitOf(options.text('limit')),
        phases: phasesOf(options.texts('phase')),
        ...(workflowId !== undefined && { workflowId }),
      });
      terminal.out(options.flag('json') ? `${JSON.stringify(page)}\n` : renderPage(page));
      return ExitCode.Ok;
    });
  },
};

/** `show` may be left out; alone it is no run's name. */
function shownRun(operands: readonly string[]): string | undefined {
  const [first, second] = operands;
  if (first !== 'show' && second === undefined) return first;
  const remedy = 'Write it like interlock runs show place-order-1a2b; `interlock runs` lists them.';
  if (first !== 'show') throw usageFailure(`runs does not ${first}`, remedy);
  if (second === undefined) throw usageFailure('runs show needs a run', remedy);
  return second;
}

async function show(runId: string, session: Session, invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const found = await session.detail(runId);
  if (!found)
    throw usageFailure(`There is no run ${runId} in this data folder`, 'Run `interlock runs` for those that are.');
  const view = await revealed(found, session, invocation);
  const text = (): string => renderDetail(view, { ink: inkFor(terminal.colour.out), data: options.text('data') });
  terminal.out(options.flag('json') ? `${JSON.stringify(view)}\n` : text());
  return ExitCode.Ok;
}

function renderDetail(view: RunView, suggesting: Suggesting): string {
  const { audit = [], deadLetters = [] } = view;
  const { ink } = suggesting;
  const letters = deadLetters.map(({ id, at, state }) => `dead letter ${id} of ${at}: ${state}\n`).join('');
  return `${renderView(view, ink)}${renderTrail(audit, ink)}${letters}${renderNext(view, suggesting)}`;
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
