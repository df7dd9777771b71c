/**
 * The protection port over its three stores: each call passes the gates that its system and step declare, in an order in
 * which nothing is taken in vain (first what may refuse for long, last what must not be wasted), and leaves them with its
 * result. A store that fails lets calls through: it is said once, and the store is left alone for a moment.
 */
import { Bug } from '../../model/assert.ts';
import type { BreakerPolicy } from '../../model/plan.ts';
import type { Clock, Random } from '../../model/time.ts';
import type { Breakers } from '../ports/breakers.ts';
import type { Permits, Rates } from '../ports/limits.ts';
import type { Admission, Asking, Callee, CallReport, Protection } from '../ports/protection.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type Entered, type Gate, PASSED } from './gate.ts';
import { type BreakerMemory, SharedBreaker } from './shared-breaker.ts';
import { type PermitMemory, SharedPermits } from './shared-permits.ts';
import { SharedRate } from './shared-rate.ts';

export interface ProtectorOptions {
  readonly breakers: Breakers;
  readonly rates: Rates;
  readonly permits: Permits;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  /** Keeps apart what shares a store and nothing else, such as simulated systems from real ones. */
  readonly scope?: string;
}

/** How long a call waits for a permit and a token; after that it is not sent, and the time is not paid for. */
const LONGEST_WAIT_MS = 5_000;
/** How long a store that failed is not asked. */
const STORE_REST_MS = 1_000;
/** Systems and steps of a deployment are few; this only bounds a mistake. */
const MAX_KEPT = 10_000;

/** Health without a breaker: counted like a breaker's window, and never opened. */
const COUNTED_ONLY: BreakerPolicy = {
  failureRate: 1,
  windowMs: 60_000,
  minimumCalls: Number.MAX_SAFE_INTEGER,
  openForMs: 1_000,
  trialCalls: 1,
};

export interface ProtectorMemory {
  readonly breakers: ReadonlyMap<string, BreakerMemory>;
  readonly rates: ReadonlyMap<string, number>;
  readonly permits: ReadonlyMap<string, PermitMemory>;
  readonly restUntil: number;
}

type Leave = (report: CallReport) => Promise<void>;

export class Protector implements Protection {
  private readonly options: ProtectorOptions;
  private readonly breakers: Kept<BreakerMemory, SharedBreaker>;
  private readonly rates: Kept<number, SharedRate>;
  private readonly permits: Kept<PermitMemory, SharedPermits>;
  private restUntil = Number.NEGATIVE_INFINITY;

  constructor(options: ProtectorOptions) {
    this.options = options;
    const prefix = options.scope === undefined ? '' : `${options.scope}/`;
    const note = (message: string, { run, step }: Asking): void => this.note(message, { run, step });
    this.breakers = new Kept((key) => new SharedBreaker(prefix + key, { ...options, note }));
    this.rates = new Kept((key) => new SharedRate(prefix + key, options));
    this.permits = new Kept((key) => new SharedPermits(prefix + key, options));
  }

  async admit(asked: Asking): Promise<Admission> {
    const gates = this.gatesOf(asked.callee);
    const latest = Math.min(asked.latest, this.options.clock.now() + LONGEST_WAIT_MS);
    const asking = { ...asked, latest };
    const passed: Leave[] = [];
    const leaveAll = (report: CallReport): Promise<void> => this.leave(passed, report, asking);
    for (const gate of gates) {
      const entered = await this.enter(gate, asking);
      if (!entered.ok) {
        await leaveAll({ kind: 'unused' });
        return entered;
      }
      if (entered.leave) passed.push(entered.leave);
    }
    return { ok: true, done: leaveAll };
  }

  async health(servers: readonly string[], breaker: BreakerPolicy | undefined): Promise<readonly number[]> {
    return await Promise.all(
      servers.map(async (server) => {
        try {
          return this.isResting() ? 1 : await this.breakers.of(server).health(breaker ?? COUNTED_ONLY);
        } catch (error) {
          if (error instanceof Bug) throw error;
          this.rest();
          return 1;
        }
      }),
    );
  }

  /** What this process knows beside its stores while no call is under way, for another one to go on from. */
  memory(): ProtectorMemory {
    const { breakers, rates, permits, restUntil } = this;
    return { breakers: breakers.memory(), rates: rates.memory(), permits: permits.memory(), restUntil };
  }

  recall({ breakers, rates, permits, restUntil }: ProtectorMemory): void {
    this.breakers.recall(breakers);
    this.rates.recall(rates);
    this.permits.recall(permits);
    this.restUntil = restUntil;
  }

  private gatesOf({ system, server, several, breaker, rateLimit, concurrency, step }: Callee): readonly Gate[] {
    const counted = breaker ?? (several ? COUNTED_ONLY : undefined);
    const shared = counted && this.breakers.of(server);
    return [
      ...(shared && counted ? [shared.peek(counted)] : []),
      ...(concurrency === undefined ? [] : [this.permits.of(system).gate(concurrency)]),
      ...(step ? [this.permits.of(step.key).gate(step.concurrency)] : []),
      ...(rateLimit ? [this.rates.of(system).gate(rateLimit)] : []),
      ...(shared && counted ? [shared.gate(counted)] : []),
    ];
  }

  private async enter(gate: Gate, asking: Asking): Promise<Entered> {
    if (this.isResting()) return PASSED;
    try {
      return await gate(asking);
    } catch (error) {
      this.failed(error, asking);
      return PASSED;
    }
  }

  /** The last one first; each is told, whatever becomes of the others. */
  private async leave(passed: readonly Leave[], report: CallReport, asking: Asking): Promise<void> {
    for (const leave of passed.toReversed()) {
      try {
        await leave(report);
      } catch (error) {
        this.failed(error, asking);
      }
    }
  }

  private failed(error: unknown, asking: Asking): void {
    if (error instanceof Bug) throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (!this.isResting()) this.note(`calls of ${asking.name} go through unprotected: ${why}`, asking);
    this.rest();
  }

  private note(message: string, { run, step }: Pick<Asking, 'run' | 'step'>): void {
    this.options.telemetry.log({ level: 'warn', message, run, step });
  }

  private isResting(): boolean {
    return this.options.clock.now() < this.restUntil;
  }

  private rest(): void {
    this.restUntil = this.options.clock.now() + STORE_REST_MS;
  }
}

/** One of each key, made when it is first asked for. */
class Kept<M, T extends { memory(): M; recall(memory: M): void }> {
  private readonly make: (key: string) => T;
  private readonly kept = new Map<string, T>();

  constructor(make: (key: string) => T) {
    this.make = make;
  }

  of(key: string): T {
    const known = this.kept.get(key) ?? this.make(key);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(key, known);
    return known;
  }

  memory(): ReadonlyMap<string, M> {
    return new Map([...this.kept].map(([key, one]) => [key, one.memory()]));
  }

  recall(memory: ReadonlyMap<string, M>): void {
    this.kept.clear();
    for (const [key, one] of memory) this.of(key).recall(one);
  }
}
