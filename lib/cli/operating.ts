/**
 * What the operator's commands share: one session, the run that was meant, its credentials where nobody has them at hand,
 * the action, its events while it goes on, and the view with what to run next. They exit with 0 where the run has come to
 * what the action is for.
 */
import { userInfo } from 'node:os';
import { dataFolder } from '../embedded/data-folder.ts';
import { namedVariables, requireVariables } from '../embedded/environment-file.ts';
import { type Operated, type OperatorAct, type OperatorVerb, refusalFailure } from '../embedded/operate.ts';
import { realRandom } from '../embedded/real-clock.ts';
import type { Variables } from '../embedded/secrets.ts';
import { openSession, type Session } from '../embedded/session.ts';
import type { RunStatus, RunView } from '../model/run.ts';
import { type Invocation, type OptionSpec, usageFailure } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { renderNext } from './render-next.ts';
import { renderProblems } from './render-problems.ts';
import { EventLines } from './event-lines.ts';
import { renderView } from './render-run.ts';
import { DATA_OPTION, runNamed } from './run-operand.ts';
import { inkFor } from './terminal.ts';

export const OPERATOR_OPTIONS: { readonly [name: string]: OptionSpec } = {
  note: { type: 'string', value: 'TEXT', says: 'Why; kept in the audit trail with who did it.' },
  data: DATA_OPTION,
  json: { type: 'boolean', says: 'Print the run view as one JSON object on stdout.' },
};

export const VISIT_OPTION: OptionSpec = {
  type: 'string',
  value: 'N',
  says: 'Which passage through the step, where there were several.',
};

/** What a run has come to where its action did what it is for; an action that starts nothing has done so at once. */
const INTENDED: { readonly [V in OperatorVerb]: readonly RunStatus[] | 'any' } = {
  cancel: ['compensated', 'failed'],
  undo: ['compensated', 'failed'],
  resolve: ['compensated', 'failed'],
  redrive: ['compensated', 'failed', 'succeeded'],
  retry: ['succeeded'],
  approve: 'any',
  reject: 'any',
  skip: 'any',
  discard: 'any',
};

/** How a run is when the action has it call its systems; otherwise the action is refused, or calls nobody. */
const CALLING: { readonly [V in OperatorVerb]: readonly RunStatus[] } = {
  cancel: ['running', 'waiting', 'compensating'],
  undo: ['needs-attention'],
  resolve: ['needs-attention'],
  redrive: ['needs-attention', 'compensating'],
  retry: ['needs-attention', 'compensated', 'failed'],
  approve: ['running', 'waiting'],
  reject: ['running', 'waiting'],
  skip: [],
  discard: [],
};

export async function inSession<T>(
  { options, terminal, variables }: Invocation,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    folder: dataFolder(options.text('data'), process.cwd()),
    variables,
    recover: false,
    onDropped: (what) => terminal.error(`${what}\n`),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Gives an exit code where there is nothing to act on. */
export type Asking = (view: RunView) => Promise<OperatorAct | ExitCode> | OperatorAct;

/** For a command whose first operand is a run. */
export async function operateRun(invocation: Invocation, asking: Asking): Promise<ExitCode> {
  return await inSession(invocation, async (session) => {
    const run = await runNamed(invocation.operands[0] ?? '', session);
    const view = await session.view(run);
    if (!view)
      throw usageFailure(`There is no run ${run} in this data folder`, 'Run `interlock runs` for those that are.');
    const act = await asking(view);
    if (typeof act === 'number') return act;
    const operated = await operateOn(session, invocation, { run, status: view.status, act });
    if (operated.kind === 'invalid') {
      return tellInvalid(operated, invocation, act.verb === 'approve' || act.verb === 'reject' ? 'answer' : 'input');
    }
    tellView(operated.view, invocation);
    return codeFor(act.verb, operated.view);
  });
}

export interface Acting {
  readonly run: string;
  readonly status: RunStatus;
  readonly act: OperatorAct;
}

export async function operateOn(
  session: Session,
  invocation: Invocation,
  { run, status, act }: Acting,
): Promise<Exclude<Operated, { kind: 'refused' }>> {
  const { options, terminal } = invocation;
  const note = options.text('note');
  const variables = CALLING[act.verb].includes(status)
    ? await variablesFor(run, session, invocation.variables)
    : undefined;
  const startedAt = Date.now();
  const lines = new EventLines(inkFor(terminal.colour.error));
  const asked = {
    ...act,
    run,
    id: realRandom.uuid(),
    actor: userInfo().username,
    ...(note !== undefined && { note }),
    ...(variables && { variables }),
  };
  const operated = await session.operate(asked, (event) => {
    const line = lines.line(event, startedAt);
    if (line !== undefined && !options.flag('json')) terminal.error(`${line}\n`);
  });
  if (operated.kind === 'refused') throw refusalFailure(operated);
  return operated;
}

/** Nothing is begun that could only fail for a credential that this terminal lacks. */
async function variablesFor(run: string, session: Session, variables: Variables): Promise<Variables | undefined> {
  const placing = await session.placing(run);
  if (!placing) return undefined;
  await requireVariables(placing.placement, placing.systems, variables);
  return await namedVariables(placing.placement, variables);
}

export function codeFor(verb: OperatorVerb, { status }: RunView): ExitCode {
  const intended = INTENDED[verb];
  return intended === 'any' || intended.includes(status) ? ExitCode.Ok : ExitCode.Document;
}

/** The run as it is now, and what to do with it. */
export function tellView(view: RunView, { options, terminal }: Invocation): void {
  if (options.flag('json')) return terminal.out(`${JSON.stringify(view)}\n`);
  const ink = inkFor(terminal.colour.out);
  terminal.out(`\n${renderView(view, ink)}${renderNext(view, { ink, data: options.text('data') })}`);
}

export function tellInvalid(
  { problems }: Extract<Operated, { kind: 'invalid' }>,
  { options, terminal }: Invocation,
  of: 'input' | 'answer' = 'input',
): ExitCode {
  if (options.flag('json')) terminal.out(`${JSON.stringify({ status: 'refused', problems })}\n`);
  else terminal.error(renderProblems(problems, of));
  return ExitCode.Document;
}

export function visitOf(given: string | undefined): { readonly visit?: number } {
  if (given === undefined) return {};
  const visit = Number(given);
  if (/^\d{1,9}$/.test(given) && visit >= 1) return { visit };
  throw usageFailure(`--visit ${given} is no number from 1 on`, 'Write it like --visit 2.');
}

/** Where a person's word stands for what no machine knows, the person says how they know. */
export function requireNote({ options }: Invocation, verb: string): void {
  if (options.text('note')?.trim()) return;
  throw usageFailure(`${verb} needs a --note`, 'Say why, like --note "refunded by hand": the audit trail keeps it.');
}
