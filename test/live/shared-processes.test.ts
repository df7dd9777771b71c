import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRESH_MS } from '../../lib/runtime/protect/breaker.ts';
import type { Callee } from '../../lib/runtime/ports/protection.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';
import type { Happened, Work } from '../support/sharing-process.ts';
import { ROOT } from '../support/source-tree.ts';

const CALLEE: Callee = { system: 'payments', server: 'payments', several: false };
/** Starting a process takes its time on a busy machine. */
const LONG_MS = 60_000;
const BREAKER = { failureRate: 0.5, windowMs: 10_000, minimumCalls: 4, openForMs: 60_000, trialCalls: 1 };

describe('processes of one deployment', () => {
  let emulator: DynamoEmulator;
  beforeAll(async () => {
    emulator = await dynamoEmulator();
  });
  afterAll(() => emulator.stop());

  it(`all see a breaker that one of them opens within ${FRESH_MS} ms`, { timeout: LONG_MS }, async () => {
    const callee = { ...CALLEE, system: 'opening', server: 'opening', breaker: BREAKER };
    const calling = [1, 2].map(() => start({ kind: 'call', callee, times: 3_000, refusals: 3, takesMs: 10 }));
    await Promise.all(calling.map(({ begun }) => begun));
    const opener = await start({ kind: 'fail', callee, times: 400 }).ended;
    for (const { calls = [], log } of await Promise.all(calling.map(({ ended }) => ended))) {
      const through = calls.filter(({ ok }) => ok);
      expect([through.length > 0, calls.length - through.length]).toEqual([true, 3]);
      expect(Math.max(...through.map(({ from }) => from))).toBeLessThanOrEqual((opener.endedAt ?? 0) + FRESH_MS);
      expect(log).toEqual([]);
    }
  });

  it('never have more calls under way together than the system allows', { timeout: LONG_MS }, async () => {
    const callee = { ...CALLEE, system: 'crowded', server: 'crowded', concurrency: 2 };
    const work: Work = { kind: 'call', callee, times: 40, refusals: 40, takesMs: 15 };
    const all = await Promise.all([1, 2, 3].map(() => start(work).ended));
    const calls = all.flatMap(({ calls: made = [] }) => made.filter(({ ok }) => ok));
    expect(calls.length).toBeGreaterThan(20);
    const under = calls.map(({ begun }) => calls.filter((one) => one.begun <= begun && begun < one.to).length);
    expect(Math.max(...under)).toBeLessThanOrEqual(2);
    expect(all.flatMap(({ log }) => log)).toEqual([]);
  });

  it('are never given more tokens together than the system allows', { timeout: LONG_MS }, async () => {
    const pace = { intervalMs: 25, burst: 4 };
    const work: Work = { kind: 'take', key: 'hurried', times: 60, pace };
    const all = await Promise.all([1, 2, 3].map(() => start(work).ended));
    const tokens = all.flatMap((one) => one.tokens ?? []).sort((one, other) => one - other);
    expect(tokens.length).toBeGreaterThan(20);
    tokens.forEach((from, first) => {
      tokens.slice(first).forEach((to, more) => {
        expect(more + 1).toBeLessThanOrEqual(pace.burst + (to - from + 1) / pace.intervalMs);
      });
    });
  });

  it('never have a lock at the same time, and each of 50 runs gets it once, with its own token', {
    timeout: LONG_MS,
  }, async () => {
    const runs = Array.from({ length: 50 }, (_, index) => `run-${index}`);
    const all = await Promise.all(
      [0, 1, 2].map((process) => {
        const mine = runs.filter((_, index) => index % 3 === process);
        return start({ kind: 'contend', key: 'account-7', runs: mine, holdMs: 3 }).ended;
      }),
    );
    const held = all.flatMap((one) => one.held ?? []).sort((one, other) => one.token - other.token);
    expect(held.map(({ run }) => run).sort()).toEqual([...runs].sort());
    expect(new Set(held.map(({ token }) => token)).size).toBe(50);
    held.slice(1).forEach((next, index) => expect(next.from).toBeGreaterThanOrEqual(held[index]?.to ?? Infinity));
  });

  /** Ends by itself, after a bounded number of calls. */
  function start(work: Work): { readonly begun: Promise<void>; readonly ended: Promise<Happened> } {
    const args = [`${ROOT}test/support/sharing-process.ts`, emulator.endpoint, emulator.table, JSON.stringify(work)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const begun = Promise.withResolvers<void>();
    let said = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.startsWith('begun\n')) begun.resolve();
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const ended = new Promise<Happened>((resolve, reject) => {
      child.once('close', (code) => {
        begun.resolve();
        if (code !== 0) reject(new Error(`the process ended with ${code}: ${complaint}`));
        else resolve(JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as Happened);
      });
    });
    return { begun: begun.promise, ended };
  }
});
