import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRESH_MS } from '../../../lib/runtime/protect/breaker.ts';
import { BREAKER, type Ending, Processes, reportOf, START } from '../../support/protected-processes.ts';

const OPEN = 'the breaker of payments is open until 2026-01-01T00:00:05.000Z';
const TRYING = 'the breaker of payments waits for its trial calls';

describe('a breaker that is closed', () => {
  it('opens when enough calls of the window have failed, and says until when', async () => {
    const processes = new Processes(1);
    expect(await processes.calls(0, ['well', 'badly', 'well', 'badly'])).toEqual(Array(4).fill('through'));
    const admission = await processes.admit(0, { breaker: BREAKER });
    expect(admission).toEqual({ ok: false, why: OPEN, againAt: START + 5_000, open: true });
    expect(processes.log).toEqual([{ level: 'warn', message: OPEN, run: 'run-1', step: 'pay' }]);
  });

  it('stays closed below its share, and with too few calls', async () => {
    const processes = new Processes(1);
    expect(await processes.calls(0, ['badly', 'badly', 'badly'])).not.toContain(OPEN);
    expect(await processes.calls(0, ['well', 'well', 'well', 'well', 'well'], {})).not.toContain(OPEN);
    const other = new Processes(1);
    await other.calls(0, ['well', 'well', 'well', 'badly', 'badly', 'well', 'badly']);
    expect(await other.call(0, 'well')).toBe('through');
  });

  it('forgets calls that have left the window', async () => {
    const processes = new Processes(1);
    await processes.calls(0, ['badly', 'badly', 'badly']);
    await processes.clock.advance(10_000);
    await processes.calls(0, ['badly', 'well', 'well']);
    expect(await processes.call(0, 'well')).toBe('through');
    expect(await processes.call(0, 'well')).toBe('through');
  });

  it('counts the calls of all processes together', async () => {
    const processes = new Processes(4);
    for (const process of [0, 1, 2]) await processes.call(process, 'badly');
    await processes.call(3, 'badly');
    expect(await processes.call(3, 'well')).toBe(OPEN);
  });

  it('opens on slow calls where a share of them is given', async () => {
    const slow = { breaker: { ...BREAKER, slowRate: 0.75, slowAfterMs: 1_000 } };
    const processes = new Processes(1);
    expect(await processes.calls(0, ['slowly', 'slowly', 'well', 'slowly'], slow)).not.toContain(OPEN);
    expect(await processes.call(0, 'well', slow)).toBe(OPEN);
    const patient = new Processes(1);
    await patient.calls(0, ['slowly', 'slowly', 'slowly', 'slowly']);
    expect(await patient.call(0, 'well')).toBe('through');
  });

  it('counts nothing of a call that was not sent', async () => {
    const processes = new Processes(1);
    await processes.calls(0, ['unsent', 'unsent', 'badly', 'badly', 'badly', 'unsent']);
    expect(await processes.call(0, 'badly')).toBe('through');
    expect(await processes.call(0, 'well')).toBe(OPEN);
  });

  it('takes no notice of calls that began before it opened and end after it', async () => {
    const processes = new Processes(1);
    const early = await processes.admit(0, { breaker: BREAKER });
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly']);
    if (early.ok) await early.done(reportOf('badly'));
    await processes.clock.advance(5_000);
    expect(await processes.calls(0, ['well', 'well', 'well'])).toEqual(Array(3).fill('through'));
  });
});

describe('a breaker that one process has opened', () => {
  it(`is seen by every other one within ${FRESH_MS} ms`, async () => {
    const processes = new Processes(2);
    await processes.call(1, 'well');
    await processes.clock.advance(10);
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly']);
    await processes.clock.advance(FRESH_MS - 11);
    expect(await processes.call(1, 'unsent')).toBe('through');
    await processes.clock.advance(1);
    expect(await processes.call(1, 'well')).toMatch(/is open until/);
  });

  it('refuses the calls of all until its time is over', async () => {
    const processes = new Processes(3);
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly']);
    await processes.clock.advance(4_999);
    for (const process of [0, 1, 2]) expect(await processes.call(process, 'well')).toBe(OPEN);
  });

  it('costs a process that calls on one read a second', async () => {
    const processes = new Processes(2);
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly']);
    processes.breakers.calls.length = 0;
    for (let asked = 0; asked < 400; asked += 1) {
      await processes.call(1, 'well');
      await processes.clock.advance(10);
    }
    expect(processes.breakers.calls).toEqual(['read', 'read', 'read', 'read']);
  });
});

describe('a breaker that tries', () => {
  it('lets its trial calls through and closes when they are well', async () => {
    const processes = await opened(2);
    const first = await processes.admit(0, { breaker: BREAKER });
    const second = await processes.admit(1, { breaker: BREAKER });
    expect([first.ok, second.ok]).toEqual([true, true]);
    expect(await processes.call(0, 'well')).toBe(TRYING);
    for (const admission of [first, second]) if (admission.ok) await admission.done(reportOf('well'));
    expect(await processes.calls(1, ['well', 'well', 'well'])).toEqual(Array(3).fill('through'));
    expect(processes.log.at(-1)?.message).toBe('the breaker of payments is closed again');
  });

  it('opens again when enough of them fail, without waiting for the others', async () => {
    const processes = await opened(2);
    await processes.admit(1, { breaker: BREAKER });
    expect(await processes.call(0, 'badly')).toBe('through');
    expect(await processes.call(0, 'well')).toBe('the breaker of payments is open until 2026-01-01T00:00:10.000Z');
  });

  it('begins with nothing counted after it has closed', async () => {
    const processes = await opened(1);
    await processes.calls(0, ['well', 'well']);
    expect(await processes.calls(0, ['badly', 'badly', 'badly', 'well'])).toEqual(Array(4).fill('through'));
    expect(await processes.call(0, 'well')).toMatch(/is open until/);
  });

  it('carries nothing over that was counted before it opened, however soon it closes', async () => {
    const callee = { breaker: { ...BREAKER, openForMs: 100 } };
    const processes = new Processes(1);
    await processes.calls(0, ['badly', 'badly', 'badly', 'badly'], callee);
    await processes.clock.advance(100);
    expect(await processes.calls(0, ['well', 'well', 'badly', 'well'], callee)).toEqual(Array(4).fill('through'));
  });

  it('believes the answer to a later question, in whatever order they come', async () => {
    const callee = { breaker: { ...BREAKER, trialCalls: 1 } };
    const processes = await opened(1);
    const trial = await processes.admit(0, callee);
    await processes.clock.advance(FRESH_MS);
    const answer = Promise.withResolvers<void>();
    const { breakers } = processes;
    const early = await breakers.read('payments');
    breakers.read = async () => {
      await answer.promise;
      return early;
    };
    const waiting = processes.of(0).admit(processes.asking(callee));
    if (trial.ok) await trial.done(reportOf('well'));
    answer.resolve();
    await waiting;
    expect(await processes.call(0, 'well', callee)).toBe('through');
  });

  it('gives a trial that was not made to the next', async () => {
    const processes = await opened(1);
    expect(await processes.calls(0, ['unsent', 'unsent', 'unsent', 'well', 'well', 'well'])).toEqual(
      Array(6).fill('through'),
    );
  });

  it('gives trials up that never end, and tries anew', async () => {
    const processes = await opened(2);
    for (const process of [0, 1]) await processes.admit(process, { breaker: BREAKER });
    await processes.clock.advance(4_999);
    expect(await processes.call(0, 'well')).toBe(TRYING);
    await processes.clock.advance(1_000);
    expect(await processes.calls(0, ['well', 'well', 'well'])).toEqual(Array(3).fill('through'));
  });

  it('waits for a trial that takes long, and not for the time that it is open only', async () => {
    const processes = await opened(2);
    const long = { timeoutMs: 60_000 };
    await processes.admit(0, { breaker: BREAKER }, long);
    await processes.admit(0, { breaker: BREAKER }, long);
    await processes.clock.advance(60_000);
    expect(await processes.call(1, 'well')).toBe(TRYING);
    await processes.clock.advance(1_000);
    expect(await processes.call(1, 'well')).toBe('through');
  });

  it('decides what another process found out and did not write down', async () => {
    const processes = await opened(1);
    await processes.breakers.change('payments', 1, { phase: 'half-open', until: START + 60_000, trials: 2 });
    const well = { calls: 1, failed: 0, slow: 0 };
    for (const result of [well, well]) await processes.breakers.trialEnded('payments', 2, result);
    expect(await processes.call(0, 'well')).toBe('through');
    expect(await processes.breakers.read('payments')).toMatchObject({ phase: 'closed', round: 3 });
  });

  it('never lets more trial calls of a round through than allowed, whatever happens', async () => {
    const endings = fc.constantFrom<Ending>('well', 'badly', 'unsent');
    const event = fc.oneof(
      fc.record({ kind: fc.constant('ask' as const), process: fc.nat(2) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(20), ending: endings }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 300, 1_000, 2_500, 5_000, 9_000) }),
    );
    let full = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 20, maxLength: 120 }),
        fc.integer({ min: 1, max: 3 }),
        async (events, trialCalls) => {
          const policy = { ...BREAKER, minimumCalls: 2, trialCalls };
          const processes = new Processes(3);
          const underWay: { readonly done: (ending: Ending) => Promise<void>; readonly round: number }[] = [];
          const made = new Map<number, number>();
          for (const one of events) {
            if (one.kind === 'pass') await processes.clock.advance(one.ms);
            if (one.kind === 'ask') {
              const admission = await processes.admit(one.process, { breaker: policy });
              const { round, phase } = await processes.breakers.read('payments');
              if (!admission.ok) continue;
              const trial = phase === 'half-open' ? round : -1;
              underWay.push({ round: trial, done: (ending) => admission.done(reportOf(ending)) });
              made.set(trial, (made.get(trial) ?? 0) + 1);
            }
            if (one.kind === 'end') {
              const [ended] = underWay.splice(one.which % Math.max(1, underWay.length), 1);
              const state = await processes.breakers.read('payments');
              // A trial that was not made may be made by somebody else.
              const isBack = one.ending === 'unsent' && ended?.round === state.round;
              if (ended && isBack) made.set(ended.round, (made.get(ended.round) ?? 0) - 1);
              await ended?.done(one.ending);
            }
            for (const [round, count] of made) if (round >= 0) expect(count).toBeLessThanOrEqual(trialCalls);
          }
          for (const [round, count] of made) if (round >= 0 && count === trialCalls) full += 1;
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    expect(full).toBeGreaterThan(50);
  });
});

describe('the counts of a busy process', () => {
  it('are written once a second, with nothing read beside them', async () => {
    const processes = new Processes(1);
    for (let made = 0; made < 1_000; made += 1) {
      await processes.call(0, made % 10 === 0 ? 'badly' : 'well');
      await processes.clock.advance(10);
    }
    const { calls } = processes.breakers;
    expect(calls.filter((name) => name === 'count').length).toBeLessThanOrEqual(11);
    expect(calls.filter((name) => name === 'read').length).toBeLessThanOrEqual(2);
    expect(new Set(calls)).toEqual(new Set(['read', 'count']));
  });
});

/** Opened at the start of time, and its time is over. */
async function opened(count: number): Promise<Processes> {
  const processes = new Processes(count);
  await processes.calls(0, ['badly', 'badly', 'badly', 'badly']);
  await processes.clock.advance(5_000);
  return processes;
}
