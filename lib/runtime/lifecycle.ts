/**
 * What follows when an execution of a run is over (run-contract sections 5 and 7): nothing, if the run is; else, whatever
 * ended it (a stop, a time out, a limit), the undo machine settles the run. Acts only for the current epoch, so a late
 * event fences nothing that was opened again; asked twice it starts the same settlement. `left`: for the next time that
 * somebody asks, a sweep or the next process.
 */
import { FINAL_PHASES } from './ports/journal.ts';
import { type OperatorPorts, audit } from './operator/action.ts';

/** Settlements that end without an end are begun at this rate at most: where the store is down, it comes back one day. */
const MOST_SETTLEMENTS = 5;
const PER_MS = 3_600_000;

export async function afterExecution(
  { run, epoch }: { readonly run: string; readonly epoch: number },
  ports: OperatorPorts,
): Promise<'over' | 'settling' | 'left'> {
  const header = await ports.journal.header(run);
  if (!header || header.epoch !== epoch || FINAL_PHASES.includes(header.phase)) return 'over';
  const since = ports.clock.now() - PER_MS;
  const asked = (await ports.journal.audits(run)).filter(({ action }) => action === 'undo-asked');
  const ours = asked.filter(({ actor, at, detail }) => actor === 'interlock' && at > since && detail === WHY);
  if (ours.length >= MOST_SETTLEMENTS) return 'left';
  await ports.executions.startUndo({ run, epoch, plan: header.planHash }, asked.length + 1);
  await audit({ run, actor: 'interlock' }, ports, { action: 'undo-asked', detail: WHY });
  return 'settling';
}

const WHY = 'its execution ended before the run did';
