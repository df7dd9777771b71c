/**
 * The fates of thousands of effects, without a look at every pair: they are what the plain definition gives, which stands
 * here as it is read in the run contract, and the work grows with the effects, not with their square.
 */
import { describe, expect, it } from 'vitest';
import type { Plan, PlanStep } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { type EffectOf, effectsOf, type EpochPlans } from '../../../lib/runtime/effects.ts';
import { type Fate, fatesOf } from '../../../lib/runtime/fates.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  RunRecord,
  UndoRecord,
  Verdict,
} from '../../../lib/runtime/ports/journal.ts';
import { precedence } from '../../../lib/runtime/precedence.ts';
import { NO_BATCHES } from '../../support/list-fixture.ts';
import { callOf, planOf, probeOf, stepOf, undoOf } from '../../support/plan-fixture.ts';
import { dice } from '../../support/fuzzing.ts';

const NOW = 1_000;

describe('the fates of effects', () => {
  it('are those of the plain definition, for a thousand runs of a seed', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const effects = randomEffects(seed);
      const fates = fatesOf(effects, NOW);
      expect(fates, `seed ${seed}`).toEqual(plainFates(effects, NOW));
      for (const { kind } of fates) kinds.add(kind);
    }
    expect([...kinds].sort()).toEqual(['blocked', 'gone', 'kept', 'later', 'ready', 'undo-failed', 'unresolved']);
  });

  it('end a circle of time where it began, as the plain definition does', () => {
    // Both ended before they began: a clock that was set back between the intent and the outcome.
    const plan = planOf({
      steps: ['a', 'b'].map((path) => stepOf({ path, repeats: true, undo: undoOf(path) })),
      calls: [callOf({ path: 'a#undo' }), callOf({ path: 'b#undo' })],
    });
    const keys = [
      { step: 'a', visit: 1, gen: 0 },
      { step: 'b', visit: 1, gen: 0 },
    ];
    const intents = keys.map((key, index) => ({ key, epoch: 1, at: 10 + index, leaseUntil: 20, nonce: key.step }));
    const applied = keys.map((key) => appliedOf(key, 5));
    const effects = effectsOf(recordOf({ intents, applied }), () => ({ plan, planHash: 'p' }), NOW);
    expect(fatesOf(effects, NOW)).toEqual(plainFates(effects, NOW));
    expect(fatesOf(effects, NOW).map(({ kind }) => kind)).toEqual(['later', 'later']);
  });

  it('take work in proportion to the effects: of a second list ten times as long each is looked at as often', () => {
    const few = looksPerEffect(200);
    const many = looksPerEffect(2_000);
    expect(many).toBeLessThanOrEqual(few);
    expect(few).toBeLessThan(60);
  });
});

/** As it is read: an effect is undone only when everything that was built on it is gone or kept. */
function plainFates(effects: readonly EffectOf[], now: number): readonly Fate[] {
  const dependents = precedence(effects);
  const fates = new Map<EffectOf, Fate>();
  const fateOf = (effect: EffectOf): Fate => {
    const known = fates.get(effect);
    if (known) return known;
    const [alone] = fatesOf([effect], now) as readonly [Fate];
    fates.set(effect, alone);
    const after = dependents(effect).map(fateOf);
    const fate = plainlyHeld(alone, after);
    fates.set(effect, fate);
    return fate;
  };
  return effects.map(fateOf);
}

function plainlyHeld(fate: Fate, dependents: readonly Fate[]): Fate {
  if ((fate.kind !== 'ready' && fate.kind !== 'later') || fate.entry?.kind === 'probe') return fate;
  if (fate.effect.undos.length > 0) return fate;
  const open = dependents.find(({ kind }) => kind === 'unresolved' || kind === 'undo-failed' || kind === 'blocked');
  const { undo } = fate.effect.step;
  if (open && !(undo?.kind === 'calls' && undo.independent)) {
    const why = `${open.effect.key.step}, which was built on it, is ${open.kind}`;
    return { effect: fate.effect, kind: 'blocked', why };
  }
  const waiting = dependents.some(({ kind }) => kind === 'ready' || kind === 'later');
  return waiting ? { effect: fate.effect, kind: 'later' } : fate;
}

interface Facts {
  readonly intents: readonly Intent[];
  readonly applied?: readonly AppliedOutcome[];
  readonly failures?: readonly FailedOutcome[];
  readonly verdicts?: readonly Verdict[];
  readonly undos?: readonly UndoRecord[];
  readonly epoch?: number;
}

function recordOf({ intents, applied = [], failures = [], verdicts = [], undos = [], epoch = 1 }: Facts): RunRecord {
  const header = {
    runId: 'run-1',
    workflowId: 'order',
    planHash: 'p',
    inputDigest: 'i',
    actor: 'ann',
    phase: 'compensating',
    epoch,
    startedAt: 0,
    deadline: 10_000,
    degraded: false,
    intents,
    failures,
    passed: [],
    earlier: [],
    released: false,
  } as const;
  return { header, applied, verdicts, undos, shards: [] };
}

function appliedOf(key: Intent['key'], endedAt: number, epoch = 1): AppliedOutcome {
  const base = { epoch, planHash: 'p', startedAt: 0, endedAt, attempts: [], dataDigest: '' };
  return { key, ...base, outputs: {}, go: 'next' };
}

const EACH = { items: parseValue([]), concurrency: 10, tolerate: 0, batches: NO_BATCHES } as const;

/** Steps in a random order, some in a loop, some for each of a list, some in a workflow beside; of two epochs' plans. */
function randomEffects(seed: number): readonly EffectOf[] {
  const roll = dice(seed);
  const chance = (of: number): boolean => roll() < of;
  const below = (most: number): number => Math.floor(roll() * most);
  const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const planAt = (): Plan => {
    const steps = names.map((path): PlanStep => {
      const undo = oneOf([
        undefined,
        undoOf(path),
        undoOf(path),
        undoOf(path, { independent: true, whenInDoubt: 'undo' }),
      ]);
      const probe = chance(0.3) ? { probe: probeOf(path) } : {};
      return stepOf({
        path,
        repeats: chance(0.25),
        ...(undo && { undo }),
        ...probe,
        ...(chance(0.5) && { forEach: EACH }),
      });
    });
    const edges = names.flatMap((from, index) =>
      names
        .slice(index + 1)
        .flatMap((to) => (chance(0.4) ? [{ from, to, why: oneOf(['output', 'added'] as const) }] : [])),
    );
    const calls = names.flatMap((path) => [callOf({ path: `${path}#undo` }), callOf({ path: `${path}#probe` })]);
    return planOf({ steps, calls, rest: { edges } });
  };
  const byEpoch = [planAt(), planAt()];
  const plans: EpochPlans = (epoch) => ({ plan: byEpoch[epoch - 1] as Plan, planHash: `p${epoch}` });
  const intents: Intent[] = [];
  const applied: AppliedOutcome[] = [];
  const failures: FailedOutcome[] = [];
  const verdicts: Verdict[] = [];
  const undos: UndoRecord[] = [];
  let clock = 0;
  for (let passage = 0; passage < 1 + below(8); passage += 1) {
    const epoch = chance(0.7) ? 1 : 2;
    const path = oneOf(names);
    const step = plans(epoch).plan.steps[path] as PlanStep;
    const visit = step.repeats ? 1 + below(3) : 1;
    // Of what one list is done for, some begin at once, some while others of another list are under way.
    const items = step.forEach ? Array.from({ length: below(5) }, (_, index) => `${path}[${index}]`) : [path];
    for (const item of items) {
      const key = { step: item, visit, gen: 0 };
      if (intents.some((one) => one.key.step === item && one.key.visit === visit)) continue;
      const at = clock + below(4);
      const leaseUntil = at + 1 + below(10) * 200;
      intents.push({ key, epoch, at, leaseUntil, nonce: `${intents.length}` });
      const endedAt = at + below(6) - (chance(0.02) ? 3 : 0);
      const came = roll();
      const base = { key, epoch, planHash: `p${epoch}`, startedAt: at, endedAt, attempts: [], dataDigest: '' };
      if (came < 0.6) applied.push(appliedOf(key, endedAt, epoch));
      else if (came < 0.7) failures.push({ ...base, outcome: 'refused', error: { error: 'E', message: 'no' } });
      else if (came < 0.8) failures.push({ ...base, outcome: 'in-doubt', error: { error: 'E', message: 'lost' } });
      else if (came < 0.9)
        verdicts.push({ key, epoch, at: endedAt, verdict: oneOf(['in-doubt', 'applied', 'absent']), by: 'settle' });
      if (chance(0.15)) {
        const state = oneOf(['done', 'failed', 'live', 'again', 'accepted'] as const);
        const round = { by: 'undo', startedAt: 900, intentAt: 900, leaseUntil: oneOf([950, 1_100]) } as const;
        undos.push({
          key,
          number: 0,
          epoch,
          state,
          ...round,
          nonce: 'n',
          attempts: [],
          notBefore: oneOf([950, 1_100]),
        });
      }
      clock += below(3);
    }
    clock += below(4);
  }
  return effectsOf(recordOf({ intents, applied, failures, verdicts, undos, epoch: 2 }), plans, NOW);
}

/** How often the intent or the step of an effect is read, in a run with two lists of that length. */
function looksPerEffect(length: number): number {
  const lists = ['a', 'b'].map((path) => stepOf({ path, undo: undoOf(path), forEach: EACH }));
  const calls = ['a#undo', 'b#undo'].map((path) => callOf({ path }));
  const plan = planOf({ steps: lists, calls, rest: { edges: [{ from: 'a', to: 'b', why: 'output' }] } });
  const keys = ['a', 'b'].flatMap((step, list) =>
    Array.from({ length }, (_, item) => ({
      key: { step: `${step}[${item}]`, visit: 1, gen: 0 },
      at: list * 1_000_000 + item,
    })),
  );
  const intents = keys.map(({ key, at }) => ({ key, epoch: 1, at, leaseUntil: at + 5, nonce: key.step }));
  const applied = keys.map(({ key, at }) => appliedOf(key, at + 5));
  const late = 10_000_000;
  let looks = 0;
  const counting: ProxyHandler<EffectOf> = {
    get: (effect, name) => {
      looks += 1;
      return Reflect.get(effect, name) as unknown;
    },
  };
  const record = { ...recordOf({ intents, applied }) };
  const effects = effectsOf(
    { ...record, header: { ...record.header, deadline: late } },
    () => ({ plan, planHash: 'p' }),
    late,
  );
  const fates = fatesOf(
    effects.map((effect) => new Proxy(effect, counting)),
    late,
  );
  expect(fates.filter(({ kind }) => kind === 'ready').every(({ effect }) => effect.key.step.startsWith('b['))).toBe(
    true,
  );
  expect(fates.filter(({ kind }) => kind === 'later')).toHaveLength(length);
  return looks / effects.length;
}
