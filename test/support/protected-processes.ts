/**
 * Several processes of one deployment in virtual time: a protector each, over the same stores. A call is admitted, takes
 * its time and is reported, as lib/runtime/attempt.ts does it.
 */
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import type { BreakerPolicy } from '../../lib/model/plan.ts';
import type { Admission, Asking, Callee, CallReport } from '../../lib/runtime/ports/protection.ts';
import type { LogRecord } from '../../lib/runtime/ports/telemetry.ts';
import { Protector, type ProtectorOptions } from '../../lib/runtime/protect/protector.ts';
import { MemoryBreakers, MemoryPermits, MemoryRates } from '../../lib/rehearse/memory-protection.ts';

export const START: number = Date.UTC(2026, 0, 1);

export const BREAKER: BreakerPolicy = {
  failureRate: 0.5,
  windowMs: 10_000,
  minimumCalls: 4,
  openForMs: 5_000,
  trialCalls: 2,
};

export type Ending = 'well' | 'badly' | 'slowly' | 'unsent';

export class Processes {
  readonly clock: VirtualClock = new VirtualClock({
    start: START,
    idle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  readonly breakers: MemoryBreakers = new MemoryBreakers();
  readonly log: LogRecord[] = [];
  readonly all: readonly Protector[];

  constructor(count: number, stores: Partial<ProtectorOptions> = {}) {
    const shared = {
      breakers: this.breakers,
      rates: new MemoryRates(),
      permits: new MemoryPermits(),
      clock: this.clock,
      telemetry: { log: (record: LogRecord) => void this.log.push(record) },
      ...stores,
    };
    this.all = Array.from(
      { length: count },
      (_, index) => new Protector({ ...shared, random: new RandomSource(index + 1) }),
    );
  }

  /** Time passes only here. */
  async admit(process: number, callee: Partial<Callee>, more: Partial<Asking> = {}): Promise<Admission> {
    const asking = this.asking(callee, more);
    return await this.clock.runUntil(this.of(process).admit(asking));
  }

  asking(callee: Partial<Callee>, more: Partial<Asking> = {}): Asking {
    return {
      callee: { system: 'payments', server: 'payments', several: false, ...callee },
      name: 'payments',
      latest: this.clock.now() + 20_000,
      timeoutMs: 2_000,
      run: 'run-1',
      step: 'pay',
      ...more,
    };
  }

  of(process: number): Protector {
    const found = this.all[process];
    if (!found) throw new Error(`there is no process ${process}`);
    return found;
  }

  /** A whole call: whether it was let through, or why not. */
  async call(process: number, ending: Ending, callee: Partial<Callee> = { breaker: BREAKER }): Promise<string> {
    const admission = await this.admit(process, callee);
    if (!admission.ok) return admission.why;
    await admission.done(reportOf(ending));
    return 'through';
  }

  async calls(process: number, endings: readonly Ending[], callee?: Partial<Callee>): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const ending of endings) answers.push(await this.call(process, ending, callee));
    return answers;
  }
}

export function reportOf(ending: Ending): CallReport {
  switch (ending) {
    case 'unsent':
      return { kind: 'unused' };
    case 'badly':
      return { kind: 'failed', ms: 100 };
    case 'slowly':
      return { kind: 'answered', ms: 3_000 };
    case 'well':
      return { kind: 'answered', ms: 100 };
  }
}
