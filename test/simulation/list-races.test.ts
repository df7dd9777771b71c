/**
 * The same races over sagas whose steps are done for each item of a list or ask until something is done, also in loops,
 * branches and sub-workflows: an item is an effect like any other, and the eight invariants hold. `SEEDS=1-500` tries others.
 */
import { expect, test } from 'vitest';
import { counterexample, race } from '../support/races.ts';

const [FIRST = 1, LAST = FIRST] = (process.env['SEEDS'] ?? '1-40').split('-').map(Number);
const SEEDS: readonly number[] = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index);

test('a run with lists keeps every promise, whatever is lost, late, doubled or killed', async () => {
  const broken: string[] = [];
  const items = new Set<string>();
  let asked = 0;
  for (const seed of SEEDS) {
    const raced = await race(seed, { lists: true });
    for (const { key } of raced.evidence.record.header.intents) if (key.step.endsWith(']')) items.add(raced.phase);
    asked += raced.evidence.record.applied.filter(({ key }) => key.step.endsWith('#poll')).length;
    if (raced.violations.length > 0) broken.push(await counterexample(raced, { lists: true }));
  }
  expect(broken.join('\n\n')).toBe('');
  if (SEEDS.length >= 40) expect(asked).toBeGreaterThan(10);
  // Of many, all ends must have been seen, and items in each.
  if (SEEDS.length >= 40)
    expect([...items].toSorted()).toEqual(['compensated', 'failed', 'needs-attention', 'succeeded']);
}, 600_000);
