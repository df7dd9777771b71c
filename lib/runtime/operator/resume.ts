/**
 * Settling once more a run that has come to rest without its end: because an operator wants undone what it holds or could
 * not undo, because an effect was resolved, or because its dead letter is driven once more.
 */
import type { Json } from '../../model/json.ts';
import { attemptsOfUndo } from '../effects.ts';
import type { RunHeader } from '../ports/journal.ts';
import { MOST_WRITES, someAtOnce } from '../some-at-once.ts';
import {
  type Action,
  audited,
  INTERLOCK,
  look,
  type Looked,
  nextSettlement,
  notNow,
  type OperatorPorts,
  type Refused,
  settleAnew,
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
  const detail = action.note === undefined ? { detail: 'an operator asked for it' } : {};
  const entry = { action: 'undo-asked', ...detail } as const;
  switch (header.phase) {
    case 'needs-attention':
      return await undoAgain(action, ports, { seen, entry });
    case 'fenced':
    case 'compensating': {
      const number = await nextSettlement(action.run, ports);
      return await audited(action, ports, entry, () => startUndo(header, ports, number));
    }
    default:
      return notNow(action.run, header.phase);
  }
}

export interface RedriveAction extends Action {
  /** The dead letter. */
  readonly letter: string;
}

/** The same, asked for by a dead letter, which is also there for a run whose settlement broke off. */
export async function redrive(action: RedriveAction, ports: OperatorPorts): Promise<Resumed | Refused> {
  const { run, letter } = action;
  const seen = await look(run, ports);
  if (!seen) return unknownRun(run);
  const { header } = seen.record;
  const entry = { action: 'redriven', detail: { letter } } as const;
  switch (header.phase) {
    case 'needs-attention':
      return await undoAgain(action, ports, { seen, entry });
    case 'forward':
      return notNow(run, header.phase);
    default:
      return await audited(action, ports, entry, () => settleUnsettled(header, ports));
  }
}

/** What is over needs nothing; whose compensation goes on waits for it, since only one compensates at a time. */
async function settleUnsettled(header: RunHeader, ports: OperatorPorts): Promise<Resumed> {
  const unsettled = header.phase === 'fenced' || header.phase === 'compensating';
  if (unsettled) await settleAnew({ ...header, run: header.runId }, ports, 'its dead letter was redriven');
  return { kind: 'resumed' };
}

interface Again {
  readonly seen: Looked;
  readonly entry: { readonly action: 'undo-asked' | 'redriven'; readonly detail?: Json };
}

async function undoAgain(action: Action, ports: OperatorPorts, { seen, entry }: Again): Promise<Resumed | Refused> {
  const number = await nextSettlement(action.run, ports);
  return await audited(action, ports, entry, async () => {
    const refused = await forgive(action.run, ports, seen);
    return refused ?? (await setGoing(seen.record.header, ports, number));
  });
}

/** Undos that failed get their budget back. */
async function forgive(run: string, ports: OperatorPorts, { effects, at }: Looked): Promise<Refused | undefined> {
  const failed = effects.flatMap(({ undos }) => undos.filter(({ state }) => state === 'failed'));
  const answers = await someAtOnce(failed, MOST_WRITES, ({ error: _error, ...kept }) =>
    ports.journal.overrule(run, {
      ...kept,
      state: 'again',
      attempts: [],
      earlier: attemptsOfUndo(kept),
      startedAt: at,
      notBefore: at,
      nonce: ports.random.uuid(),
    }),
  );
  const late = answers.find((answer) => answer.kind === 'not-now');
  return late && notNow(run, late.phase);
}

/** After an effect was resolved: what it held back is settled next. */
export async function resume(run: string, ports: OperatorPorts, why: string): Promise<Resumed | Refused> {
  const header = await ports.journal.header(run);
  if (!header) return unknownRun(run);
  const number = await nextSettlement(run, ports);
  const entry = { action: 'undo-asked', detail: why } as const;
  return await audited({ run, actor: INTERLOCK }, ports, entry, () => setGoing(header, ports, number));
}

async function setGoing(header: RunHeader, ports: OperatorPorts, number: number): Promise<Resumed | Refused> {
  const { runId, epoch } = header;
  const answer = await ports.journal.resume(runId, epoch);
  if (answer.kind === 'not-now') return notNow(runId, answer.phase);
  return await startUndo(header, ports, number);
}

async function startUndo(
  { runId, epoch, planHash }: RunHeader,
  ports: OperatorPorts,
  number: number,
): Promise<Resumed> {
  await ports.executions.startUndo({ run: runId, epoch, plan: planHash }, number);
  return { kind: 'resumed' };
}
