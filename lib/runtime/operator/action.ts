/**
 * What the operator's actions have in common: who asks, what they need, how they are refused, and the audit entry that
 * each one leaves. An action is refused with what the run is at, never half done: each is one conditional write, and what
 * follows it (an execution that is started) is idempotent, so that asking again is harmless.
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

export async function audit(
  { run, actor, note }: Action,
  ports: OperatorPorts,
  entry: Pick<AuditEntry, 'action' | 'step' | 'visit' | 'detail'>,
): Promise<void> {
  const at = ports.clock.now();
  const noted = note === undefined ? {} : { note };
  await ports.journal.audit(run, { at, nonce: ports.random.uuid(), actor, ...entry, ...noted });
}

/** How often the run was settled by an undo machine so far: names its next execution. */
export async function nextSettlement(run: string, ports: OperatorPorts): Promise<number> {
  const asked = await ports.journal.audits(run);
  return asked.filter(({ action }) => action === 'undo-asked').length + 1;
}
