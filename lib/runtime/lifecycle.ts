/**
 * What follows when an execution of a run is over (run-contract sections 5 and 7): nothing, if the run is; else, whatever
 * ended it (a stop, a time out, a limit), the undo machine settles the run. Acts only for the current epoch, so a late
 * event fences nothing that was opened again; asked twice it starts the same settlement.
 */
import { FINAL_PHASES } from './ports/journal.ts';
import { type OperatorPorts, audit, nextSettlement } from './operator/action.ts';

/** A settlement that ends without an end is not begun for ever: then a sweep or an operator takes over. */
const MAX_SETTLEMENTS = 5;

export async function afterExecution(
  { run, epoch }: { readonly run: string; readonly epoch: number },
  ports: OperatorPorts,
): Promise<'over' | 'settling' | 'left'> {
  const header = await ports.journal.header(run);
  if (!header || header.epoch !== epoch || FINAL_PHASES.includes(header.phase)) return 'over';
  const number = await nextSettlement(run, ports);
  if (number > MAX_SETTLEMENTS) return 'left';
  const settled = { run, epoch, plan: header.planHash };
  await ports.executions.startUndo(settled, number);
  await audit({ run, actor: 'interlock' }, ports, {
    action: 'undo-asked',
    detail: 'its execution ended before the run did',
  });
  return 'settling';
}
