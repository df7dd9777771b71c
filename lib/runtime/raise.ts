/**
 * The fence for failures that no handler saw (run-contract section 5): a branch's Catch asks for it, and settle where
 * nobody did. Raising it twice is harmless; it is announced once.
 */
import type { RunError } from '../model/run.ts';
import type { Plan } from '../model/plan.ts';
import { type RaiseTask, TaskError } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import type { Phase } from './ports/journal.ts';
import { emit } from './run-events.ts';
import { stale, unknownRun } from './run-refusals.ts';
import { TaskFailure } from './task-failure.ts';
import { wakeWaiting } from './wait.ts';

export async function raise(task: RaiseTask, ports: CorePorts): Promise<{ readonly phase: Phase }> {
  const header = await ports.journal.header(task.run);
  if (!header) throw unknownRun(task.run);
  if (header.epoch !== task.epoch) throw stale(header.epoch);
  const plan = await ports.plans.plan(task.plan);
  await wakeWaiting(task.run, plan, ports);
  if (header.phase !== 'forward') return { phase: header.phase };
  const error = { error: task.error, message: `${task.step} failed and no handler has seen why`, step: task.step };
  return { phase: await raiseFence(task, ports, { plan, error }) };
}

export async function raiseFence(
  { run, epoch }: { readonly run: string; readonly epoch: number },
  ports: Pick<CorePorts, 'journal' | 'events' | 'clock'>,
  { plan, error }: { readonly plan: Plan; readonly error: RunError },
): Promise<Phase> {
  const fenced = await ports.journal.fence(run, epoch, error);
  const source = { runId: run, workflowId: plan.workflowId };
  emit(ports, source, {
    type: 'run-fenced',
    error: error.error,
    ...(error.step !== undefined && { step: error.step }),
  });
  return fenced?.phase ?? 'fenced';
}

/** Its time is over: nothing begins any more. Of a lock, which is before all steps, without a step. */
export async function pastDeadline(
  task: { readonly run: string; readonly epoch: number },
  ports: Pick<CorePorts, 'journal' | 'events' | 'clock'>,
  { plan, step }: { readonly plan: Plan; readonly step?: string },
): Promise<TaskFailure> {
  const message = `the run's deadline of ${plan.deadlineMs} ms has passed`;
  const error: RunError = { error: 'States.Timeout', message, ...(step !== undefined && { step }) };
  await raiseFence(task, ports, { plan, error });
  return new TaskFailure(TaskError.Fenced, message);
}
