/**
 * Breakers and limits over the data file: what their ports promise, as transactions. Their twins over DynamoDB are
 * lib/aws/breakers.ts and lib/aws/limits.ts; both pass test/contract/protection.ts.
 */
import type { BreakerChange, Breakers, BreakerState, Counts } from '../runtime/ports/breakers.ts';
import type { Permits, Rates } from '../runtime/ports/limits.ts';
import { changed, counted, FIRST_STATE, trialEnded, tried } from '../runtime/protect/breaker-state.ts';
import { granting, type Holders, without } from '../runtime/protect/permits.ts';
import { heldFullAt, nextSlot } from '../runtime/protect/rate.ts';
import type { Database } from './database.ts';
import { SharedState } from './shared-state.ts';

function partition(key: string): string {
  return `P#${key}`;
}

export class SqliteBreakers implements Breakers {
  private readonly states: SharedState<BreakerState>;

  constructor(database: Database) {
    this.states = new SharedState(database, 'breaker', FIRST_STATE);
  }

  read(key: string): Promise<BreakerState> {
    return Promise.resolve(this.states.read(partition(key)));
  }

  count(key: string, more: Parameters<Breakers['count']>[1]): Promise<BreakerState> {
    return this.states.change(partition(key), (state) => {
      const value = counted(state, more);
      return { value, answer: value };
    });
  }

  change(key: string, round: number, change: BreakerChange): ReturnType<Breakers['change']> {
    return this.states.change(partition(key), (state) => {
      const answer = changed(state, round, change);
      return { value: answer.state, answer };
    });
  }

  trial(key: string, asked: Parameters<Breakers['trial']>[1]): ReturnType<Breakers['trial']> {
    return this.states.change(partition(key), (state) => {
      const answer = tried(state, asked);
      return { value: answer.state, answer };
    });
  }

  trialEnded(key: string, round: number, result: Counts | 'unused'): Promise<BreakerState> {
    return this.states.change(partition(key), (state) => {
      const value = trialEnded(state, round, result);
      return { value, answer: value };
    });
  }
}

export class SqliteRates implements Rates {
  private readonly fullAt: SharedState<number>;

  constructor(database: Database) {
    this.fullAt = new SharedState(database, 'rate', 0);
  }

  take(key: string, { at, latest, pace }: Parameters<Rates['take']>[1]): ReturnType<Rates['take']> {
    return this.fullAt.change(partition(key), (fullAt) => {
      const slot = nextSlot(fullAt, at, pace);
      const granted = slot.at <= latest;
      return { value: granted ? slot.fullAt : fullAt, answer: { granted, at: slot.at } };
    });
  }

  hold(key: string, { until, pace }: Parameters<Rates['hold']>[1]): Promise<void> {
    return this.fullAt.change(partition(key), (fullAt) => ({
      value: heldFullAt(fullAt, until, pace),
      answer: undefined,
    }));
  }
}

export class SqlitePermits implements Permits {
  private readonly holders: SharedState<Holders>;

  constructor(database: Database) {
    this.holders = new SharedState<Holders>(database, 'permits', {});
  }

  acquire(key: string, asked: Parameters<Permits['acquire']>[1]): ReturnType<Permits['acquire']> {
    return this.holders.change(partition(key), (known) => {
      const answer = granting(known, asked);
      return { value: answer.granted ? answer.holders : known, answer };
    });
  }

  release(key: string, holder: string): Promise<void> {
    return this.holders.change(partition(key), (known) => ({ value: without(known, holder), answer: undefined }));
  }
}
