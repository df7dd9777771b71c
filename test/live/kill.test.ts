/** The small version of `npm run soak -- kill`: an engine that is killed a few times, and nothing shows of it. */
import { expect, test } from 'vitest';
import { killAndRestart } from '../../scripts/soak/kill.ts';

test('an engine killed at random moments loses nothing, repeats nothing recorded, and ends every execution', async () => {
  const report = await killAndRestart({ kills: 5, inFlight: 30, seed: 7, say: () => undefined });
  expect(report.violations).toEqual([]);
  expect(report.executions).toBeGreaterThanOrEqual(30);
  expect(report.mostRecovered).toBeGreaterThanOrEqual(20);
  expect(report.tasksRepeated).toBeGreaterThan(0);
}, 120_000);
