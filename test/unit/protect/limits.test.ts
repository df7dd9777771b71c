import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimitPolicy } from '../../../lib/model/plan.ts';
import { MemoryPermits } from '../../../lib/rehearse/memory-protection.ts';
import { BREAKER, Processes, reportOf, START } from '../../support/protected-processes.ts';

const RATE: RateLimitPolicy = { requests: 10, perMs: 1_000, burst: 3 };
const FULL = 'payments is called 2 times at once already, as often as is allowed';

describe('a rate limit', () => {
  it('lets its burst through at once and spaces out the others, over all processes', async () => {
    const processes = new Processes(2);
    const times: number[] = [];
    for (let made = 0; made < 6; made += 1) {
      expect(await processes.call(made % 2, 'well', { rateLimit: RATE })).toBe('through');
      times.push(processes.clock.now() - START);
    }
    expect(times).toEqual([0, 0, 0, 100, 200, 300]);
  });

  it('refuses what would have to wait beyond its time, and says when to come again', async () => {
    const processes = new Processes(1);
    for (let made = 0; made < 3; made += 1) await processes.call(0, 'well', { rateLimit: RATE });
    const hurried = await processes.admit(0, { rateLimit: RATE }, { latest: START + 50 });
    const why = 'the rate limit of payments has no call left before 2026-01-01T00:00:00.100Z';
    expect(hurried).toEqual({ ok: false, why, againAt: START + 100 });
  });

  it('waits five seconds at most, however long the lease is', async () => {
    const processes = new Processes(1);
    const slow = { rateLimit: { requests: 1, perMs: 3_000, burst: 1 } };
    const asked = Array.from({ length: 4 }, () => processes.of(0).admit(processes.asking(slow)));
    const answers = await processes.clock.runUntil(Promise.all(asked));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, false]);
    expect(processes.clock.now()).toBe(START + 3_000);
  });

  it('is held by a 429 for as long as the system asks, for all processes', async () => {
    const processes = new Processes(2);
    const callee = { rateLimit: RATE };
    const admission = await processes.admit(0, callee);
    if (admission.ok) await admission.done({ kind: 'answered', ms: 10, throttledUntil: START + 60_000 });
    for (const process of [0, 1]) {
      const refused = await processes.admit(process, callee);
      expect(refused).toMatchObject({ ok: false, againAt: START + 60_000 });
    }
    await processes.clock.advance(60_000);
    expect(await processes.call(1, 'well', callee)).toBe('through');
    expect(processes.clock.now()).toBe(START + 60_000);
    expect(await processes.call(0, 'well', callee)).toBe('through');
    expect(processes.clock.now()).toBe(START + 60_100);
  });

  it('is emptied by a 429 that names no time, and held for a quarter of an hour at most', async () => {
    const processes = new Processes(1);
    const callee = { rateLimit: RATE };
    const throttled = async (until: number): Promise<void> => {
      const admission = await processes.admit(0, callee);
      if (admission.ok) await admission.done({ kind: 'answered', ms: 10, throttledUntil: until });
    };
    await throttled(START);
    await processes.call(0, 'well', callee);
    expect(processes.clock.now()).toBe(START + 100);
    await throttled(START + 7 * 86_400_000);
    const refused = await processes.admit(0, callee);
    expect(refused).toMatchObject({ ok: false, againAt: processes.clock.now() + 15 * 60_000 });
  });

  it('never lets more calls begin in any span of time than its burst and one for each interval', async () => {
    const event = fc.record({ process: fc.nat(2), wait: fc.constantFrom(0, 0, 0, 1, 7, 90, 400, 3_000) });
    const policy = fc.record({
      requests: fc.integer({ min: 1, max: 20 }),
      perMs: fc.constantFrom(100, 1_000, 7_777),
      burst: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(policy, fc.array(event, { minLength: 10, maxLength: 60 }), async (rateLimit, events) => {
        const processes = new Processes(3);
        const begun: number[] = [];
        const calls: Promise<void>[] = [];
        for (const { process, wait } of events) {
          await processes.clock.advance(wait);
          const asked = processes.of(process).admit(processes.asking({ rateLimit }));
          calls.push(asked.then(({ ok }) => void (ok && begun.push(processes.clock.now()))));
        }
        await processes.clock.runUntil(Promise.all(calls));
        begun.sort((one, other) => one - other);
        const intervalMs = rateLimit.perMs / rateLimit.requests;
        for (let from = 0; from < begun.length; from += 1) {
          for (let to = from; to < begun.length; to += 1) {
            // Begins are whole milliseconds, so a span may be one shorter than it looks.
            const span = (begun[to] ?? 0) - (begun[from] ?? 0) + 1;
            expect(to - from + 1).toBeLessThanOrEqual(rateLimit.burst + span / intervalMs);
          }
        }
        expect(begun.length).toBeGreaterThan(0);
      }),
      { numRuns: 150, seed: 11 },
    );
  });
});

describe('a concurrency limit', () => {
  const TWO = { concurrency: 2 };

  it('lets so many calls be under way at once, over all processes', async () => {
    const processes = new Processes(3);
    const hurried = { latest: START };
    const answers = [];
    for (const process of [0, 1, 2]) answers.push(await processes.admit(process, TWO, hurried));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(answers[2]).toMatchObject({ why: FULL });
  });

  it('gives a permit that comes back to one who waits in the same process, without delay', async () => {
    const processes = new Processes(1);
    const first = await processes.admit(0, { concurrency: 1 });
    const waiting = processes.of(0).admit(processes.asking({ concurrency: 1 }));
    await processes.clock.advance(100);
    if (first.ok) await first.done(reportOf('well'));
    expect((await processes.clock.runUntil(waiting)).ok).toBe(true);
    expect(processes.clock.now()).toBe(START + 100);
  });

  it('notices a permit that came back in another process within a quarter of a second', async () => {
    const processes = new Processes(2);
    const first = await processes.admit(0, { concurrency: 1 });
    const waiting = processes.of(1).admit(processes.asking({ concurrency: 1 }));
    await processes.clock.advance(260);
    if (first.ok) await first.done(reportOf('well'));
    expect((await processes.clock.runUntil(waiting)).ok).toBe(true);
    expect(processes.clock.now()).toBe(START + 500);
  });

  it('asks a store that is full four times a second, however many wait', async () => {
    const permits = new MemoryPermits();
    let asked = 0;
    const acquire = permits.acquire.bind(permits);
    permits.acquire = (...args) => {
      asked += 1;
      return acquire(...args);
    };
    const processes = new Processes(1, { permits });
    await processes.admit(0, { concurrency: 1 }, { latest: START + 3_600_000 });
    await processes.admit(0, { concurrency: 1 }, { latest: START });
    asked = 0;
    const waiting = Array.from({ length: 30 }, () => processes.of(0).admit(processes.asking({ concurrency: 1 })));
    await processes.clock.advance(2_000);
    expect(asked).toBe(8);
    await processes.clock.runUntil(Promise.all(waiting));
  });

  it('refuses who has waited five seconds', async () => {
    const processes = new Processes(1);
    for (let made = 0; made < 2; made += 1) await processes.admit(0, TWO);
    expect(await processes.admit(0, TWO)).toMatchObject({ ok: false, why: FULL });
    expect(processes.clock.now()).toBe(START + 5_000);
  });

  it('gets the permit of a process that died back when its call must be over', async () => {
    const processes = new Processes(2);
    await processes.admit(0, { concurrency: 1 }, { latest: START });
    await processes.clock.advance(6_999);
    const early = await processes.admit(1, { concurrency: 1 }, { latest: processes.clock.now() });
    await processes.clock.advance(1);
    const late = await processes.admit(1, { concurrency: 1 }, { latest: processes.clock.now() });
    expect([early.ok, late.ok]).toEqual([false, true]);
  });

  it('holds for a step as for a system, each for itself', async () => {
    const processes = new Processes(1);
    const pay = { concurrency: 2, step: { key: 'shop/order/pay', concurrency: 1 } };
    const hurried = { latest: START };
    expect((await processes.admit(0, pay, hurried)).ok).toBe(true);
    expect((await processes.admit(0, pay, hurried)).ok).toBe(false);
    // What the refused call had taken of the system's limit is free again.
    expect((await processes.admit(0, TWO, hurried)).ok).toBe(true);
    expect((await processes.admit(0, TWO, hurried)).ok).toBe(false);
  });

  it('is never exceeded, whatever many calls do', async () => {
    const event = fc.record({
      process: fc.nat(2),
      ms: fc.integer({ min: 0, max: 900 }),
      wait: fc.constantFrom(0, 0, 10, 300),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 20, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (events, concurrency) => {
          const processes = new Processes(3);
          let underWay = 0;
          let most = 0;
          const calls: Promise<void>[] = [];
          const call = async (process: number, ms: number): Promise<void> => {
            const admission = await processes.of(process).admit(processes.asking({ concurrency }));
            if (!admission.ok) return;
            underWay += 1;
            most = Math.max(most, underWay);
            await new Promise<void>((resolve) => void processes.clock.after(ms, resolve));
            underWay -= 1;
            await admission.done(reportOf('well'));
          };
          for (const { process, ms, wait } of events) {
            await processes.clock.advance(wait);
            calls.push(call(process, ms));
          }
          await processes.clock.runUntil(Promise.all(calls));
          expect(most).toBeLessThanOrEqual(concurrency);
          expect(most).toBeGreaterThan(0);
        },
      ),
      { numRuns: 100, seed: 13 },
    );
  });
});

describe('breaker and limits together', () => {
  it('take neither token nor permit for a call that the breaker refuses', async () => {
    const processes = new Processes(1);
    const callee = { breaker: BREAKER, rateLimit: { ...RATE, burst: 5 }, concurrency: 1 };
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly'], callee);
    for (let asked = 0; asked < 20; asked += 1) {
      expect(await processes.call(0, 'well', callee)).toMatch(/^the breaker of payments is open/);
    }
    const { breaker: _, ...limits } = callee;
    expect(await processes.call(0, 'well', limits)).toBe('through');
    expect(processes.clock.now()).toBe(START);
  });

  it('give a trial back that the call did not make in the end', async () => {
    const processes = new Processes(1);
    const callee = { breaker: { ...BREAKER, trialCalls: 1 }, concurrency: 1 };
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly'], callee);
    await processes.clock.advance(5_000);
    expect(await processes.calls(0, ['unsent', 'unsent', 'well', 'well'], callee)).toEqual(Array(4).fill('through'));
  });

  it('cost nothing where nothing is declared', async () => {
    const processes = new Processes(1);
    await processes.calls(0, ['well', 'badly'], {});
    expect(processes.breakers.calls).toEqual([]);
  });
});

describe('a store that fails', () => {
  it('lets calls through, says so once, and is left alone for a second', async () => {
    let asked = 0;
    const failing = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new Error('the table is gone'));
    };
    const breakers = { read: failing, count: failing, change: failing, trial: failing, trialEnded: failing };
    const processes = new Processes(1, { breakers, rates: { take: failing, hold: failing } });
    const callee = { breaker: BREAKER, rateLimit: RATE };
    for (let made = 0; made < 10; made += 1) {
      expect(await processes.call(0, 'badly', callee)).toBe('through');
      await processes.clock.advance(50);
    }
    expect(asked).toBe(1);
    expect(processes.log.map(({ message }) => message)).toEqual([
      'calls of payments go through unprotected: the table is gone',
    ]);
    await processes.clock.advance(1_000);
    await processes.call(0, 'badly', callee);
    expect([asked, processes.log.length]).toEqual([2, 2]);
  });

  it('after a call changes nothing about the call', async () => {
    const processes = new Processes(1);
    const admission = await processes.admit(0, { breaker: BREAKER });
    processes.breakers.count = () => Promise.reject(new Error('throttled'));
    if (admission.ok) await admission.done(reportOf('badly'));
    expect(processes.log).toHaveLength(1);
  });
});
