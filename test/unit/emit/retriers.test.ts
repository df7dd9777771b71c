/** How often a state asks again, where its task is a batch of a list. */
import { expect, it } from 'vitest';
import type { Retrier } from '../../../lib/model/asl.ts';
import { batchRetriers, callRetriers } from '../../../lib/emit/retriers.ts';

const BATCHES = { over: 40, size: 100, group: 10, atOnce: 1, forMs: 60_000 };

function timesOf(retriers: readonly Retrier[], error: string): number | undefined {
  return retriers.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.MaxAttempts;
}

it('waits for a lease of each group of a batch, as a step that is done once waits for its own', () => {
  const once = timesOf(callRetriers(30_000, 60_000), 'Interlock.Leased');
  expect(once).toBeGreaterThan(0);
  expect(timesOf(batchRetriers(30_000, 60_000, BATCHES), 'Interlock.Leased')).toBe(10 * (once ?? 0));
});

it('asks for a batch as often as it has groups', () => {
  expect(timesOf(batchRetriers(30_000, 60_000, BATCHES), 'Interlock.More')).toBe(10);
  expect(timesOf(batchRetriers(30_000, 60_000, { ...BATCHES, group: 3 }), 'Interlock.More')).toBe(34);
});
