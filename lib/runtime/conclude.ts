/**
 * The end of a passage: outputs, the way on, and the outcome, all in one write (run-contract sections 3 and 5); the fence
 * goes up in the same write when nobody answers for a failure. What is recorded already wins over what this invocation
 * found: a repeat gives the same answer.
 */
import { assert } from '../model/assert.ts';
import { DEFAULTS } from '../model/defaults.ts';
import { isHandedByFailure } from '../model/handed-on-names.ts';
import type { Outcome } from '../model/outcome.ts';
import type { JsonObject } from '../model/json.ts';
import type { RunError } from '../model/run.ts';
import { type CallAnswer, TaskError, type TaskErrorName } from '../model/task.ts';
import type { Scope } from '../expressions/scope.ts';
import { answerScope, type Bounds, waitAskedFor } from './attempt.ts';
import { type Attempts, mayRepeatAt } from './attempts.ts';
import { type Leaving, type Left, leaveFailed, leaveWell, leaveWithoutFallback } from './decide.ts';
import { dataDigestOf } from './digest.ts';
import { fallBack } from './fallback.ts';
import { keep, keepOutputs, oversized } from './keep.ts';
import type { CallPorts, Passage } from './passage.ts';
import { decidedOutcome } from './passed-twice.ts';
import type { AppliedOutcome, Asked, FailedOutcome, Intent, RunRecord } from './ports/journal.ts';
import { emit, stepStatus } from './run-events.ts';
import { outputsIn } from './step-outputs.ts';
import { TaskFailure } from './task-failure.ts';
import { nextAt } from './visit.ts';

type FailedKind = Exclude<Outcome, 'applied'>;

const ERROR_NAMES: { readonly [O in FailedKind]: TaskErrorName } = {
  unwanted: TaskError.Unwanted,
  refused: TaskError.Refused,
  throttled: TaskError.Throttled,
  'not-sent': TaskError.NotSent,
  'in-doubt': TaskError.InDoubt,
};

/**
 * In place, of what an unwanted answer gave: names and numbers that its undo needs; and of what an item of a list gave, since
 * there may be thousands in one record.
 */
const GIVEN_BYTES = 2_048;
const SMALL = { valueBytes: GIVEN_BYTES, inlineBytes: GIVEN_BYTES } as const;

export interface Conclusion {
  readonly passage: Passage;
  readonly attempts: Attempts;
  readonly deadline: number;
  /** Of an effect: that of the invocation whose failure this would be. */
  readonly intent?: Intent;
  /** Outputs that a probe gave, where the answer itself is missing. */
  readonly probed?: JsonObject;
  /** A probe has found that nothing came of an attempt in doubt. */
  readonly absent?: boolean;
  /** A probe was asked. */
  readonly asked?: Asked;
  /** While the passage may still make requests. */
  readonly bounds?: Bounds;
  /** Nothing is asked any more, though it is not done. */
  readonly over?: string;
  /** A fallback has stood in, for this failure. */
  readonly degraded?: FailedKind;
}

export async function conclude(conclusion: Conclusion, ports: CallPorts): Promise<CallAnswer> {
  const { attempts } = conclusion;
  if (attempts.outcome !== 'applied') return await concludeFailed(conclusion, ports, attempts.outcome);
  const outputs = conclusion.probed ?? outputsOf(conclusion, ports);
  const left = await leaveWith(conclusion, ports, outputs);
  if (left.kind === 'goes') return await recordApplied(conclusion, ports, { outputs, left });
  return await recordFailed(conclusion, ports, { outcome: 'unwanted', left });
}

/** The run cannot go on, for a reason that no action of the description answers for. */
export async function concludeStopped(
  conclusion: Conclusion,
  ports: CallPorts,
  error: TaskErrorName,
): Promise<CallAnswer> {
  const { outcome } = conclusion.attempts;
  assert(outcome !== 'applied', 'what was not sent is not applied');
  return await recordFailed(conclusion, ports, { outcome, left: { kind: 'fails' }, error });
}

async function concludeFailed(conclusion: Conclusion, ports: CallPorts, outcome: FailedKind): Promise<CallAnswer> {
  const leaving = leavingOf(conclusion, ports);
  const left = await leaveFailed(leaving, outcome);
  if (left.kind !== 'falls-back') return await recordFailed(conclusion, ports, { outcome, left });
  const fallen = await fallBack(left.fallback, { ...conclusion, scope: leaving.scope }, ports);
  const attempts = { ...conclusion.attempts, records: [...conclusion.attempts.records, ...fallen.records] };
  if (fallen.kind === 'stands-in')
    return await concludeDegraded({ ...conclusion, attempts, degraded: outcome }, ports, fallen.outputs);
  const without = await leaveWithoutFallback(leaving);
  const failed = without.kind === 'fails' ? { ...without, why: without.why ?? fallen.why } : without;
  return await recordFailed({ ...conclusion, attempts }, ports, { outcome, left: failed });
}

/** The run goes on as if the step had given these outputs; nothing of the step stands. */
async function concludeDegraded(
  conclusion: Conclusion & { readonly degraded: FailedKind },
  ports: CallPorts,
  outputs: JsonObject,
): Promise<CallAnswer> {
  note(conclusion.passage, ports, `its fallback stands in: ${conclusion.attempts.last.why}`);
  const left = await leaveWith(conclusion, ports, outputs);
  if (left.kind === 'goes') return await recordApplied(conclusion, ports, { outputs, left });
  return await recordFailed(conclusion, ports, { outcome: conclusion.degraded, left });
}

/** What nobody can keep, no later step can read: the step has not given what it was to give. */
async function leaveWith(conclusion: Conclusion, ports: CallPorts, outputs: JsonObject): Promise<Left> {
  const large = oversized(outputs);
  if (large === undefined) return await leaveWell(leavingOf(conclusion, ports, outputs));
  return { kind: 'fails', why: `its output \`${large}\` has more than ${DEFAULTS.blobLimitBytes} bytes` };
}

function outputsOf(conclusion: Conclusion, ports: CallPorts): JsonObject {
  const { passage } = conclusion;
  const own = Object.entries(passage.step.outputs).filter(([name]) => !isHandedByFailure(name));
  return outputsIn(Object.fromEntries(own), scopeOf(conclusion), (message) => note(passage, ports, message));
}

/** What the actions of a failed step hand on of its answer; where there is none, nothing. */
async function handedBy(conclusion: Conclusion, ports: CallPorts): Promise<Pick<FailedOutcome, 'handed'>> {
  const { step, task } = conclusion.passage;
  const own = Object.entries(step.outputs).filter(([name]) => isHandedByFailure(name));
  if (own.length === 0) return {};
  const values = outputsIn(Object.fromEntries(own), scopeOf(conclusion), () => undefined);
  if (oversized(values) !== undefined) return {};
  return { handed: await keep(values, { run: task.run, sensitive: step.sensitive, ...SMALL }, ports.blobs) };
}

export function note({ task, key }: Passage, ports: CallPorts, message: string): void {
  ports.telemetry.log({ level: 'warn', message, run: task.run, step: key.step, visit: key.visit });
}

function scopeOf({ passage, attempts }: Conclusion, evaluation = passage.evaluation): Scope {
  return answerScope(evaluation.scope(passage.step.scope), attempts.request, attempts.last.response);
}

function leavingOf(conclusion: Conclusion, ports: CallPorts, outputs?: JsonObject): Leaving {
  const { passage, attempts } = conclusion;
  const { plan, step, key, task } = passage;
  const evaluation = outputs ? passage.evaluationWith(outputs) : passage.evaluation;
  const now = ports.clock.now();
  let record: Promise<RunRecord | undefined> | undefined;
  return {
    plan,
    step,
    key,
    at: task.at,
    repair: task.repair === true,
    ...(task.item !== undefined && { itemOf: task.epoch }),
    evaluation,
    scope: scopeOf(conclusion, evaluation),
    absent: conclusion.absent === true,
    ...(conclusion.over !== undefined && { over: conclusion.over }),
    mayRepeat: mayRepeatAt(passage, now),
    retryAfterMs: waitAskedFor(attempts.last, now),
    record: () => (record ??= ports.journal.record(task.run)),
  };
}

type Goes = Extract<Left, { kind: 'goes' }>;

async function recordApplied(
  conclusion: Conclusion,
  ports: CallPorts,
  { outputs, left }: { readonly outputs: JsonObject; readonly left: Goes },
): Promise<CallAnswer> {
  const { passage } = conclusion;
  const { plan, step, task } = passage;
  const keeping = { run: task.run, sensitive: step.sensitive };
  const kept =
    task.item === undefined
      ? await keepOutputs(outputs, { plan, ...keeping }, ports.blobs)
      : await keep(outputs, { ...keeping, ...SMALL }, ports.blobs);
  const outcome: AppliedOutcome = {
    ...recordOf(conclusion, ports),
    outputs: kept,
    ...wayOf(conclusion, ports, left),
    ...(conclusion.degraded && { degraded: true }),
  };
  const answer = await ports.journal.apply(passage.task.run, outcome);
  if (answer.kind === 'exists') return answerApplied(passage, answer.outcome);
  if (answer.kind === 'late' && answer.verdict.failed)
    return await writeFailed(conclusion, ports, answer.verdict.failed);
  if (answer.kind === 'late') {
    await auditLate(conclusion, ports, { outcome: 'applied', verdict: answer.verdict.verdict });
    throw new TaskFailure(TaskError.Fenced, `the outcome came too late: it was settled as ${answer.verdict.verdict}`);
  }
  if (answer.kind === 'superseded') {
    await auditLate(conclusion, ports, { outcome: 'applied' });
    throw new TaskFailure(TaskError.Leased, `another invocation has taken over ${passage.key.step}`);
  }
  emitEnd(conclusion, ports, 'applied');
  return answerApplied(passage, outcome);
}

async function recordFailed(
  conclusion: Conclusion,
  ports: CallPorts,
  { outcome, left, error: name }: { readonly outcome: FailedKind; readonly left: Left; readonly error?: TaskErrorName },
): Promise<CallAnswer> {
  const { passage } = conclusion;
  const message = messageOf(conclusion, left);
  const error: RunError = { error: name ?? ERROR_NAMES[outcome], message, step: passage.key.step };
  const way = left.kind === 'goes' ? wayOf(conclusion, ports, left) : {};
  const absent = conclusion.absent === true && outcome === 'in-doubt' ? { absent: true } : {};
  const given = outcome === 'unwanted' ? await givenBy(conclusion, ports) : {};
  const handed = left.kind === 'goes' ? await handedBy(conclusion, ports) : {};
  const failed: FailedOutcome = {
    ...recordOf(conclusion, ports),
    outcome,
    error,
    ...absent,
    ...given,
    ...handed,
    ...way,
  };
  const decided = await decidedOutcome(passage, failed, ports.journal);
  return 'outputs' in decided ? answerApplied(passage, decided) : await writeFailed(conclusion, ports, decided);
}

/** The fence goes up with a failure that leads nowhere. */
async function writeFailed(conclusion: Conclusion, ports: CallPorts, failed: FailedOutcome): Promise<CallAnswer> {
  const { passage } = conclusion;
  const { outcome, error, go } = failed;
  const { message } = error;
  const answer = await ports.journal.fail(passage.task.run, failed, go === undefined, conclusion.intent);
  if (answer.kind === 'exists') return answerFailed(passage, answer.outcome);
  if (answer.kind === 'superseded')
    throw new TaskFailure(TaskError.Leased, `another invocation has taken over ${passage.key.step} (${message})`);
  if (answer.kind === 'late') {
    await auditLate(conclusion, ports, { outcome, phase: answer.phase });
    throw new TaskFailure(TaskError.Fenced, `the outcome came too late: the run is ${answer.phase} (${message})`);
  }
  emitEnd(conclusion, ports, outcome, message);
  if (go === undefined) emitFence(passage, ports, error);
  return answerFailed(passage, failed);
}

/** Failing outcomes lie in the run's header, which must stay small. What nobody can keep is left to an operator. */
async function givenBy(conclusion: Conclusion, ports: CallPorts): Promise<Pick<FailedOutcome, 'given'>> {
  const { step, task } = conclusion.passage;
  if (step.effect === 'safe') return {};
  const outputs = conclusion.probed ?? outputsOf(conclusion, ports);
  if (oversized(outputs) !== undefined) return {};
  return { given: await keep(outputs, { run: task.run, sensitive: step.sensitive, ...SMALL }, ports.blobs) };
}

/** An answer that nobody waits for any more is kept where the operator looks, never dropped. */
async function auditLate({ passage }: Conclusion, ports: CallPorts, detail: JsonObject): Promise<void> {
  const { task, key } = passage;
  await ports.journal.audit(task.run, {
    at: ports.clock.now(),
    nonce: ports.random.uuid(),
    actor: 'interlock',
    action: 'late-answer',
    step: key.step,
    visit: key.visit,
    detail,
  });
}

/** What the system said, and what else kept the run from going on; of an answer that was wanted only the latter. */
function messageOf({ attempts }: Conclusion, left: Left): string {
  const own = attempts.outcome === 'applied' ? [] : [attempts.last.why];
  return [...own, ...(left.kind === 'fails' && left.why !== undefined ? [left.why] : [])].join('; ');
}

/** A wait never outlasts the run: whoever wakes at the deadline finds that it has passed. */
function wayOf(
  { deadline }: Conclusion,
  { clock }: CallPorts,
  { go, waitMs }: Goes,
): { readonly go: string; readonly seconds?: number } {
  if (waitMs === undefined) return { go };
  return { go, seconds: Math.ceil(Math.max(0, Math.min(waitMs, deadline - clock.now())) / 1000) };
}

function recordOf(
  { passage, attempts, asked }: Conclusion,
  { clock }: CallPorts,
): Omit<AppliedOutcome, 'outputs' | 'go' | 'seconds'> {
  const { task, key, startedAt, digestKey } = passage;
  return {
    key,
    epoch: task.epoch,
    planHash: task.plan,
    startedAt,
    endedAt: clock.now(),
    attempts: attempts.records,
    dataDigest: dataDigestOf(digestKey, passage.idempotencyKey, attempts.request?.seen.request),
    ...(attempts.quietAfter !== undefined && { quietAfter: attempts.quietAfter }),
    ...(asked && { asked }),
  };
}

export function answerApplied(passage: Passage, { outputs, go, seconds }: AppliedOutcome): CallAnswer {
  return { out: outputs, ...answerWay(passage, go, seconds) };
}

/** The answer that a failing passage gives each time it is asked. */
export function answerFailed(passage: Passage, { go, seconds, error, outcome, handed }: FailedOutcome): CallAnswer {
  const name = Object.values(TaskError).find((known) => known === error.error) ?? ERROR_NAMES[outcome];
  if (go === undefined) throw new TaskFailure(name, error.message);
  return { out: handed ?? {}, ...answerWay(passage, go, seconds) };
}

function answerWay({ step, task }: Passage, go: string, seconds: number | undefined): Omit<CallAnswer, 'out'> {
  return {
    go,
    ...(seconds !== undefined && { seconds }),
    ...(step.repeats && { at: nextAt(step, task.at, go) }),
    ...(step.poll && { poll: null }),
  };
}

function emitEnd({ passage, attempts }: Conclusion, ports: CallPorts, outcome: Outcome, message?: string): void {
  const { task, plan, step, key, startedAt } = passage;
  emit(
    ports,
    { runId: task.run, workflowId: plan.workflowId },
    {
      type: 'step-ended',
      step: key.step,
      visit: key.visit,
      status: stepStatus(step.effect, outcome),
      attempts: attempts.records.length,
      ms: ports.clock.now() - startedAt,
      ...(message !== undefined && { message }),
    },
  );
}

function emitFence({ task, plan, key }: Passage, ports: CallPorts, { error }: RunError): void {
  emit(ports, { runId: task.run, workflowId: plan.workflowId }, { type: 'run-fenced', step: key.step, error });
}
