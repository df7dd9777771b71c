/** Settling once more a run that needs attention: after a word of the operator, or because the operator wants it undone. */
import { attemptsOfUndo } from '../effects.ts';
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

export type Resumed = { readonly kind: 'resumed' };

/**
 * `interlock undo`: what a run holds is undone; what could not be undone is tried again. A run that compensates already,
 * or should, is only given another execution to do so: where its own is at work, that one waits for its lease.
 */
export async function undoRun(action: Action, ports: OperatorPorts): Promise<Resumed | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const { header } = seen.record;
  const why = action.note ?? 'an operator asked for it';
  if (header.phase === 'fenced' || header.phase === 'compensating') return await settleOnceMore(action, ports, why);
  if (header.phase !== 'needs-attention') return notNow(action.run, header.phase);
  const failed = seen.effects.flatMap(({ undos }) => undos.filter(({ state }) => state === 'failed'));
  const at = ports.clock.now();
  for (const record of failed) {
    const { error: _error, ...kept } = record;
    const again = {
      ...kept,
      state: 'again',
      attempts: [],
      earlier: attemptsOfUndo(kept),
      startedAt: at,
      notBefore: at,
      nonce: ports.random.uuid(),
    } as const;
    const answer = await ports.journal.overrule(action.run, again);
    if (answer.kind === 'not-now') return notNow(action.run, answer.phase);
  }
  return await resume(action, ports, why);
}

export async function resume(action: Action, ports: OperatorPorts, why: string): Promise<Resumed | Refused> {
  const { run } = action;
  const header = await ports.journal.header(run);
  if (!header) return unknownRun(run);
  const answer = await ports.journal.resume(run, header.epoch);
  if (answer.kind === 'not-now') return notNow(run, answer.phase);
  return await settleOnceMore(action, ports, why);
}

async function settleOnceMore(action: Action, ports: OperatorPorts, why: string): Promise<Resumed | Refused> {
  const { run } = action;
  const header = await ports.journal.header(run);
  if (!header) return unknownRun(run);
  const number = await nextSettlement(run, ports);
  await audit(action, ports, { action: 'undo-asked', detail: why });
  await ports.executions.startUndo({ run, epoch: header.epoch, plan: header.planHash }, number);
  return { kind: 'resumed' };
}
