/**
 * Cancelling compensates (run-contract section 5): the fence goes up, what is under way is waited for, and what stands is
 * undone. A run that only waits would sleep through its fence, so its execution is stopped and the undo machine settles it.
 */
import { TaskError } from '../../model/task.ts';
import { raiseFence } from '../raise.ts';
import {
  type Action,
  audit,
  look,
  nextSettlement,
  notNow,
  type OperatorPorts,
  type Refused,
  unknownRun,
} from './action.ts';

export type Cancelled = { readonly kind: 'cancelled' };

export async function cancel(action: Action, ports: OperatorPorts): Promise<Cancelled | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const { header } = seen.record;
  if (header.phase !== 'forward') return notNow(action.run, header.phase);
  const { plan, planHash } = seen.plans(header.epoch);
  const message = `${action.actor} cancelled the run${action.note === undefined ? '' : `: ${action.note}`}`;
  const error = { error: TaskError.Cancelled, message };
  const { run } = action;
  const phase = await raiseFence({ run, epoch: header.epoch }, ports, { plan, error });
  if (phase === 'succeeded') return notNow(run, phase);
  await audit(action, ports, { action: 'cancelled' });
  if (seen.effects.some(({ state }) => state === 'live')) return { kind: 'cancelled' };
  const number = await nextSettlement(run, ports);
  await audit({ run, actor: 'interlock' }, ports, {
    action: 'undo-asked',
    detail: 'the run was cancelled while it waited',
  });
  if (header.execution !== undefined)
    await ports.executions.stop(header.execution, { error: error.error, cause: message });
  await ports.executions.startUndo({ run, epoch: header.epoch, plan: planHash }, number);
  return { kind: 'cancelled' };
}
