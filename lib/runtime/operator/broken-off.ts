/**
 * An action whose process died over it, between its entry in the audit trail and what it was for. The entry says what was
 * asked, and every action may be asked again, so the next process does it to the end; of a retry it cannot, since inputs
 * are in no audit: its entry then says that it was not done.
 */
import { unreachable } from '../../model/assert.ts';
import { isObject } from '../../model/json.ts';
import type { AuditEntry, RunRecord } from '../ports/journal.ts';
import { INTERLOCK, type OperatorPorts } from './action.ts';
import { cancel } from './cancel.ts';
import { resolve, type Resolution } from './resolve.ts';
import { redrive, undoRun } from './resume.ts';
import { skip } from './skip.ts';

/** The youngest action of an operator, if the run has not come to rest since. */
export async function brokenOff(run: string, { journal }: OperatorPorts): Promise<AuditEntry | undefined> {
  const audits = await journal.audits(run);
  const last = audits.findLast(({ actor, action }) => actor !== INTERLOCK && action !== 'late-answer');
  if (!last || last.refused !== undefined) return undefined;
  const record = await journal.record(run);
  return record && isOpen(record, last) ? last : undefined;
}

function isOpen({ header, verdicts }: RunRecord, { action, at, step, visit }: AuditEntry): boolean {
  const { phase, endedAt = 0 } = header;
  switch (phase) {
    case 'forward':
      return action === 'cancelled' || action === 'approved' || action === 'rejected';
    case 'needs-attention':
    case 'compensated':
    case 'failed': {
      const skipped = verdicts.some(
        ({ key, verdict }) => verdict === 'skipped' && key.step === step && key.visit === visit,
      );
      return at >= endedAt && !(action === 'skipped' && skipped);
    }
    // A fence that is up and a compensation go their way (`wakeCancelled`, the undo machine); nothing follows a success.
    case 'fenced':
    case 'compensating':
    case 'succeeded':
      return false;
    default:
      return unreachable(phase, 'phase');
  }
}

/** Does what follows call systems? */
export function callsSystems({ action }: AuditEntry): boolean {
  return action === 'cancelled' || action === 'resolved' || action === 'undo-asked' || action === 'redriven';
}

export async function redo(run: string, entry: AuditEntry, ports: OperatorPorts): Promise<void> {
  const { actor, nonce: id, at: askedAt, note, step = '', visit, detail } = entry;
  const action = { run, actor, id, askedAt, ...(note !== undefined && { note }) };
  const where = { step, ...(visit !== undefined && { visit }) };
  switch (entry.action) {
    case 'cancelled':
      return void (await cancel(action, ports));
    case 'resolved':
      return void (await resolve({ ...action, ...where, as: memberOf(detail, 'as') as Resolution }, ports));
    case 'undo-asked':
      return void (await undoRun(action, ports));
    case 'redriven':
      return void (await redrive({ ...action, letter: memberOf(detail, 'letter') }, ports));
    case 'skipped':
      return void (await skip({ ...action, ...where }, ports));
    case 'approved':
    case 'rejected':
      return await rewake(run, entry, ports);
    case 'retried':
      return await ports.journal.audit(run, { ...entry, refused: 'its process died before it was done: ask again' });
    case 'discarded':
    case 'started':
    case 'revealed':
    case 'reconciled':
    case 'late-answer':
    case 'late-message':
      return;
    default:
      return unreachable(entry.action, 'action of an operator');
  }
}

/** An answer that was written down wakes who waits for it; one that was not has to be given again. */
async function rewake(run: string, entry: AuditEntry, ports: OperatorPorts): Promise<void> {
  const slots = await ports.callbacks.ofRun(run);
  const answered = slots.filter(({ waiter, answer }) => waiter?.step === entry.step && answer);
  for (const { waiter } of answered) if (waiter?.token !== undefined) await ports.waking.succeed(waiter.token, {});
  const given = slots.some(({ answer }) => answer?.actor === entry.actor && answer.at >= entry.at);
  if (given) return;
  await ports.journal.audit(run, { ...entry, refused: 'its process died before it was done: ask again' });
}

/** Of an entry that this room wrote. */
function memberOf(detail: AuditEntry['detail'], name: string): string {
  const value = detail !== undefined && isObject(detail) ? detail[name] : undefined;
  return typeof value === 'string' ? value : '';
}
