/**
 * The same races over sagas whose lists are all done in batches: groups that are lost, taken over, closed and settled, and
 * items that are in another batch when the run is tried again; the eight invariants hold. `SEEDS=1-500` tries others.
 */
import { expect, test } from 'vitest';
import { BENT_SHARDS } from '../support/bent-shards.ts';
import { counterexample, race } from '../support/races.ts';

const [FIRST = 1, LAST = FIRST] = (process.env['SEEDS'] ?? '1-60').split('-').map(Number);
const SEEDS: readonly number[] = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);
/** More than any of the rules needs. */
const MOST = 400;
const KIND = { lists: true, batches: true } as const;

test('a run with long lists keeps every promise, whatever is lost, late, doubled or killed', async () => {
  const broken: string[] = [];
  const ends = new Set<string>();
  let lost = 0;
  for (const seed of SEEDS) {
    const raced = await race(seed, KIND);
    const { shards } = raced.evidence.record;
    const groups = shards.flatMap((shard) => shard.groups);
    if (groups.length > 0) ends.add(raced.phase);
    lost += groups.filter(({ intent, applied, failed }) => intent.items.length > applied.length + failed.length).length;
    if (raced.violations.length > 0) broken.push(await counterexample(raced, KIND));
  }
  expect(broken.join('\n\n')).toBe('');
  // Of many, all ends must have been seen, and groups that lost something.
  if (SEEDS.length < 60) return;
  expect(lost).toBeGreaterThan(2);
  expect([...ends].toSorted()).toEqual(['compensated', 'failed', 'needs-attention', 'succeeded']);
}, 600_000);

test('also where its workflow is express, which may begin again while its first try goes on', async () => {
  const broken: string[] = [];
  for (const seed of SEEDS) {
    const raced = await race(seed, { ...KIND, express: true });
    if (raced.violations.length > 0) broken.push(await counterexample(raced, { ...KIND, express: true }));
  }
  expect(broken.join('\n\n')).toBe('');
}, 600_000);

test.each(BENT_SHARDS)(
  'they find it where $rule is left out',
  async ({ make }) => {
    let seed = 1;
    while (seed <= MOST && (await race(seed, { ...KIND, journal: make })).violations.length === 0) seed += 1;
    expect(seed).toBeLessThanOrEqual(MOST);
  },
  600_000,
);
