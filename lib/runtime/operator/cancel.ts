/**
 * Cancelling compensates (run-contract section 5): the fence goes up, what is under way is waited for, and what stands is
 * undone. A run that only waits would sleep through its fence, so its execution is stopped and the undo machine settles it.
 * Asked again of a run that is being cancelled, it does what is still to be done.
 */
import { TaskError } from '../../model/task.ts';
import { FINAL_PHASES, type RunHeader } from '../ports/journal.ts';
import { raiseFence } from '../raise.ts';
import {
  type Action,
  audited,
  look,
  type Looked,
  notNow,
  type OperatorPorts,
  type Refused,
  unknownRun,
} from './action.ts';

export type Cancelled = { readonly kind: 'cancelled' };

export async function cancel(action: Action, ports: OperatorPorts): Promise<Cancelled | Refused> {
  const { run } = action;
  const seen = await look(run, ports);
  if (!seen) return unknownRun(run);
  const { header } = seen.record;
  if (header.phase !== 'forward' && !isBeingCancelled(header)) return notNow(run, header.phase);
  return await audited(action, ports, { action: 'cancelled' }, async () => {
    const fenced = await fence(action, ports, seen);
    if (fenced) return fenced;
    await wakeCancelled(run, ports);
    return { kind: 'cancelled' };
  });
}

async function fence(action: Action, ports: OperatorPorts, { record, plans }: Looked): Promise<Refused | undefined> {
  const { header } = record;
  if (header.phase !== 'forward') return undefined;
  const { run, actor, note } = action;
  const message = `${actor} cancelled the run${note === undefined ? '' : `: ${note}`}`;
  const error = { error: TaskError.Cancelled, message };
  const { plan } = plans(header.epoch);
  const phase = await raiseFence({ run, epoch: header.epoch }, ports, { plan, error });
  return FINAL_PHASES.includes(phase) ? notNow(run, phase) : undefined;
}

export function isBeingCancelled({ phase, error }: Pick<RunHeader, 'phase' | 'error'>): boolean {
  return (phase === 'fenced' || phase === 'compensating') && error?.error === TaskError.Cancelled;
}

/**
 * Looks after the fence is up: what has begun by now is all that will. Whoever compensates already needs no waking. What
 * follows the end of an execution (lifecycle.ts) is the undo machine.
 */
export async function wakeCancelled(run: string, ports: OperatorPorts): Promise<void> {
  const seen = await look(run, ports);
  const header = seen?.record.header;
  if (!header || header.phase !== 'fenced' || !isBeingCancelled(header)) return;
  if (seen.effects.some(({ state }) => state === 'live')) return;
  const { epoch, planHash: plan, error } = header;
  await ports.executions.stop({ run, epoch, plan }, { error: TaskError.Cancelled, cause: error?.message ?? '' });
}
