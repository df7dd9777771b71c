/** The stores of breakers, limits and locks in memory, over the same pure functions as the data file's. */
import type { BreakerChange, Breakers, BreakerState, Counts } from '../runtime/ports/breakers.ts';
import type { Permits, Rates } from '../runtime/ports/limits.ts';
import type { LockAnswer, LockAsk, LockPlace, Locks } from '../runtime/ports/locks.ts';
import {
  MAX_SHARED_BYTES,
  type SharedValue,
  type SharedValues,
  type SharedWrite,
} from '../runtime/ports/shared-values.ts';
import { changed, counted, FIRST_STATE, trialEnded, tried } from '../runtime/protect/breaker-state.ts';
import { asked, EMPTY_LINE, left, type Line } from '../runtime/protect/line.ts';
import { granting, type Holders, without } from '../runtime/protect/permits.ts';
import { mapped, type Remembering } from './remembering.ts';
import { heldFullAt, nextSlot } from '../runtime/protect/rate.ts';

export class MemoryBreakers implements Breakers {
  /** Which methods were called, in order. */
  readonly calls: string[] = [];
  readonly states: Map<string, BreakerState> = new Map();
  readonly books: Remembering = mapped(this.states);

  async read(key: string): Promise<BreakerState> {
    this.calls.push('read');
    return this.state(key);
  }

  async count(key: string, more: Parameters<Breakers['count']>[1]): Promise<BreakerState> {
    this.calls.push('count');
    return this.keep(key, counted(this.state(key), more));
  }

  async change(key: string, round: number, change: BreakerChange): ReturnType<Breakers['change']> {
    this.calls.push('change');
    const answer = changed(this.state(key), round, change);
    this.keep(key, answer.state);
    return answer;
  }

  async trial(key: string, trial: Parameters<Breakers['trial']>[1]): ReturnType<Breakers['trial']> {
    this.calls.push('trial');
    const answer = tried(this.state(key), trial);
    this.keep(key, answer.state);
    return answer;
  }

  async trialEnded(key: string, round: number, result: Counts | 'unused'): Promise<BreakerState> {
    this.calls.push('trialEnded');
    return this.keep(key, trialEnded(this.state(key), round, result));
  }

  private state(key: string): BreakerState {
    return this.states.get(key) ?? FIRST_STATE;
  }

  private keep(key: string, state: BreakerState): BreakerState {
    this.states.set(key, state);
    return state;
  }
}

export class MemoryRates implements Rates {
  private readonly fullAt = new Map<string, number>();
  readonly books: Remembering = mapped(this.fullAt);

  async take(key: string, { at, latest, pace }: Parameters<Rates['take']>[1]): ReturnType<Rates['take']> {
    const slot = nextSlot(this.fullAt.get(key) ?? 0, at, pace);
    if (slot.at > latest) return { granted: false, at: slot.at };
    this.fullAt.set(key, slot.fullAt);
    return { granted: true, at: slot.at };
  }

  async hold(key: string, { until, pace }: Parameters<Rates['hold']>[1]): Promise<void> {
    this.fullAt.set(key, heldFullAt(this.fullAt.get(key) ?? 0, until, pace));
  }
}

export class MemoryPermits implements Permits {
  private readonly holders = new Map<string, Holders>();
  readonly books: Remembering = mapped(this.holders);

  async acquire(key: string, ask: Parameters<Permits['acquire']>[1]): ReturnType<Permits['acquire']> {
    const answer = granting(this.holders.get(key) ?? {}, ask);
    this.holders.set(key, answer.holders);
    return answer;
  }

  async release(key: string, holder: string): Promise<void> {
    this.holders.set(key, without(this.holders.get(key) ?? {}, holder));
  }
}

export class MemorySharedValues implements SharedValues {
  /** So many writes will be refused. */
  failing = 0;
  private readonly values = new Map<string, SharedWrite>();

  async get(key: string, at: number): Promise<SharedValue | undefined> {
    const value = this.values.get(key);
    return value && value.until > at ? { text: value.text, until: value.until } : undefined;
  }

  async put(key: string, write: SharedWrite): Promise<boolean> {
    if (Buffer.byteLength(write.text) > MAX_SHARED_BYTES) return false;
    this.failing -= 1;
    if (this.failing >= 0) throw new Error('the store of the test does not answer');
    this.values.set(key, write);
    return true;
  }

  async remove(key: string): Promise<void> {
    this.values.delete(key);
  }

  texts(): readonly string[] {
    return [...this.values.values()].map(({ text }) => text);
  }
}

export class MemoryLocks implements Locks {
  private readonly lines = new Map<string, Line>();
  readonly books: Remembering = mapped(this.lines);

  async acquire(ask: LockAsk): Promise<LockAnswer> {
    const { line, answer } = asked(this.lines.get(ask.key) ?? EMPTY_LINE, ask);
    this.lines.set(ask.key, line);
    return answer;
  }

  async release(key: string, place: LockPlace, at: number): Promise<void> {
    this.lines.set(key, left(this.lines.get(key) ?? EMPTY_LINE, place, at));
  }
}
