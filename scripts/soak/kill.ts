/**
 * `npm run soak -- kill`: an engine with hundreds of executions in flight is killed (SIGKILL) at random moments and begun
 * again over the same data folder. Tasks run here, in another process, which counts them. In the end every execution
 * must have ended as one that was never disturbed, no task whose answer was recorded may have been asked again, and
 * nothing that was acknowledged (a start, an answer to a token) may be missing. One seed gives one plan of moments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { SweepOptions, SweepResult } from '../soak.ts';
import { type Figures, KilledRuns } from './killed-runs.ts';

export interface KillPlan {
  readonly kills: number;
  readonly inFlight: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/**
 * Of its figures `tasksRepeated` are those asked again after a kill, their answers not having been recorded, and
 * `medianRecoveryMs` is from the start of a process until everything unfinished went on.
 */
export interface KillReport extends Figures {
  readonly kills: number;
  readonly killsBeforeReady: number;
  readonly medianRecoveryMs: number;
  /** Each a sentence; none is what is wanted. */
  readonly violations: readonly string[];
}

export async function sweep({ flags, say }: SweepOptions): Promise<SweepResult> {
  const number = (name: string, otherwise: number): number => Number(flags.get(name) ?? otherwise);
  const plan = { kills: number('kills', 50), inFlight: number('in-flight', 500), seed: number('seed', 1), say };
  const report = await killAndRestart(plan);
  const { violations, ...figures } = report;
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(22)}${value}`);
  const verdict = violations.length === 0 ? 'every execution ended as if nothing had happened' : violations.join('\n');
  return { ok: violations.length === 0, report: [`kill, seed ${plan.seed}`, ...lines, verdict].join('\n') };
}

/** How long after its start, or after it was ready, a process is killed at most. */
const LATEST_KILL_MS = 1500;

export async function killAndRestart({ kills, inFlight, seed, say }: KillPlan): Promise<KillReport> {
  const root = mkdtempSync(join(tmpdir(), 'interlock-kill-'));
  const runs = new KilledRuns({ folder: join(root, 'data'), inFlight, random: new RandomSource(seed) });
  const moments = new RandomSource(seed + 1);
  const recoveries: number[] = [];
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const beforeReady = moments.next() < 0.25;
      const delayMs = Math.floor(moments.next() * LATEST_KILL_MS);
      const readyMs = await runs.liveUntilKilled({ beforeReady, delayMs });
      if (readyMs !== null) recoveries.push(readyMs);
      await runs.inspect();
      if (kill % 10 === 0)
        say(`${kill} kills, ${runs.figures().executions} executions, ${runs.violations.length} violations`);
    }
    await runs.finish();
  } finally {
    await runs.end();
    rmSync(root, { recursive: true, force: true });
  }
  const sorted = recoveries.toSorted((left, right) => left - right);
  const medianRecoveryMs = Math.round(sorted[sorted.length >> 1] ?? 0);
  const killsBeforeReady = kills - recoveries.length;
  return { kills, killsBeforeReady, ...runs.figures(), medianRecoveryMs, violations: runs.violations };
}
