/**
 * What the operator's actions have in common: who asks, what they need, how they are refused, and the audit entry that
 * each one leaves. An action is refused with what the run is at, never half done: it is written down before it is done, is
 * one conditional write, and what follows it (an execution that is started) is idempotent, so that asking again, after
 * whatever broke off, is harmless.
 */
import { type EffectOf, effectsOf, type EpochPlans, plansOf } from '../effects.ts';
import type { CorePorts } from '../core.ts';
import type { Executions } from '../ports/executions.ts';
import type { AuditEntry, Phase, RunRecord } from '../ports/journal.ts';
import type { Random } from '../../model/time.ts';

export interface OperatorPorts extends Omit<CorePorts, 'locks'> {
  readonly random: Random;
  readonly executions: Executions;
}

export interface Action {
  readonly run: string;
  readonly actor: string;
  readonly note?: string;
  /** Chosen by who asks; the same action asked again, after its host has died, leaves no second entry. */
  readonly id?: string;
  /** When it was asked for the first time. */
  readonly askedAt?: number;
}

export type Refused = { readonly kind: 'refused'; readonly code: RefusalCode; readonly why: string };

export type RefusalCode = 'run-unknown' | 'step-unknown' | 'not-now' | 'not-open' | 'conflict';

export function refused(code: RefusalCode, why: string): Refused {
  return { kind: 'refused', code, why };
}

export function unknownRun(run: string): Refused {
  return refused('run-unknown', `There is no run ${run}`);
}

export function notNow(run: string, phase: Phase): Refused {
  return refused('not-now', `The run ${run} is ${phaseWords(phase)}`);
}

function phaseWords(phase: Phase): string {
  switch (phase) {
    case 'forward':
      return 'running';
    case 'fenced':
    case 'compensating':
      return 'compensating';
    case 'needs-attention':
      return 'in need of attention';
    default:
      return `over: ${phase}`;
  }
}

export interface Looked {
  readonly record: RunRecord;
  readonly plans: EpochPlans;
  readonly effects: readonly EffectOf[];
  readonly at: number;
}

export async function look(run: string, ports: OperatorPorts): Promise<Looked | undefined> {
  const record = await ports.journal.record(run);
  if (!record) return undefined;
  const plans = await plansOf(record.header, ports.plans);
  const at = ports.clock.now();
  return { record, plans, effects: effectsOf(record, plans, at), at };
}

type Entry = Pick<AuditEntry, 'action' | 'step' | 'visit' | 'detail'>;

/**
 * Writes the action down, then does it, so that none is without an entry, and one whose process dies over it is known and
 * can be done to its end (broken-off.ts). An entry whose action came too late says so. Asked again it is the same entry.
 */
export async function audited<T extends { readonly kind: string }>(
  { run, actor, note, id, askedAt }: Action,
  ports: OperatorPorts,
  entry: Entry,
  act: () => Promise<T | Refused>,
): Promise<T | Refused> {
  const at = askedAt ?? ports.clock.now();
  const written: AuditEntry = {
    at,
    nonce: id ?? ports.random.uuid(),
    actor,
    ...entry,
    ...(note !== undefined && { note }),
  };
  await ports.journal.audit(run, written);
  const answer = await act();
  if (isRefused(answer)) await ports.journal.audit(run, { ...written, refused: answer.why });
  return answer;
}

export function isRefused(answer: { readonly kind: string }): answer is Refused {
  return answer.kind === 'refused';
}

/** What Interlock does by itself, to the end of what somebody asked for. */
export const INTERLOCK = 'interlock';

const SETTLING: ReadonlySet<AuditEntry['action']> = new Set(['undo-asked', 'redriven']);

/** How often an undo machine was asked for so far: names the run's next one. */
export async function nextSettlement(run: string, ports: OperatorPorts): Promise<number> {
  const asked = await ports.journal.audits(run);
  return asked.filter(({ action }) => SETTLING.has(action)).length + 1;
}

/** An undo machine for a run that nobody else settles. */
export async function settleAnew({ run, epoch, planHash }: Settled, ports: OperatorPorts, why: string): Promise<void> {
  const number = await nextSettlement(run, ports);
  const at = ports.clock.now();
  const asked = { actor: INTERLOCK, action: 'undo-asked', detail: why } as const;
  await ports.journal.audit(run, { at, nonce: ports.random.uuid(), ...asked });
  await ports.executions.startUndo({ run, epoch, plan: planHash }, number);
}

interface Settled {
  readonly run: string;
  readonly epoch: number;
  readonly planHash: string;
}

/** The first of many names, and how many others there are: of a list, thousands may be meant. */
export function firstOf(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
