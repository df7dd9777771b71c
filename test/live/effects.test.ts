/** The small version of `npm run soak -- effects`: orders through a process that is killed, judged by the systems alone. */
import { expect, test } from 'vitest';
import { killWithEffects } from '../../scripts/soak/effects.ts';

test('a process killed at random moments doubles no effect, leaves none behind, and hides none in doubt', async () => {
  const report = await killWithEffects({ orders: 12, kills: 3, seed: 7, say: () => undefined });
  expect(report.violations).toEqual([]);
  expect(Object.values(report.statuses).reduce((sum, count) => sum + count, 0)).toBe(12);
  // How many of each depends on how far a process came before it was killed, and so on the machine.
  const { succeeded = 0, compensated = 0 } = report.statuses;
  expect(succeeded + compensated).toBeGreaterThan(0);
  expect(report.effects).toBeGreaterThan(20);
  expect(report.undone).toBeGreaterThan(0);
}, 120_000);
