/**
 * The next wave of a failing run: what is ready, as a state's payload and an execution's history have room for it. A few
 * calls are an entry each. Many of one kind, for items of one list, are bundles: one task does them one after another, some
 * at once. What a wave has no room for comes with the next ones; nothing of it is lost, since Settle finds it ready again.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { stepOfPath } from '../model/item-path.ts';
import { own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { WaveEntry } from '../model/task.ts';
import type { EffectOf } from './effects.ts';
import type { Fate } from './fates.ts';

const { over: MOST_ALONE } = DEFAULTS.forEach;
/** Each reads the run once: the more it does, the less of that. */
const MOST_IN_BUNDLE = 250;
const MOST_BUNDLES = 4;
const MOST_ENTRIES = 500;
/** A state's payload may have 256 KiB; what else the answer says is small. */
const MOST_BYTES = 192 * 1_024;

export function waveOf(fates: readonly Fate[]): readonly WaveEntry[] {
  const ready = fates.flatMap(({ kind, entry, effect }) =>
    kind === 'ready' && entry ? [{ entry, alike: alikeOf(entry, effect) }] : [],
  );
  const groups = Map.groupBy(ready, ({ alike }) => alike);
  const isMany = (alike: string | undefined): boolean =>
    alike !== undefined && (groups.get(alike)?.length ?? 0) > MOST_ALONE;
  const many = [...groups].filter(([alike]) => isMany(alike)).map(([, group]) => group.map(({ entry }) => entry));
  const alone = ready.filter(({ alike }) => !isMany(alike)).map(({ entry }) => entry);
  return fitting([...many.flatMap(bundlesOf).slice(0, MOST_BUNDLES), ...alone].slice(0, MOST_ENTRIES));
}

/** What calls of one bundle have in common; undefined where the effect is no item's. */
function alikeOf({ kind, call, number, plan, visit }: WaveEntry, { step }: EffectOf): string | undefined {
  return step.forEach && JSON.stringify([kind, call, number, plan, step.path, visit]);
}

function bundlesOf(alike: readonly WaveEntry[]): readonly WaveEntry[] {
  const bundles: WaveEntry[] = [];
  for (let from = 0; from < alike.length; from += MOST_IN_BUNDLE) {
    const members = alike.slice(from, from + MOST_IN_BUNDLE);
    const items = members.map(({ step, visit, gen }) => ({ step, visit, gen }));
    for (const first of members.slice(0, 1)) bundles.push({ ...first, items });
  }
  return bundles;
}

/** The first always: no entry alone is larger than a payload. */
function fitting(wave: readonly WaveEntry[]): readonly WaveEntry[] {
  let left = MOST_BYTES;
  const end = wave.findIndex((entry, index) => {
    left -= Buffer.byteLength(JSON.stringify(entry)) + 1;
    return left < 0 && index > 0;
  });
  return end < 0 ? wave : wave.slice(0, end);
}

/** How long the entry that takes longest may take: the last of a bundle begins when no further one may. */
export function longestOf(wave: readonly WaveEntry[], planOf: (hash: string) => Plan | undefined): number {
  return wave.reduce((longest, entry) => {
    const plan = planOf(entry.plan);
    const lease = own(plan?.calls ?? {}, entry.call)?.leaseMs ?? 0;
    return Math.max(longest, lease + (entry.items ? beginningMsOf(entry, plan) : 0));
  }, 0);
}

/** How long one invocation begins further calls of a bundle. */
export function beginningMsOf({ step }: Pick<WaveEntry, 'step'>, plan: Plan | undefined): number {
  const { forEach } = own(plan?.steps ?? {}, stepOfPath(step)) ?? {};
  return forEach?.batches.forMs ?? DEFAULTS.forEach.beginningMs;
}

/** Many that wait, each for a time of its own, are waited for together: a wave has room for many. */
const TOGETHER_MS = 60_000;

export function nextWaveAt(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  const first = sorted[0] ?? 0;
  if (sorted.length <= MOST_ALONE) return first;
  return Math.min(first + TOGETHER_MS, sorted[MOST_IN_BUNDLE - 1] ?? sorted.at(-1) ?? first);
}
