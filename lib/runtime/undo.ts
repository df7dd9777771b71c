/**
 * One round of one call of an undo (run-contract section 6). It has an intent, a lease and an outcome like a step; what is
 * not done is tried in further rounds while its budget lasts, and then left to an operator. An undo that may have happened
 * is repeated only where that is safe.
 */
import { assert, unreachable } from '../model/assert.ts';
import { own } from '../model/json.ts';
import type { Kept } from '../model/kept.ts';
import type { PlanUndo } from '../model/plan.ts';
import type { RunError } from '../model/run.ts';
import { TaskError } from '../model/task.ts';
import { answerScope, notSent, waitAskedFor } from './attempt.ts';
import { type Attempts, makeAttempts, summary } from './attempts.ts';
import { idempotencyKeyOfUndo } from './digest.ts';
import { attemptsOfUndo, type EffectOf } from './effects.ts';
import { keepOutputs, oversized } from './keep.ts';
import { type CallPorts } from './passage.ts';
import type { AttemptRecord, RunRecord, UndoRecord, VisitKey } from './ports/journal.ts';
import { mayRepeatInDoubt, pauseBefore } from './retry.ts';
import { emit } from './run-events.ts';
import { openSideCall, prepareSideCall, type SideCall } from './side-call.ts';
import { outputsIn } from './step-outputs.ts';
import { TaskFailure } from './task-failure.ts';

/** An effect, in the record that was read for it. */
interface Found {
  readonly record: RunRecord;
  readonly effect: EffectOf;
}

export interface Round extends Found {
  readonly number: number;
  readonly call: string;
  /** Who compensates; absent while the run goes forward and the step is redone with other data. */
  readonly by: { readonly owner?: string };
  readonly epoch: number;
}

type Calls = Extract<PlanUndo, { kind: 'calls' }>;

export async function undoRound(round: Round, ports: CallPorts): Promise<UndoRecord> {
  const { effect, number } = round;
  const { undo: policy } = effect.step;
  assert(policy?.kind === 'calls', 'only what has an undo is undone');
  const last = effect.undos.find((one) => one.number === number);
  if (last && !isWaiting(last)) return last;
  const now = ports.clock.now();
  if (now < Math.max(effect.quietAfter, last?.notBefore ?? 0)) {
    throw new TaskFailure(TaskError.Later, `${effect.key.step} is not quiet yet`);
  }
  const intended = await intend(round, ports, last);
  if (intended.kind === 'answered') return intended.record;
  const ended = await perform(round, ports, { policy, live: intended.record, lapsed: last?.state === 'live' });
  await ports.journal.recordUndo(round.record.header.runId, ended);
  announceEnd(round, ports, ended);
  return ended;
}

function isWaiting({ state }: UndoRecord): boolean {
  return state === 'again' || state === 'live';
}

type Intended =
  | { readonly kind: 'granted'; readonly record: UndoRecord }
  | { readonly kind: 'answered'; readonly record: UndoRecord };

async function intend(round: Round, ports: CallPorts, last: UndoRecord | undefined): Promise<Intended> {
  const { effect, number, call, by, epoch } = round;
  const at = ports.clock.now();
  if (last?.state === 'live' && at < last.leaseUntil) throw leased(effect.key);
  const planned = own(effect.plan.calls, call);
  assert(planned, `an undo's calls are in the plan (${call})`);
  const record: UndoRecord = {
    key: effect.key,
    number,
    epoch,
    state: 'live',
    by: 'undo',
    startedAt: last?.startedAt ?? at,
    intentAt: at,
    leaseUntil: at + planned.leaseMs,
    nonce: ports.random.uuid(),
    ...soFar(last, planned.graceMs),
    ...(last?.earlier && { earlier: last.earlier }),
  };
  const { runId } = round.record.header;
  const answer = await ports.journal.intendUndo(runId, record, { ...by, ...(last && { after: last.nonce }) });
  switch (answer.kind) {
    case 'granted':
      if (!last) announceStart(round, ports);
      return { kind: 'granted', record };
    case 'exists':
      if (answer.record.state === 'live') throw leased(effect.key);
      return { kind: 'answered', record: answer.record };
    case 'not-now':
      throw new TaskFailure(TaskError.Fenced, `somebody else settles the run, or it is ${answer.phase}`);
    default:
      return unreachable(answer, 'answer to an intent');
  }
}

/** What earlier rounds have left. One that was lost with its lease may have sent its request until the very end of it. */
function soFar(last: UndoRecord | undefined, graceMs: number): Pick<UndoRecord, 'attempts' | 'quietAfter'> {
  if (!last) return { attempts: [] };
  const { attempts, quietAfter, state, intentAt, leaseUntil } = last;
  if (state !== 'live') return { attempts, ...(quietAfter !== undefined && { quietAfter }) };
  const message = 'its invocation was lost between its intent and its outcome';
  const lost: AttemptRecord = { startedAt: intentAt, ms: leaseUntil - intentAt, outcome: 'in-doubt', message };
  return { attempts: [...attempts, lost], quietAfter: Math.max(quietAfter ?? 0, leaseUntil + graceMs) };
}

function leased({ step }: VisitKey): TaskFailure {
  return new TaskFailure(TaskError.Leased, `another invocation undoes ${step} until its lease ends`);
}

interface Performing {
  readonly policy: Calls;
  readonly live: UndoRecord;
  /** The round before was lost: it may have happened. */
  readonly lapsed: boolean;
}

async function perform(round: Round, ports: CallPorts, performing: Performing): Promise<UndoRecord> {
  const { record, effect, call } = round;
  const { live } = performing;
  const { runId } = record.header;
  const idempotencyKey = idempotencyKeyOfUndo(runId, effect.key, round.number);
  const earlier = attemptsOfUndo(live);
  const side = await openSideCall({ effect, record, call, idempotencyKey, earlier }, ports);
  const { step, operation } = side.calling;
  const since = firstUseOf(live);
  if (performing.lapsed && !mayRepeatInDoubt(step, operation.method, { since, now: ports.clock.now() })) {
    return failed(live, ports, TaskError.InDoubt, 'its invocation was lost, and it may not be repeated');
  }
  const bounds = { leaseUntil: live.leaseUntil, deadline: Number.POSITIVE_INFINITY };
  const prepared = await prepareSideCall(side, ports, bounds);
  const attempts = prepared.ok
    ? await makeAttempts(prepared.series, ports)
    : summary(side.calling, [], notSent(ports.clock.now(), prepared.why, true), undefined);
  return await concluded({ side, attempts, effect }, ports, performing);
}

/** Of its key, over all its budgets. */
function firstUseOf(record: UndoRecord): number {
  return attemptsOfUndo(record)[0]?.startedAt ?? record.startedAt;
}

interface Concluding {
  readonly side: SideCall;
  readonly attempts: Attempts;
  readonly effect: EffectOf;
}

async function concluded(concluding: Concluding, ports: CallPorts, { policy, live }: Performing): Promise<UndoRecord> {
  const { attempts, effect } = concluding;
  const made = { ...live, attempts: [...live.attempts, ...attempts.records] };
  const landing = Math.max(live.quietAfter ?? 0, attempts.quietAfter ?? 0);
  const quiet = landing === 0 ? {} : { quietAfter: landing };
  if (isDone(concluding)) {
    const outputs = await outputsOf(concluding, ports);
    return { ...made, ...quiet, state: 'done', endedAt: ports.clock.now(), outputs };
  }
  const message = attempts.last.why;
  const next = nextRound(concluding, ports, { policy, made });
  if (next === undefined) return { ...failed(made, ports, errorName(attempts), message), ...quiet };
  const error: RunError = { error: errorName(attempts), message, step: effect.key.step };
  return { ...made, ...quiet, state: 'again', notBefore: next, endedAt: ports.clock.now(), error };
}

/** For later calls of the same undo. What nobody can keep is missing there. */
async function outputsOf({ side, attempts }: Concluding, { blobs }: CallPorts): Promise<Kept> {
  const { plan, step, task } = side.calling;
  const scope = answerScope(side.scope, attempts.request, attempts.last.response);
  const found = outputsIn(step.outputs, scope, () => undefined);
  const values = oversized(found) === undefined ? found : {};
  return await keepOutputs(values, { plan, run: task.run, sensitive: step.sensitive }, blobs);
}

/** What is not there any more needs no undo; but of an effect in doubt, "not there" proves nothing: it may land yet. */
function isDone({ side, attempts, effect }: Concluding): boolean {
  if (attempts.outcome === 'applied') return true;
  const status = attempts.last.response?.status;
  const missing = status === 404 || status === 410;
  return missing && side.calling.step.criteria.length === 0 && effect.state === 'stands';
}

function errorName({ outcome }: Attempts): string {
  switch (outcome) {
    case 'in-doubt':
      return TaskError.InDoubt;
    case 'throttled':
      return TaskError.Throttled;
    case 'not-sent':
      return TaskError.NotSent;
    case 'unwanted':
    case 'applied':
      return TaskError.Unwanted;
    case 'refused':
      return TaskError.Refused;
    default:
      return unreachable(outcome, 'outcome');
  }
}

/** When to try again; undefined where it is hopeless, unsafe, or the budget is used up. */
function nextRound(
  { side, attempts }: Concluding,
  ports: CallPorts,
  { policy, made }: { readonly policy: Calls; readonly made: UndoRecord },
): number | undefined {
  const now = ports.clock.now();
  const { step, operation } = side.calling;
  // What our own breaker or limit held back was no try.
  const tries = made.attempts.filter(({ withheld }) => withheld !== true).length;
  if (attempts.last.final || tries >= policy.attempts) return undefined;
  switch (attempts.outcome) {
    case 'throttled':
    case 'not-sent':
      break;
    case 'in-doubt':
      if (!mayRepeatInDoubt(step, operation.method, { since: firstUseOf(made), now })) return undefined;
      break;
    default:
      return undefined;
  }
  const asked = waitAskedFor(attempts.last, now) ?? 0;
  const next = now + Math.max(asked, pauseBefore(tries + 1, step.retry, ports.random));
  return next > made.startedAt + policy.budgetMs ? undefined : next;
}

function failed(record: UndoRecord, ports: CallPorts, error: string, message: string): UndoRecord {
  return {
    ...record,
    state: 'failed',
    endedAt: ports.clock.now(),
    error: { error, message, step: record.key.step },
  };
}

function announceStart({ effect, record }: Round, ports: CallPorts): void {
  const source = { runId: record.header.runId, workflowId: effect.plan.workflowId };
  emit(ports, source, { type: 'undo-started', step: effect.key.step, visit: effect.key.visit });
}

function announceEnd({ effect, record }: Round, ports: CallPorts, ended: UndoRecord): void {
  const source = { runId: record.header.runId, workflowId: effect.plan.workflowId };
  const { state, startedAt, intentAt, endedAt = intentAt, notBefore, error } = ended;
  emit(ports, source, {
    type: 'undo-ended',
    step: effect.key.step,
    visit: effect.key.visit,
    status: state,
    ms: endedAt - startedAt,
    ...(state === 'again' && notBefore !== undefined && { againInMs: Math.max(0, notBefore - endedAt) }),
    ...(error && { message: error.message }),
  });
}
