/**
 * The call core: one passage through a step of a run (run-contract sections 2 to 5). It answers with the step's outputs
 * and the way on, or throws a TaskFailure that the machine's Retry and Catch know. An effect costs two journal writes
 * (intent, outcome) however often it is repeated, a safe step one; a task that comes twice is answered from the journal.
 */
import { unreachable } from '../model/assert.ts';
import { type CallAnswer, type CallTask, TaskError } from '../model/task.ts';
import { type Bounds, notSent } from './attempt.ts';
import { type Attempts, authoriseFor, makeAttempts, type Series, summary } from './attempts.ts';
import { begin } from './begin.ts';
import { answerApplied, answerFailed, conclude, concludeStopped, note } from './conclude.ts';
import { type CallPorts, openPassage, type Passage } from './passage.ts';
import type { Intent } from './ports/journal.ts';
import { buildRequest } from './request/build.ts';
import { TaskFailure } from './task-failure.ts';

export type { CallPorts } from './passage.ts';

export async function call(task: CallTask, ports: CallPorts): Promise<CallAnswer> {
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch of the join before has failed');
  const passage = await openPassage(task, ports);
  const prepared = await prepare(passage, ports);
  const begun = await begin(passage, ports);
  switch (begun.kind) {
    case 'applied':
      return answerApplied(passage, begun.outcome);
    case 'failed':
      return answerFailed(passage, begun.outcome);
    case 'lapsed':
      return await concludeLapsed(passage, ports, begun.intent);
    case 'begun':
      return await perform(passage, ports, { prepared, bounds: begun.bounds, overBudget: begun.overBudget });
    default:
      return unreachable(begun, 'beginning');
  }
}

type Prepared =
  | (Pick<Series, 'request' | 'environment' | 'authorised'> & { readonly ok: true })
  | { readonly ok: false; readonly why: string };

/** Everything that can be done before the intent is: values, and a token where one has to be fetched. */
async function prepare(passage: Passage, ports: CallPorts): Promise<Prepared> {
  const { plan, step, system, evaluation, idempotencyKey } = passage;
  const environment = ports.environments.system(system.name);
  const scope = evaluation.scope(step.scope);
  const built = buildRequest({ plan, step, environment, scope, idempotencyKey });
  for (const text of [...evaluation.notes, ...built.notes]) note(passage, ports, text);
  if (!built.ok) return { ok: false, why: built.why };
  const { request } = built;
  const authorised = await authoriseFor({ passage, request, environment }, ports, 1);
  return { ok: true, request, environment, authorised };
}

interface Performing {
  readonly prepared: Prepared;
  readonly bounds: Bounds;
  readonly overBudget: boolean;
}

async function perform(
  passage: Passage,
  ports: CallPorts,
  { prepared, bounds, overBudget }: Performing,
): Promise<CallAnswer> {
  const { deadline } = bounds;
  if (overBudget) {
    const attempts = unsent(passage, ports, `the budget of ${passage.plan.stepBudget} step visits is used up`);
    return await concludeStopped({ passage, attempts, deadline }, ports, TaskError.RunInvalid);
  }
  const attempts = prepared.ok
    ? await makeAttempts({ ...prepared, passage, bounds }, ports)
    : unsent(passage, ports, prepared.why);
  return await conclude({ passage, attempts, deadline, bounds }, ports);
}

function unsent(passage: Passage, ports: CallPorts, why: string): Attempts {
  const attempt = notSent(ports.clock.now(), why, true);
  return summary(passage, [attempt.record], attempt, undefined);
}

/** Whoever wrote the intent may have sent the request, and its lease is over: that is doubt, and nothing is sent again. */
async function concludeLapsed(passage: Passage, ports: CallPorts, intent: Intent): Promise<CallAnswer> {
  const { graceMs, path } = passage.step;
  const why = `an earlier invocation of ${path} was lost between its intent and its outcome`;
  const lost = notSent(intent.at, why, true);
  const attempts: Attempts = {
    records: [],
    outcome: 'in-doubt',
    last: { ...lost, outcome: 'in-doubt' },
    quietAfter: intent.leaseUntil + graceMs,
  };
  const header = await ports.journal.header(passage.task.run);
  const deadline = header?.deadline ?? intent.leaseUntil;
  return await conclude({ passage: { ...passage, startedAt: intent.at }, attempts, deadline }, ports);
}
