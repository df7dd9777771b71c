/**
 * What a person said of a step that asked one before its request. Its slot is opened for one visit in one epoch: what was
 * said of a run before it was corrected says nothing of it now. The answer and the end of the time exclude each other in the
 * store (run-contract, interleaving 20): the step's handler looks what was said, and closes the slot where nothing was.
 */
import type { Json } from '../model/json.ts';
import type { PlanInteraction } from '../model/plan.ts';
import { TaskError } from '../model/task.ts';
import type { Scope } from '../expressions/scope.ts';
import { resolveKept } from './keep.ts';
import type { CallPorts } from './passage.ts';
import type { Answer } from './ports/callbacks.ts';
import { TaskFailure } from './task-failure.ts';

export interface Awaited {
  readonly run: string;
  readonly epoch: number;
  readonly step: string;
  readonly visit: number;
}

/** Both sides compute it: who waits, and who answers, perhaps before. */
export function slotOf({ run, epoch, step, visit }: Awaited): string {
  return JSON.stringify([run, epoch, step, visit]);
}

export type Said = NonNullable<Scope['interaction']> & { readonly message?: string };

/** What was said of this visit, or what its time being up means. */
export async function saidOf(
  awaited: Awaited,
  interaction: PlanInteraction,
  ports: Pick<CallPorts, 'callbacks' | 'clock' | 'blobs'>,
): Promise<Said> {
  const key = slotOf(awaited);
  const at = ports.clock.now();
  const slot = await ports.callbacks.slot(key);
  if (slot?.answer) return await saidBy(slot.answer, awaited.run, ports);
  const until = slot?.waiter?.until;
  if (!slot?.closed && (until === undefined || at < until)) {
    throw new TaskFailure(TaskError.Fenced, `nobody has answered ${awaited.step} yet`);
  }
  const closed = await ports.callbacks.close(key, { at, why: 'expired' });
  if (closed.kind === 'answered') return await saidBy(closed.answer, awaited.run, ports);
  switch (interaction.onTimeout) {
    case 'approve':
      return { decision: 'approved', actor: 'timeout' };
    case 'reject':
      return {
        decision: 'rejected',
        actor: 'timeout',
        message: 'nobody answered in time, which counts as a rejection',
      };
    case 'fail':
      return { decision: 'expired', actor: 'timeout', message: 'nobody answered in time' };
  }
}

async function saidBy(
  { kind, actor, note, data }: Answer,
  run: string,
  ports: Pick<CallPorts, 'blobs'>,
): Promise<Said> {
  const payload: Json | undefined = data === undefined ? undefined : await resolveKept(data, run, ports.blobs);
  const because = note === undefined ? '' : `: ${note}`;
  return {
    decision: kind === 'rejected' ? 'rejected' : 'approved',
    actor,
    ...(note !== undefined && { note }),
    ...(payload !== undefined && { payload }),
    ...(kind === 'rejected' && { message: `${actor} rejected it${because}` }),
  };
}
