/**
 * Why a run takes nothing of a task: it is not there, is in another epoch, or does not go forward. In one place, so that every
 * task is refused by the same names and words. That its time is over raises the fence, too (raise.ts).
 */
import { TaskError } from '../model/task.ts';
import type { Journal, RunHeader } from './ports/journal.ts';
import { TaskFailure } from './task-failure.ts';

interface OfRun {
  readonly run: string;
  readonly epoch: number;
}

export function unknownRun(run: string): TaskFailure {
  return new TaskFailure(TaskError.RunInvalid, `the journal has no run ${run}`);
}

export function stale(epoch: number): TaskFailure {
  return new TaskFailure(TaskError.StaleEpoch, `the run goes on in epoch ${epoch}`);
}

export function fenced(phase: string): TaskFailure {
  return new TaskFailure(TaskError.Fenced, `nothing begins in a run that is ${phase}`);
}

export async function forwardHeader(of: OfRun, { journal }: { readonly journal: Journal }): Promise<RunHeader> {
  const header = await journal.header(of.run);
  if (!header) throw unknownRun(of.run);
  requireForward(header, of);
  return header;
}

/** Throws where the run does not go forward in the task's epoch. */
export function requireForward({ epoch, phase }: Pick<RunHeader, 'epoch' | 'phase'>, of: Pick<OfRun, 'epoch'>): void {
  if (epoch !== of.epoch) throw stale(epoch);
  if (phase !== 'forward') throw fenced(phase);
}
