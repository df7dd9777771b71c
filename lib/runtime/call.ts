/**
 * The call core: one passage through a step of a run (run-contract sections 2 to 5). It answers with the step's outputs
 * and the way on, or throws a TaskFailure that the machine's Retry and Catch know. An effect costs two journal writes
 * (intent, outcome) however often it is repeated, a safe step one; a task that comes twice is answered from the journal.
 */
import { unreachable } from '../model/assert.ts';
import type { PlanReceive } from '../model/plan.ts';
import { type CallAnswer, type CallTask, TaskError } from '../model/task.ts';
import { type Bounds, notSent } from './attempt.ts';
import { type Attempts, authoriseFor, makeAttempts, type Series, summary } from './attempts.ts';
import { answerStanding } from './answer-standing.ts';
import { begin, beginAgain } from './begin.ts';
import { answerApplied, answerFailed, type Conclusion, conclude, concludeStopped, note } from './conclude.ts';
import { askedOf, mayProbe, probeNow, resolveDoubt } from './doubt.ts';
import { type CallPorts, type Opening, openPassage, type Passage } from './passage.ts';
import type { Asked, Intent } from './ports/journal.ts';
import { askedAgain, type Question } from './poll.ts';
import { correlationOf, receive, receivingRequest } from './receive.ts';
import { preparedRequest } from './request/prepare.ts';
import { mayRepeatInDoubt } from './retry.ts';
import { TaskFailure } from './task-failure.ts';

export type { CallPorts } from './passage.ts';

export async function call(task: CallTask, ports: CallPorts): Promise<CallAnswer> {
  if (task.fenced === true) throw new TaskFailure(TaskError.Fenced, 'a branch of the join before has failed');
  return await pass(task, ports);
}

export async function pass(task: CallTask, ports: CallPorts, opening: Opening = {}): Promise<CallAnswer> {
  const passage = await openPassage(task, ports, opening);
  const prepared = await prepare(passage, ports);
  const { standing } = passage;
  if (standing) {
    const answer = await answerStanding(passage, standing, prepared.ok ? prepared.request : undefined, ports);
    return answer ?? (await pass(task, ports, { ...opening, anew: true }));
  }
  const begun = await begin(passage, ports);
  switch (begun.kind) {
    case 'applied':
      return answerApplied(passage, begun.outcome);
    case 'failed':
      return answerFailed(passage, begun.outcome);
    case 'lapsed':
      return await resumeLapsed(passage, ports, { prepared, intent: begun.intent });
    case 'begun':
      return await perform(passage, ports, { prepared, ...begun });
    default:
      return unreachable(begun, 'beginning');
  }
}

type Prepared =
  | (Pick<Series, 'request' | 'environment' | 'authorised'> & { readonly ok: true })
  | { readonly ok: false; readonly why: string };

/** Everything that can be done before the intent is: values, and a token where one has to be fetched. */
async function prepare(passage: Passage, ports: CallPorts): Promise<Prepared> {
  const { message } = passage.said ?? {};
  if (message !== undefined) return { ok: false, why: message };
  const { step, system, evaluation } = passage;
  if (step.receive) return preparedToReceive(passage, step.receive);
  const environment = ports.environments.system(system.name);
  const scope = evaluation.scope(step.scope);
  const built = await preparedRequest({ calling: passage, environment, scope });
  for (const text of [...evaluation.notes, ...built.notes]) note(passage, ports, text);
  if (!built.ok) return { ok: false, why: built.why };
  const { request } = built;
  const authorised = await authoriseFor({ passage, request, environment }, ports, 1);
  return { ok: true, request, environment, authorised };
}

/** Nothing is sent, and nobody has to be told who asks. */
function preparedToReceive(passage: Passage, receive: PlanReceive): Prepared {
  const correlated = correlationOf(passage.step, receive, passage.evaluation);
  if (!correlated.ok) return correlated;
  const credentials = { headers: [], query: [], cookies: [] };
  const authorised = { ok: true, credentials, forget: () => false } as const;
  return { ok: true, request: receivingRequest(passage), environment: {}, authorised };
}

interface Performing {
  readonly prepared: Prepared;
  readonly bounds: Bounds;
  readonly overBudget: boolean;
  readonly intent?: Intent;
  /** A probe was asked before: it found nothing. */
  readonly asked?: Asked;
}

async function perform(
  passage: Passage,
  ports: CallPorts,
  { prepared, bounds, overBudget, intent, asked }: Performing,
): Promise<CallAnswer> {
  const ending = { passage, deadline: bounds.deadline, ...(intent && { intent }), ...(asked && { asked }) };
  if (overBudget) {
    const attempts = unsent(passage, ports, `the budget of ${passage.plan.stepBudget} step visits is used up`);
    return await concludeStopped({ ...ending, attempts }, ports, TaskError.RunInvalid);
  }
  const { message } = passage.said ?? {};
  if (message !== undefined) {
    return await conclude({ ...ending, attempts: notAllowed(passage, ports, message), bounds }, ports);
  }
  if (!prepared.ok) {
    return await conclude({ ...ending, attempts: unsent(passage, ports, prepared.why), bounds }, ports);
  }
  const series = { ...prepared, passage, bounds };
  const made = passage.step.receive ? await receive(series, ports) : await makeAttempts(series, ports);
  const { poll } = passage.step;
  if (poll && made.outcome !== 'applied') return await askOn({ ...ending, poll, attempts: made }, bounds, ports);
  const resolved = await resolveDoubt(series, made, ports);
  return await conclude({ ...ending, bounds, ...resolved }, ports);
}

/** Not done yet: the machine waits and asks again, until it is over. */
async function askOn(
  question: Question & Pick<Conclusion, 'intent'>,
  bounds: Bounds,
  ports: CallPorts,
): Promise<CallAnswer> {
  const asked = askedAgain(question, ports.clock.now());
  if (asked.kind === 'again') return asked.answer;
  const { passage, attempts, deadline, intent } = question;
  return await conclude({ passage, attempts, deadline, ...(intent && { intent }), bounds, over: asked.why }, ports);
}

/** Whoever was asked did not want it: that is an answer, and nothing was sent. */
function notAllowed(passage: Passage, ports: CallPorts, why: string): Attempts {
  const attempt = notSent(ports.clock.now(), why, true);
  const record = { ...attempt.record, outcome: 'refused' } as const;
  return { records: [], outcome: 'refused', last: { ...attempt, record, outcome: 'refused' } };
}

function unsent(passage: Passage, ports: CallPorts, why: string): Attempts {
  const attempt = notSent(ports.clock.now(), why, true);
  return summary(passage, [attempt.record], attempt, undefined);
}

/**
 * Whoever wrote the intent may have sent the request, and its lease is over. What is safe to repeat is repeated under the
 * same key; what has a probe is looked for once it can no longer land; everything else is in doubt.
 */
async function resumeLapsed(
  passage: Passage,
  ports: CallPorts,
  { prepared, intent }: { readonly prepared: Prepared; readonly intent: Intent },
): Promise<CallAnswer> {
  const { step, operation } = passage;
  const quiet = intent.leaseUntil + step.graceMs;
  const since = intent.since ?? intent.at;
  const repeats = mayRepeatInDoubt(step, operation.method, { since, now: ports.clock.now() });
  if (!repeats && !mayProbe(passage)) return await concludeLapsed(passage, ports, intent);
  if (!repeats && ports.clock.now() < quiet) {
    throw new TaskFailure(TaskError.Leased, `an invocation of ${step.path} was lost, and its effect may still land`);
  }
  const begun = await beginAgain(passage, ports, intent);
  if (begun.kind !== 'begun') throw new TaskFailure(TaskError.Leased, `another invocation has taken over ${step.path}`);
  const lost = { outcome: 'in-doubt', startedAt: since, quietAfter: quiet } as const;
  const after: Passage = {
    ...passage,
    startedAt: since,
    past: { ...passage.past, underSameKey: [...passage.past.underSameKey, lost] },
  };
  if (repeats) return await perform(after, ports, { prepared, ...begun });
  const found = await probeNow(passage, begun.bounds, ports);
  const asked = askedOf(found, ports);
  if (found.kind === 'absent') return await perform(passage, ports, { prepared, ...begun, asked });
  const attempts = lostAttempts(passage, intent);
  const taken = begun.intent && { intent: begun.intent };
  const ending = { passage: after, deadline: begun.bounds.deadline, asked, ...taken };
  if (found.kind === 'unknown') return await conclude({ ...ending, attempts }, ports);
  return await conclude({ ...ending, attempts: { ...attempts, outcome: 'applied' }, probed: found.outputs }, ports);
}

async function concludeLapsed(passage: Passage, ports: CallPorts, intent: Intent): Promise<CallAnswer> {
  const attempts = lostAttempts(passage, intent);
  const header = await ports.journal.header(passage.task.run);
  const deadline = header?.deadline ?? intent.leaseUntil;
  const since = { ...passage, startedAt: intent.since ?? intent.at };
  return await conclude({ passage: since, attempts, deadline, intent }, ports);
}

function lostAttempts({ step: { path, graceMs } }: Passage, intent: Intent): Attempts {
  const why = `an earlier invocation of ${path} was lost between its intent and its outcome`;
  const lost = notSent(intent.at, why, true);
  return {
    records: [],
    outcome: 'in-doubt',
    last: { ...lost, outcome: 'in-doubt' },
    quietAfter: intent.leaseUntil + graceMs,
  };
}
