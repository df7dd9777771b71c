/** How large a wave may be, and when the next one is worth a look: pure, from fates and times. */
import { describe, expect, it } from 'vitest';
import type { AppliedOutcome, RunRecord } from '../../../lib/runtime/ports/journal.ts';
import { effectsOf } from '../../../lib/runtime/effects.ts';
import { type Fate, fatesOf } from '../../../lib/runtime/fates.ts';
import { longestOf, nextWaveAt, waveOf } from '../../../lib/runtime/wave.ts';
import { listPlan } from '../../support/list-fixture.ts';
import { callOf, planOf, stepOf, undoOf } from '../../support/plan-fixture.ts';

/** So many steps that need nothing of each other, all applied, and none of them of a list. */
function standing(length: number, name: string): readonly Fate[] {
  const paths = Array.from({ length }, (_, index) => `${name}${index}`);
  const steps = paths.map((path) => stepOf({ path, undo: undoOf('all') }));
  const plan = planOf({ steps, calls: [callOf({ path: 'all#undo' })] });
  const keys = paths.map((step) => ({ step, visit: 1, gen: 0 }));
  const intents = keys.map((key) => ({ key, epoch: 1, at: 1, leaseUntil: 9, nonce: key.step }));
  const times = { startedAt: 1, endedAt: 2, attempts: [], dataDigest: '' };
  const applied = keys.map(
    (key): AppliedOutcome => ({ key, epoch: 1, planHash: 'p', ...times, outputs: {}, go: 'next' }),
  );
  const header = {
    runId: 'run-1',
    workflowId: 'order',
    planHash: 'p',
    inputDigest: 'i',
    actor: 'ann',
    phase: 'compensating',
    epoch: 1,
    startedAt: 0,
    deadline: 1_000,
    degraded: false,
    intents,
    failures: [],
    passed: [],
    earlier: [],
    released: false,
  } as const;
  const record: RunRecord = { header, applied, verdicts: [], undos: [], shards: [] };
  return fatesOf(
    effectsOf(record, () => ({ plan, planHash: 'p' }), 10),
    10,
  );
}

describe('a wave', () => {
  it('has five hundred entries at most, the first ones first', () => {
    const wave = waveOf(standing(600, 's'));
    expect(wave).toHaveLength(500);
    expect(wave[0]?.step).toBe('s0');
    expect(wave.some(({ items }) => items)).toBe(false);
  });

  it('stays within a payload where steps have long paths', () => {
    const fates = standing(500, 's'.repeat(600));
    const wave = waveOf(fates);
    expect(wave.length).toBeGreaterThan(100);
    expect(wave.length).toBeLessThan(500);
    expect(Buffer.byteLength(JSON.stringify(wave))).toBeLessThanOrEqual(192 * 1_024 + 2);
    expect(waveOf(fates.slice(0, 3))).toHaveLength(3);
  });

  it('takes as long as its longest call, and a bundle as long as it begins calls before that', () => {
    const plan = listPlan();
    const entry = { kind: 'undo', system: 'shop', step: 'ship[a]', visit: 1, gen: 0, number: 0, plan: 'p' } as const;
    const undo = { ...entry, call: 'ship#undo' };
    expect(longestOf([undo], () => plan)).toBe(20_000);
    expect(longestOf([undo, { ...undo, items: [entry] }], () => plan)).toBe(80_000);
    expect(longestOf([undo], () => undefined)).toBe(0);
    expect(longestOf([], () => plan)).toBe(0);
  });
});

describe('the next look', () => {
  it('is at the first time of a few', () => {
    expect(nextWaveAt([500, 100, 900])).toBe(100);
    expect(nextWaveAt(Array.from({ length: 40 }, (_, index) => index * 1_000))).toBe(0);
  });

  it('waits for as many as a bundle has room for, but no more than a minute', () => {
    expect(nextWaveAt(Array.from({ length: 300 }, (_, index) => 5_000 + index * 100))).toBe(5_000 + 249 * 100);
    expect(nextWaveAt(Array.from({ length: 300 }, (_, index) => 5_000 + index * 1_000))).toBe(65_000);
    expect(nextWaveAt(Array.from({ length: 60 }, (_, index) => 5_000 + index * 10))).toBe(5_000 + 59 * 10);
  });
});
