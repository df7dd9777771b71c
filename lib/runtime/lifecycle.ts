/**
 * What follows when an execution of a run is over (run-contract sections 5 and 7): nothing, if the run is; else, whatever
 * ended it (a stop, a time out, a limit), the undo machine settles the run. Acts only for the current epoch, so a late
 * event fences nothing that was opened again; asked twice it starts the same settlement.
 */
import { type AuditEntry, FINAL_PHASES } from './ports/journal.ts';
import { INTERLOCK, type OperatorPorts, settleAnew } from './operator/action.ts';

/** A settlement that ends without an end is not begun for ever: then an operator takes over. */
const MAX_SETTLEMENTS = 5;

export interface Ended {
  readonly run: string;
  readonly epoch: number;
  /** The execution's id. */
  readonly execution: string;
}

export async function afterExecution(
  { run, epoch, execution }: Ended,
  ports: OperatorPorts,
): Promise<'over' | 'settling' | 'left'> {
  const header = await ports.journal.header(run);
  if (!header || header.epoch !== epoch || FINAL_PHASES.includes(header.phase)) return 'over';
  if (header.compensator?.owner === execution) await giveBack({ run, epoch, execution }, ports);
  if (triesByItself(await ports.journal.audits(run)) >= MAX_SETTLEMENTS) return 'left';
  await settleAnew({ ...header, run }, ports, 'its execution ended before the run did');
  return 'settling';
}

/** What is over compensates no more: nobody has to wait for the end of its lease. An undo of it has a lease of its own. */
async function giveBack({ run, epoch, execution }: Ended, { journal, clock }: OperatorPorts): Promise<void> {
  const at = clock.now();
  await journal.compensate(run, { epoch, owner: execution, at, leaseUntil: at });
}

/** Since somebody last asked for something: every action of an operator is worth as many tries as the first. */
function triesByItself(audits: readonly AuditEntry[]): number {
  const actions = audits.filter(({ action }) => action !== 'late-answer');
  const asked = actions.findLastIndex(({ actor }) => actor !== INTERLOCK);
  return actions.length - 1 - asked;
}
