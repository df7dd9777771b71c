/**
 * May the step begin? For an effect, the intent decides in one conditional write; a safe step has none, so it reads the
 * header (run-contract section 3). A passage that was begun before is answered from the journal: with its outcome, with
 * `Leased` while its invocation may still be acting, and as lapsed (in doubt) after that.
 */
import { unreachable } from '../model/assert.ts';
import { TaskError } from '../model/task.ts';
import type { Bounds } from './attempt.ts';
import type { CallPorts, Passage } from './passage.ts';
import type { AppliedOutcome, FailedOutcome, Intent, RunHeader } from './ports/journal.ts';
import { readBefore } from './passed-twice.ts';
import { pastDeadline } from './raise.ts';
import { emit } from './run-events.ts';
import { fenced, stale, unknownRun } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { passages, sameKey } from './visit.ts';

export type Begun =
  /** With the intent of an effect. */
  | { readonly kind: 'begun'; readonly bounds: Bounds; readonly overBudget: boolean; readonly intent?: Intent }
  | { readonly kind: 'applied'; readonly outcome: AppliedOutcome }
  | { readonly kind: 'failed'; readonly outcome: FailedOutcome }
  /** Its invocation was lost with its lease. */
  | { readonly kind: 'lapsed'; readonly intent: Intent };

export async function begin(passage: Passage, ports: CallPorts): Promise<Begun> {
  const begun = passage.step.effect === 'safe' ? await beginSafe(passage, ports) : await beginEffect(passage, ports);
  // Further questions of one that asks are no new beginning, and what a person has rejected never begins.
  const isBeginning = !passage.task.poll && passage.said?.message === undefined;
  if (begun.kind === 'begun' && isBeginning) announce(passage, ports);
  return begun;
}

async function beginSafe(passage: Passage, ports: CallPorts): Promise<Begun> {
  const { header, task, plan, key, step } = passage;
  const now = ports.clock.now();
  if (!header) throw unknownRun(task.run);
  if (header.epoch !== task.epoch) throw stale(header.epoch);
  const failed = header.failures.find((failure) => sameKey(failure.key, key));
  if (failed) return { kind: 'failed', outcome: failed };
  const before = await readBefore(passage, ports.journal);
  if (before) return { kind: 'applied', outcome: before };
  if (header.phase !== 'forward') throw fenced(header.phase);
  if (now >= header.deadline) throw await pastDeadline(task, ports, { plan, step: key.step });
  const overBudget = passages(key) > plan.stepBudget;
  return { kind: 'begun', bounds: boundsOf(header, now + step.leaseMs), overBudget };
}

/** Takes over from an invocation that was lost: what it began may be done again, or looked for. */
export async function beginAgain(passage: Passage, ports: CallPorts, after: Intent): Promise<Begun> {
  return await beginEffect(passage, ports, after);
}

async function beginEffect(passage: Passage, ports: CallPorts, after?: Intent): Promise<Begun> {
  const { task, plan, step, key } = passage;
  const at = ports.clock.now();
  const lease = { at, leaseUntil: at + step.leaseMs, nonce: ports.random.uuid() };
  const intent: Intent = { key, epoch: task.epoch, ...lease, ...(after && { since: after.since ?? after.at }) };
  const first = task.exec === undefined ? {} : { execution: task.exec };
  const answer = await ports.journal.intend(task.run, intent, { ...first, ...(after && { after }) });
  switch (answer.kind) {
    case 'granted': {
      const overBudget = passages(key) > plan.stepBudget || answer.seq > plan.stepBudget;
      return { kind: 'begun', bounds: boundsOf(answer, answer.leaseUntil ?? intent.leaseUntil), overBudget, intent };
    }
    case 'repeat':
      return await begunBefore(passage, ports, answer);
    case 'fenced':
      throw fenced(answer.phase);
    case 'stale':
      throw stale(answer.epoch);
    case 'past-deadline':
      throw await pastDeadline(task, ports, { plan, step: key.step });
    case 'unknown-run':
      throw unknownRun(task.run);
    default:
      return unreachable(answer, 'answer to an intent');
  }
}

function boundsOf({ deadline, traceparent }: Pick<RunHeader, 'deadline' | 'traceparent'>, leaseUntil: number): Bounds {
  return { leaseUntil, deadline, ...(traceparent !== undefined && { traceparent }) };
}

async function begunBefore(
  { task, key }: Passage,
  ports: CallPorts,
  { intent, failure }: { readonly intent: Intent; readonly failure?: FailedOutcome },
): Promise<Begun> {
  if (failure) return { kind: 'failed', outcome: failure };
  const applied = await ports.journal.applied(task.run, key);
  if (applied) return { kind: 'applied', outcome: applied };
  if (ports.clock.now() < intent.leaseUntil) {
    throw new TaskFailure(TaskError.Leased, `another invocation works on ${key.step} until its lease ends`);
  }
  return { kind: 'lapsed', intent };
}

function announce({ task, plan, operation, key }: Passage, ports: CallPorts): void {
  emit(
    ports,
    { runId: task.run, workflowId: plan.workflowId },
    {
      type: 'step-started',
      step: key.step,
      visit: key.visit,
      system: operation.system,
      operation: operation.operationId ?? `${operation.method.toUpperCase()} ${operation.path}`,
    },
  );
}
