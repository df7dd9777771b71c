/**
 * An operator's word on an effect of a run that needs attention, or on all open items of a list: `undone` (it is gone, by
 * hand or because it never was), `applied` (it did happen: undo it), `ignore` (it may stay). What was held back by it is
 * settled next, by the undo machine.
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
  firstOf,
} from './action.ts';
import { isoTime } from '../run-events.ts';
import { resume } from './resume.ts';
import { MOST_WRITES, someAtOnce } from '../some-at-once.ts';
import type { EffectOf } from '../effects.ts';

export type Resolution = 'undone' | 'applied' | 'ignore';

export interface ResolveAction extends Action {
  /** Its path, or its stepId where only one step of the run has it. Of a list: all of its open items, or one by its path. */
  readonly step: string;
  /** Needed only where the step was passed more than once and more than one visit is open. */
  readonly visit?: number;
  readonly as: Resolution;
}

export type Resolved = {
  readonly kind: 'resolved';
  readonly step: string;
  readonly visit: number;
  /** Of a list: how many it was said of. */
  readonly items?: number;
};

export async function resolve(action: ResolveAction, ports: OperatorPorts): Promise<Resolved | Refused> {
  const seen = await look(action.run, ports);
  if (!seen) return unknownRun(action.run);
  const { header } = seen.record;
  if (header.phase !== 'needs-attention') return notNow(action.run, header.phase);
  const found = openEffects(action, seen);
  if ('kind' in found) return found;
  const { step, visit, items } = found;
  const unfit = items ? misfitOfAll(action, found.effects, seen.at) : misfit(action, found.effects, seen.at);
  if (unfit) return unfit;
  const said = { as: action.as, ...(items && { items: found.effects.length }) };
  return await audited(action, ports, { action: 'resolved', step, visit, detail: said }, async () => {
    const late = await writeAll(action, ports, { ...found, epoch: header.epoch });
    if (late) return late;
    const resumed = await resume(action.run, ports, 'an effect was resolved');
    if (isRefused(resumed)) return resumed;
    return { kind: 'resolved', step, visit, ...(items && { items: found.effects.length }) };
  });
}

interface Found {
  /** Of all items of a list: the list's own. */
  readonly step: string;
  readonly visit: number;
  readonly items: boolean;
  readonly effects: readonly EffectOf[];
  /** The same was said of it before, and perhaps not followed. */
  readonly resolved: boolean;
}

function openEffects(action: ResolveAction, { effects, at }: Looked): Found | Refused {
  const { run, step, visit } = action;
  const named = effects.filter(
    ({ key, step: planned }) => key.step === step || planned.stepId === step || planned.path === step,
  );
  if (named.length === 0) {
    const known = namesOf(effects);
    return refused('step-unknown', `The run ${run} has no effect of a step ${step}; it has: ${known || 'none'}`);
  }
  const asked = named.filter(({ key }) => visit === undefined || key.visit === visit);
  const among = new Set(asked);
  const open = fatesOf(effects, at)
    .filter(({ effect, kind }) => among.has(effect) && kind !== 'gone' && kind !== 'kept')
    .map(({ effect }) => effect);
  const [first] = open;
  if (!first) {
    const before = asked.find((effect) => wasResolved(effect, action.as));
    const nothing = refused('not-open', `Nothing of ${step} is left to resolve`);
    return before ? { ...before.key, items: false, effects: [before], resolved: true } : nothing;
  }
  // That it was applied is written once; what is open of it since then is its undo.
  if (open.length === 1)
    return { ...first.key, items: false, effects: open, resolved: action.as === 'applied' && !isDoubtful(first) };
  const paths = new Set(open.map(({ step: planned }) => planned.path));
  if (paths.size > 1) return refused('conflict', `Several of ${step} are open: name one of ${namesOf(open)}`);
  const visits = new Set(open.map(({ key }) => key.visit));
  if (visits.size > 1)
    return refused(
      'conflict',
      `Several visits of ${step} are open (${[...visits].join(', ')}): say which with --visit`,
    );
  return { step: first.step.path, visit: first.key.visit, items: true, effects: open, resolved: false };
}

const MOST_NAMES = 10;

/** Of a list its step's own. */
function namesOf(effects: readonly EffectOf[]): string {
  return firstOf([...new Set(effects.map(({ key, step }) => (step.forEach ? step.path : key.step)))], MOST_NAMES);
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

function misfit({ as }: ResolveAction, [effect]: readonly EffectOf[], at: number): Refused | undefined {
  if (!effect) return undefined;
  if (as === 'undone' && isDoubtful(effect) && at < effect.quietAfter) return tooEarly(effect);
  const fits = as !== 'applied' || isDoubtful(effect) || effect.verdict?.by === 'operator';
  return fits ? undefined : refused('conflict', `${effect.key.step} is not in doubt: it was applied`);
}

/** Of the items of a list the word is said of those that it fits; none is resolved where it is too early for one. */
function misfitOfAll({ as, step }: ResolveAction, effects: readonly EffectOf[], at: number): Refused | undefined {
  const doubtful = effects.filter(isDoubtful);
  const last = doubtful.reduce<EffectOf | undefined>(laterLanding, undefined);
  if (as === 'undone' && last && at < last.quietAfter) return tooEarly(last);
  if (as !== 'applied' || doubtful.length > 0) return undefined;
  return refused('conflict', `No item of ${step} is in doubt: what is open was applied`);
}

function laterLanding(one: EffectOf | undefined, other: EffectOf): EffectOf {
  return one && one.quietAfter >= other.quietAfter ? one : other;
}

/** Items are written a few at once; that somebody else has settled one of them keeps nobody from the others. */
async function writeAll(
  action: ResolveAction,
  ports: OperatorPorts,
  { effects, items, resolved, epoch }: Found & { readonly epoch: number },
): Promise<Refused | undefined> {
  if (resolved) return undefined;
  const fitting = items && action.as === 'applied' ? effects.filter(isDoubtful) : effects;
  const late = await someAtOnce(fitting, MOST_WRITES, (effect) => write(action, ports, { effect, epoch }));
  return late.find((answer) => answer && !(items && answer.code === 'conflict'));
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
