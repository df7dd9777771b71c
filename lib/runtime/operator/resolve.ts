/**
 * An operator's word on one effect of a run that needs attention: `undone` (it is gone, by hand or because it never was),
 * `applied` (it did happen: undo it), `ignore` (it may stay). What was held back by it is settled next, by the undo machine.
 */
import type { VisitKey } from '../ports/journal.ts';
import { fatesOf, isOpen } from '../fates.ts';
import {
  type Action,
  audit,
  look,
  type Looked,
  notNow,
  type OperatorPorts,
  type Refused,
  refused,
  unknownRun,
} from './action.ts';
import { isoTime } from '../run-events.ts';
import { resume } from './resume.ts';
import type { EffectOf } from '../effects.ts';

export type Resolution = 'undone' | 'applied' | 'ignore';

export interface ResolveAction extends Action {
  /** Its path, or its stepId where only one step of the run has it. */
  readonly step: string;
  /** Needed only where the step was passed more than once and more than one visit is open. */
  readonly visit?: number;
  readonly as: Resolution;
}

export type Resolved = { readonly kind: 'resolved'; readonly step: string; readonly visit: number };

export async function resolve(action: ResolveAction, ports: OperatorPorts): Promise<Resolved | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const { header } = seen.record;
  if (header.phase !== 'needs-attention') return notNow(action.run, header.phase);
  const effect = openEffect(action, seen);
  if ('kind' in effect) return effect;
  const written = await write(action, ports, { effect, at: seen.at, epoch: header.epoch });
  if (written) return written;
  const { step, visit } = effect.key;
  await audit(action, ports, { action: 'resolved', step, visit, detail: { as: action.as } });
  const resumed = await resume(action, ports, 'an effect was resolved');
  return resumed.kind === 'refused' ? resumed : { kind: 'resolved', step, visit };
}

function openEffect({ run, step, visit }: ResolveAction, { effects, at, record }: Looked): EffectOf | Refused {
  const named = effects.filter(({ key, step: planned }) => key.step === step || planned.stepId === step);
  if (named.length === 0) {
    const known = [...new Set(effects.map(({ key }) => key.step))].join(', ');
    return refused('step-unknown', `The run ${run} has no effect of a step ${step}; it has: ${known || 'none'}`);
  }
  const held = record.header.reason === 'held';
  const open = fatesOf(effects, at)
    .filter(
      (fate) => named.includes(fate.effect) && (isOpen(fate) || (held && fate.kind !== 'gone' && fate.kind !== 'kept')),
    )
    .map(({ effect }) => effect)
    .filter(({ key }) => visit === undefined || key.visit === visit);
  const [first] = open;
  if (!first) return refused('not-open', `Nothing of ${step} is left to resolve`);
  const visits = open.map(({ key }) => key.visit).join(', ');
  if (open.length > 1)
    return refused('conflict', `Several visits of ${step} are open (${visits}): say which with --visit`);
  return first;
}

interface Writing {
  readonly effect: EffectOf;
  readonly at: number;
  readonly epoch: number;
}

async function write(action: ResolveAction, ports: OperatorPorts, writing: Writing): Promise<Refused | undefined> {
  const { effect, at, epoch } = writing;
  const { key, state } = effect;
  const { run, actor, note } = action;
  const by = { by: 'operator', actor, ...(note !== undefined && { note }) } as const;
  const doubtful = state === 'in-doubt' || state === 'lapsed';
  if (action.as === 'applied' && !doubtful) return refused('conflict', `${key.step} is not in doubt: it was applied`);
  if (doubtful && action.as === 'undone' && at < effect.quietAfter) return tooEarly(effect);
  if (doubtful && action.as !== 'ignore') {
    const verdict = action.as === 'applied' ? 'applied' : 'absent';
    const answer = await ports.journal.decide(run, { key, epoch, at, verdict, ...by });
    return answer.kind === 'recorded' ? undefined : raced(key);
  }
  const number = effect.undos.at(-1)?.number ?? 0;
  const last = effect.undos.find((one) => one.number === number);
  const answer = await ports.journal.overrule(run, {
    ...(last ?? { key, number, startedAt: at, leaseUntil: at, attempts: [] }),
    epoch,
    state: action.as === 'ignore' ? 'accepted' : 'done',
    intentAt: at,
    endedAt: at,
    nonce: ports.random.uuid(),
    ...by,
  });
  return answer.kind === 'recorded' ? undefined : notNow(run, answer.phase);
}

/** Whoever has looked already has seen nothing, and that proves nothing yet. */
function tooEarly({ key, quietAfter }: EffectOf): Refused {
  const until = isoTime(quietAfter);
  return refused('not-now', `The effect of ${key.step} may still land until ${until}: look again after that`);
}

function raced({ step }: VisitKey): Refused {
  return refused('conflict', `Somebody else has settled ${step} meanwhile`);
}
