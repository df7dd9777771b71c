/**
 * An operator's word on one effect of a run that needs attention: `undone` (it is gone, by hand or because it never was),
 * `applied` (it did happen: undo it), `ignore` (it may stay). What was held back by it is settled next, by the undo machine.
 */
import type { VisitKey } from '../ports/journal.ts';
import { fatesOf } from '../fates.ts';
import {
  type Action,
  audited,
  isRefused,
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
  const found = openEffect(action, seen);
  if ('kind' in found) return found;
  const { effect, resolved } = found;
  const unfit = misfit(action, effect, seen.at);
  if (unfit) return unfit;
  const { step, visit } = effect.key;
  const entry = { action: 'resolved', step, visit, detail: { as: action.as } } as const;
  return await audited(action, ports, entry, async () => {
    const late = resolved ? undefined : await write(action, ports, { effect, epoch: header.epoch });
    if (late) return late;
    const resumed = await resume(action.run, ports, 'an effect was resolved');
    return isRefused(resumed) ? resumed : { kind: 'resolved', step, visit };
  });
}

interface Found {
  readonly effect: EffectOf;
  /** The same was said of it before, and perhaps not followed. */
  readonly resolved: boolean;
}

function openEffect(action: ResolveAction, { effects, at }: Looked): Found | Refused {
  const { run, step, visit } = action;
  const named = effects.filter(({ key, step: planned }) => key.step === step || planned.stepId === step);
  if (named.length === 0) {
    const known = [...new Set(effects.map(({ key }) => key.step))].join(', ');
    return refused('step-unknown', `The run ${run} has no effect of a step ${step}; it has: ${known || 'none'}`);
  }
  const asked = named.filter(({ key }) => visit === undefined || key.visit === visit);
  const open = fatesOf(effects, at)
    .filter(({ effect, kind }) => asked.includes(effect) && kind !== 'gone' && kind !== 'kept')
    .map(({ effect }) => effect);
  const [first] = open;
  if (open.length > 1) {
    const paths = new Set(open.map(({ key }) => key.step));
    if (paths.size > 1) return refused('conflict', `Several of ${step} are open: name one of ${[...paths].join(', ')}`);
    const visits = open.map(({ key }) => key.visit).join(', ');
    return refused('conflict', `Several visits of ${step} are open (${visits}): say which with --visit`);
  }
  // That it was applied is written once; what is open of it since then is its undo.
  if (first) return { effect: first, resolved: action.as === 'applied' && !isDoubtful(first) };
  const before = asked.find((effect) => wasResolved(effect, action.as));
  return before ? { effect: before, resolved: true } : refused('not-open', `Nothing of ${step} is left to resolve`);
}

function wasResolved({ verdict, undos }: EffectOf, as: Resolution): boolean {
  const word = as === 'applied' ? 'applied' : as === 'undone' ? 'absent' : undefined;
  if (verdict?.by === 'operator' && verdict.verdict === word) return true;
  const state = as === 'ignore' ? 'accepted' : 'done';
  return as !== 'applied' && undos.some((undo) => undo.by === 'operator' && undo.state === state);
}

function isDoubtful({ state }: EffectOf): boolean {
  return state === 'in-doubt' || state === 'lapsed';
}

function misfit({ as }: ResolveAction, effect: EffectOf, at: number): Refused | undefined {
  if (as === 'undone' && isDoubtful(effect) && at < effect.quietAfter) return tooEarly(effect);
  const fits = as !== 'applied' || isDoubtful(effect) || effect.verdict?.by === 'operator';
  return fits ? undefined : refused('conflict', `${effect.key.step} is not in doubt: it was applied`);
}

interface Writing {
  readonly effect: EffectOf;
  readonly epoch: number;
}

async function write(action: ResolveAction, ports: OperatorPorts, writing: Writing): Promise<Refused | undefined> {
  const { effect, epoch } = writing;
  const at = ports.clock.now();
  const { key } = effect;
  const { run, actor, note } = action;
  const by = { by: 'operator', actor, ...(note !== undefined && { note }) } as const;
  if (isDoubtful(effect) && action.as !== 'ignore') {
    const verdict = action.as === 'applied' ? 'applied' : 'absent';
    const answer = await ports.journal.decide(run, { key, epoch, at, verdict, ...by });
    return answer.kind === 'recorded' ? undefined : raced(key);
  }
  const number = effect.undos.at(-1)?.number ?? 0;
  const known = effect.undos.find((one) => one.number === number);
  const { error: _error, ...last } = known ?? { key, number, startedAt: at, leaseUntil: at, attempts: [] };
  const answer = await ports.journal.overrule(run, {
    ...last,
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
