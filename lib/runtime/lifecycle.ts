/**
 * What follows when an execution of a run is over (run-contract sections 5 and 7): nothing, if the run is; else, whatever
 * ended it (a stop, a time out, a limit), the undo machine settles the run. Acts only for the current epoch, so a late
 * event fences nothing that was opened again; asked twice it starts the same settlement. `left`: for the next time that
 * somebody asks, a sweep or the next process. An express execution hands its run over itself: what follows its end, where
 * anybody is told of it, is the very same settlement.
 */
import { type AuditEntry, FINAL_PHASES, type RunHeader } from './ports/journal.ts';
import { INTERLOCK, type OperatorPorts, settleAnew } from './operator/action.ts';
import { HANDED_OVER, undoExecutionName } from './run.ts';

/** Settlements that end without an end are begun at this rate at most: where the store is down, it comes back one day. */
const MOST_SETTLEMENTS = 5;
const PER_MS = 3_600_000;
const WHY = 'its execution ended before the run did';

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
  const { planHash: plan } = header;
  if ((await ports.plans.plan(plan)).mode === 'express' && !isSettlement(header, execution)) {
    await ports.executions.startUndo({ run, epoch, plan }, HANDED_OVER);
    return 'settling';
  }
  const audits = await ports.journal.audits(run);
  if (triesByItself(audits, ports.clock.now() - PER_MS) >= MOST_SETTLEMENTS) return 'left';
  await settleAnew({ ...header, run }, ports, WHY);
  return 'settling';
}

/** The names of a run's executions are known, whatever stands before them. */
function isSettlement({ runId, epoch }: RunHeader, execution: string): boolean {
  const [, number] = /-undo-(\d+)$/.exec(execution) ?? [];
  return number !== undefined && execution.endsWith(`:${undoExecutionName(runId, epoch, Number(number))}`);
}

/** What is over compensates no more: nobody has to wait for the end of its lease. An undo of it has a lease of its own. */
async function giveBack({ run, epoch, execution }: Ended, { journal, clock }: OperatorPorts): Promise<void> {
  const at = clock.now();
  await journal.compensate(run, { epoch, owner: execution, at, leaseUntil: at });
}

/** Since then, and since somebody last asked for something: every action of an operator is worth as many as the first. */
function triesByItself(audits: readonly AuditEntry[], since: number): number {
  const asked = audits.findLastIndex(({ actor, action }) => actor !== INTERLOCK && action !== 'late-answer');
  return audits.slice(asked + 1).filter(({ at, detail }) => at > since && detail === WHY).length;
}
