/**
 * What becomes of each effect of a failing run, and what is to be done next (run-contract section 6): pure, from effects
 * and the time to the next wave, a wait, or the end. An effect is undone only when everything that was built on it is gone
 * or kept; what nobody can undo is named to the operator, and holds back what it was built on, unless that is independent
 * of it.
 */
import { assert, unreachable } from '../model/assert.ts';
import type { PlanUndo } from '../model/plan.ts';
import type { WaveEntry } from '../model/task.ts';
import type { EffectOf } from './effects.ts';
import { followersAmong } from './followers.ts';
import { precedence } from './precedence.ts';
import { systemOfCall } from './request/build.ts';

/**
 * `gone`: nothing stands. `kept`: it may stay, by the author's or an operator's word. `ready`: something can be done now.
 * `later`: not before a time, or not before something else is done. The others are the operator's.
 */
export type FateKind = 'gone' | 'kept' | 'ready' | 'later' | 'unresolved' | 'undo-failed' | 'blocked';

export interface Fate {
  readonly effect: EffectOf;
  readonly kind: FateKind;
  readonly entry?: WaveEntry;
  /** Of `later`, where a time is what it waits for. */
  readonly until?: number;
  /** For the operator. */
  readonly why?: string;
  /** Something had stood, and was undone. */
  readonly undone?: boolean;
}

export function fatesOf(effects: readonly EffectOf[], now: number): readonly Fate[] {
  const alone = effects.map((effect) => ownFate(effect, now));
  return fatesInOrder(alone) ?? fatesInCircles(alone);
}

/** Each after those of what was built on it. Undefined: time gives a circle, of which none can be first. */
function fatesInOrder(alone: readonly Fate[]): readonly Fate[] | undefined {
  const fates: (Fate | undefined)[] = alone.map(() => undefined);
  const effects = alone.map(({ effect }) => effect);
  const followers = followersAmong(effects, (place) => cameOf(fates[place]));
  for (const [root] of alone.entries()) {
    const path = fates[root] ? [] : [root];
    const onPath = new Set(path);
    for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
      const first = followers.unknown(place);
      if (first !== undefined) {
        if (onPath.has(first)) return undefined;
        path.push(first);
        onPath.add(first);
        continue;
      }
      const { open, waiting } = followers.followed(place);
      fates[place] = held(fateAt(alone, place), { open: open === undefined ? undefined : fates[open], waiting });
      path.pop();
      onPath.delete(place);
    }
  }
  return alone.map((_, place) => fateAt(fates, place));
}

function fateAt(fates: readonly (Fate | undefined)[], place: number): Fate {
  const fate = fates[place];
  assert(fate, 'every effect has a fate');
  return fate;
}

function cameOf(fate: Fate | undefined): { readonly open: boolean; readonly waiting: boolean } | undefined {
  return fate && { open: isOpen(fate), waiting: isWaiting(fate) };
}

/** Pair by pair, for what hardly ever is: a circle ends where it began, at what an effect is by itself. */
function fatesInCircles(alone: readonly Fate[]): readonly Fate[] {
  const dependents = precedence(alone.map(({ effect }) => effect));
  const own = new Map(alone.map((fate) => [fate.effect, fate]));
  const fates = new Map<EffectOf, Fate>();
  const fateOf = (effect: EffectOf): Fate => {
    const known = fates.get(effect);
    if (known) return known;
    const fate = own.get(effect);
    assert(fate, 'what was built on an effect is an effect of the run, too');
    fates.set(effect, fate);
    const after = dependents(effect).map(fateOf);
    const ended = held(fate, { open: after.find(isOpen), waiting: after.some(isWaiting) });
    fates.set(effect, ended);
    return ended;
  };
  return alone.map(({ effect }) => fateOf(effect));
}

const OVER: ReadonlySet<FateKind> = new Set(['unresolved', 'undo-failed', 'blocked']);

/** An effect nobody can do anything more about, which an operator has to. */
export function isOpen({ kind }: Fate): boolean {
  return OVER.has(kind);
}

function isWaiting({ kind }: Fate): boolean {
  return kind === 'ready' || kind === 'later';
}

/** Only what could be undone by itself. A probe only looks, so it never waits; and what was begun goes on. */
function heedsFollowers(fate: Fate): boolean {
  return isWaiting(fate) && fate.entry?.kind !== 'probe' && fate.effect.undos.length === 0;
}

/** What its dependents make of it: the first that is open, and whether any is to be waited for. */
function held(fate: Fate, { open, waiting }: { readonly open: Fate | undefined; readonly waiting: boolean }): Fate {
  if (!heedsFollowers(fate)) return fate;
  const { undo } = fate.effect.step;
  if (open && !(undo?.kind === 'calls' && undo.independent)) {
    const why = `${open.effect.key.step}, which was built on it, is ${open.kind}`;
    return { effect: fate.effect, kind: 'blocked', why };
  }
  return waiting ? { effect: fate.effect, kind: 'later' } : fate;
}

function ownFate(effect: EffectOf, now: number): Fate {
  switch (effect.state) {
    case 'none':
      return { effect, kind: 'gone' };
    case 'live':
      return { effect, kind: 'later', until: effect.intent.leaseUntil };
    case 'lapsed':
    case 'in-doubt':
      return fateInDoubt(effect, now);
    case 'stands':
      return fateStanding(effect, now, 'nothing says how to undo it');
    default:
      return unreachable(effect.state, 'state of an effect');
  }
}

function fateInDoubt(effect: EffectOf, now: number): Fate {
  const { undo, probe } = effect.step;
  if (effect.undos.length > 0) return fateStanding(effect, now, 'nobody knows whether it happened');
  if (undo?.kind === 'none') return { effect, kind: 'kept' };
  const way = undo?.whenInDoubt ?? (probe ? 'probe' : 'ask');
  switch (way) {
    case 'undo':
      return fateStanding(effect, now, 'nobody knows whether it happened');
    case 'probe':
      return fateProbed(effect, now);
    case 'ask':
      return { effect, kind: 'unresolved', why: 'nobody knows whether it happened' };
    default:
      return unreachable(way, 'way out of a doubt');
  }
}

function fateProbed(effect: EffectOf, now: number): Fate {
  const { verdict } = effect;
  const { probe } = effect.step;
  if (!probe) return { effect, kind: 'unresolved', why: 'nobody knows whether it happened' };
  const asked = verdict?.by === 'probe';
  if (asked && verdict.notBefore === undefined) {
    return { effect, kind: 'unresolved', why: `its probe could not tell whether it happened` };
  }
  if (effect.unreachable !== undefined) return outOfReach(effect);
  const until = Math.max(effect.quietAfter, verdict?.notBefore ?? 0);
  if (now < until) return { effect, kind: 'later', until };
  return { effect, kind: 'ready', entry: entryOf(effect, { kind: 'probe', call: probe.call, number: 0 }) };
}

function fateStanding(effect: EffectOf, now: number, otherwise: string): Fate {
  const { undo } = effect.step;
  if (effect.undos.some(({ state }) => state === 'accepted')) return { effect, kind: 'kept' };
  if (effect.undos.some(({ by, state }) => by === 'operator' && state === 'done')) return gone(effect);
  if (!undo) return { effect, kind: 'unresolved', why: otherwise };
  if (undo.kind === 'none') return { effect, kind: 'kept' };
  return fateOfCalls(effect, undo, now);
}

/** The undo's calls, one after another: the first that is not done decides. */
function fateOfCalls(effect: EffectOf, undo: Extract<PlanUndo, { kind: 'calls' }>, now: number): Fate {
  for (const [number, call] of undo.calls.entries()) {
    const entry = entryOf(effect, { kind: 'undo', call, number });
    const record = effect.undos.find((one) => one.number === number);
    if (record?.state !== 'done' && effect.unreachable !== undefined) return outOfReach(effect);
    if (!record) {
      if (now > effect.undoUntil) return { effect, kind: 'undo-failed', why: 'its undo could not be begun in time' };
      const until = effect.quietAfter;
      return now < until ? { effect, kind: 'later', until } : { effect, kind: 'ready', entry };
    }
    switch (record.state) {
      case 'done':
        continue;
      case 'live':
        if (now < record.leaseUntil) return { effect, kind: 'later', until: record.leaseUntil };
        return { effect, kind: 'ready', entry };
      case 'again': {
        const until = record.notBefore ?? now;
        return now < until ? { effect, kind: 'later', until } : { effect, kind: 'ready', entry };
      }
      case 'failed':
        return { effect, kind: 'undo-failed', why: record.error?.message ?? 'its undo failed' };
      case 'accepted':
        return { effect, kind: 'kept' };
      default:
        return unreachable(record.state, 'state of an undo');
    }
  }
  return gone(effect);
}

function outOfReach(effect: EffectOf): Fate {
  const why = `the description no longer has the system ${effect.unreachable}, which would be called for it`;
  return { effect, kind: 'unresolved', why };
}

function gone(effect: EffectOf): Fate {
  return { effect, kind: 'gone', undone: true };
}

function entryOf(
  { key, plan, planHash }: EffectOf,
  { kind, call, number }: { readonly kind: WaveEntry['kind']; readonly call: string; readonly number: number },
): WaveEntry {
  return { kind, system: systemOfCall(plan, call), ...key, call, number, plan: planHash };
}
