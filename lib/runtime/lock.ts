/**
 * The lock of a run (run-contract section 8): asked for by the machine's first state, before any effect, and given back
 * when the run has reached its final phase, however that happens; while it needs attention it is kept. Nothing ends by
 * time: after its lease a waiting run only looks whether the owner is over, and gives the lock back for one that is. The
 * store keeps the order of asking; here is only who may have what and how long to wait.
 */
import { assert } from '../model/assert.ts';
import type { Plan, PlanLock } from '../model/plan.ts';
import { type LockAnswer, type LockTask, TaskError } from '../model/task.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { stringify } from '../expressions/stringify.ts';
import type { CorePorts } from './core.ts';
import { Evaluation } from './evaluation.ts';
import { inputOf, languagesFor } from './passage.ts';
import { FINAL_PHASES, type RunHeader } from './ports/journal.ts';
import type { LockAnswer as Place, LockOwner } from './ports/locks.ts';
import { pastDeadline, raiseFence } from './raise.ts';
import { forwardHeader } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';

/** Owners that are over, one behind the other; a longer row of them is looked through at the next asking. */
const MAX_LOOKS = 10;
/** The longer a run has waited, the less often it asks: a history has room for 25,000 events. */
const PART_OF_WAITED = 0.1;
const LONGEST_WAIT_SECONDS = 60;

export async function lock(task: LockTask, ports: CorePorts): Promise<LockAnswer> {
  const plan = await ports.plans.plan(task.plan);
  assert(plan.lock, 'a machine asks for a lock where its plan has one');
  const header = await forwardHeader(task, ports);
  if (ports.clock.now() >= header.deadline) throw await pastDeadline(task, ports, { plan });
  try {
    return await answerOf(task, ports, { plan, lock: plan.lock, header });
  } catch (error) {
    // The machine tells settle the name of a failure only: what it was is said here.
    if (error instanceof TaskFailure)
      await raiseFence(task, ports, { plan, error: { error: error.error, message: error.message } });
    throw error;
  }
}

async function answerOf(
  task: LockTask,
  ports: CorePorts,
  {
    plan,
    lock: { key: named, leaseMs, waitMs },
    header,
  }: { readonly plan: Plan; readonly lock: PlanLock; readonly header: RunHeader },
): Promise<LockAnswer> {
  const key = await keyOf({ key: named }, { plan, run: task.run }, ports);
  const place = await placeOf(task, ports, { key, leaseMs });
  if (place.kind === 'granted') return { do: 'go', token: place.token };
  return await waiting(task, ports, { key, place, waitMs, deadline: header.deadline });
}

/** A key without a value would be one that other runs have too: nothing begins. */
async function keyOf(
  { key }: Pick<PlanLock, 'key'>,
  { plan, run }: { readonly plan: Plan; readonly run: string },
  ports: Pick<CorePorts, 'journal' | 'blobs'>,
): Promise<string> {
  const input = await inputOf(run, ports);
  const xpath = await languagesFor(plan);
  const evaluation = new Evaluation(plan, { refs: {}, ...(input !== undefined && { input }), ...(xpath && { xpath }) });
  const found = evaluate(key, evaluation.scope(''));
  const text = found.found && found.value !== null ? stringify(found.value) : undefined;
  if (text !== undefined && text !== '') return text;
  const why = found.found ? 'it is empty' : found.why;
  throw new TaskFailure(TaskError.RunInvalid, `the key of the lock has no value: ${why}`);
}

/** The run's place in the line, once nobody is before it who is over. */
async function placeOf(
  { run, epoch }: LockTask,
  ports: CorePorts,
  { key, leaseMs }: { readonly key: string; readonly leaseMs: number },
): Promise<Place> {
  for (let look = 1; ; look += 1) {
    const at = ports.clock.now();
    const place = await ports.locks.acquire({ key, run, epoch, at });
    if (place.kind === 'granted' || look > MAX_LOOKS) return place;
    const { owner } = place;
    // Whoever comes after one that is over has been waiting as long: it is looked at, too.
    const isDue = look > 1 || at >= owner.since + leaseMs;
    if (!isDue || !(await isOver(owner, ports))) return place;
    await ports.locks.release(key, owner, at);
  }
}

/**
 * In whatever epoch the run is now: while it goes on, what it has done under this key may stand. An owner of whom nothing
 * is known may be another integration's: it is waited for.
 */
async function isOver({ run }: LockOwner, { journal }: CorePorts): Promise<boolean> {
  const header = await journal.header(run);
  return header !== undefined && FINAL_PHASES.includes(header.phase) && header.phase !== 'needs-attention';
}

interface Waiting {
  readonly key: string;
  readonly place: Exclude<Place, { kind: 'granted' }>;
  readonly waitMs: number;
  readonly deadline: number;
}

async function waiting(
  { run, epoch }: LockTask,
  ports: CorePorts,
  { key, place, waitMs, deadline }: Waiting,
): Promise<LockAnswer> {
  const at = ports.clock.now();
  const { owner } = place;
  if (place.kind === 'full') {
    throw new TaskFailure(TaskError.Locked, `too many runs wait for the lock that the run ${owner.run} has`);
  }
  const until = place.askedAt + waitMs;
  if (at >= until) {
    await ports.locks.release(key, { run, epoch }, at);
    throw new TaskFailure(TaskError.Locked, await whyLocked(owner, waitMs, ports));
  }
  const patience = Math.max(1_000 * place.ahead, (at - place.askedAt) * PART_OF_WAITED);
  const seconds = Math.ceil(Math.min(patience, until - at, deadline - at) / 1000);
  return { do: 'wait', seconds: Math.max(1, Math.min(LONGEST_WAIT_SECONDS, seconds)) };
}

/** Who has it, and whether waiting longer would have helped. */
async function whyLocked({ run }: LockOwner, waitMs: number, { journal }: CorePorts): Promise<string> {
  const header = await journal.header(run);
  const phase = header?.phase === 'needs-attention' ? ', which needs attention and keeps it until that is settled' : '';
  return `the run ${run} has the lock${phase}; it was waited for ${waitMs} ms`;
}

/**
 * After a run has reached its final phase, and before it for one that never got further than waiting. What cannot be given
 * back now is given back by whoever looks at the owner after the lease.
 */
export async function releaseLock(
  { run, epoch }: { readonly run: string; readonly epoch: number },
  ports: CorePorts,
  plan: Plan,
): Promise<void> {
  if (!plan.lock) return;
  try {
    const key = await keyOf(plan.lock, { plan, run }, ports);
    await ports.locks.release(key, { run, epoch }, ports.clock.now());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ports.telemetry.log({ level: 'warn', message: `the lock was not given back: ${why}`, run });
  }
}
