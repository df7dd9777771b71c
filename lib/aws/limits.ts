/**
 * Rate and concurrency limits over DynamoDB, one item each. Taking a token is one write under a condition that is a range
 * and not an equality, so processes that take at the same time do not refuse each other; permits are flat attributes
 * (`h:<holder>`, with the end of their lease) beside their number. A refusal by our own write, made again after its answer
 * was lost, counts as done. Their twins on one machine are in lib/embedded/protection-stores.ts.
 */
import type { Pace, Permits, Rates } from '../runtime/ports/limits.ts';
import { heldFullAt, lastFullAt, nextSlot } from '../runtime/protect/rate.ts';
import { expiry, type ItemKey, num, numberIn, type SharedItem, type SharedTable } from './shared-table.ts';

/** Full or not, held or not: the state changes between two tries, but not for ever. */
const MAX_TRIES = 6;

const FULL_AT = { '#full': 'fullAt', '#expires': 'expires' };

export class DynamoRates implements Rates {
  private readonly table: SharedTable;
  /** As last heard: tells which of the two writes to try first. */
  private readonly heard = new Map<string, number>();

  constructor(table: SharedTable) {
    this.table = table;
  }

  async take(key: string, asked: Parameters<Rates['take']>[1]): ReturnType<Rates['take']> {
    const { at, latest, pace } = asked;
    for (let tried = 0; tried < MAX_TRIES; tried += 1) {
      const fullAt = this.heard.get(key) ?? 0;
      const slot = nextSlot(fullAt, at, pace);
      if (slot.at > latest) return { granted: false, at: slot.at };
      const { written, item } = await this.table.update(rateKey(key), fullAt < at ? fromFull(asked) : onTop(asked));
      const now = numberIn(item, 'fullAt') ?? 0;
      this.hear(key, now);
      if (written) return { granted: true, at: nextSlot(now - pace.intervalMs, at, pace).at };
    }
    return { granted: false, at: nextSlot(this.heard.get(key) ?? 0, Math.max(at, latest + 1), pace).at };
  }

  async hold(key: string, { until, pace }: Parameters<Rates['hold']>[1]): Promise<void> {
    const fullAt = heldFullAt(0, until, pace);
    const { item } = await this.table.update(rateKey(key), {
      update: 'SET #full = :full, #expires = :expires',
      condition: 'attribute_not_exists(#full) OR #full < :full',
      names: FULL_AT,
      values: { ':full': num(fullAt), ':expires': expiry(fullAt) },
    });
    this.hear(key, numberIn(item, 'fullAt') ?? 0);
  }

  private hear(key: string, fullAt: number): void {
    if (this.heard.size >= MAX_HEARD) this.heard.clear();
    this.heard.set(key, fullAt);
  }
}

const MAX_HEARD = 10_000;

type Taking = Parameters<Rates['take']>[1];

/** The first token of a full bucket. */
function fromFull({ at, pace }: { readonly at: number; readonly pace: Pace }): Parameters<SharedTable['update']>[1] {
  return {
    update: 'SET #full = :next, #expires = :expires',
    condition: 'attribute_not_exists(#full) OR #full < :at',
    names: FULL_AT,
    values: { ':next': num(at + pace.intervalMs), ':at': num(at), ':expires': expiry(at) },
  };
}

/** One more of a bucket from which some are missing. */
function onTop({ at, latest, pace }: Taking): Parameters<SharedTable['update']>[1] {
  return {
    update: 'SET #expires = :expires ADD #full :interval',
    condition: '#full BETWEEN :at AND :last',
    names: FULL_AT,
    values: {
      ':interval': num(pace.intervalMs),
      ':at': num(at),
      ':last': num(Math.max(at, lastFullAt(latest, pace))),
      ':expires': expiry(latest),
    },
  };
}

function rateKey(key: string): ItemKey {
  return { pk: `P#${key}`, sk: 'rate' };
}

const HOLDER = 'h:';

export class DynamoPermits implements Permits {
  private readonly table: SharedTable;

  constructor(table: SharedTable) {
    this.table = table;
  }

  async acquire(key: string, asked: Parameters<Permits['acquire']>[1]): ReturnType<Permits['acquire']> {
    for (let tried = 0; ; tried += 1) {
      const { written, item } = await this.take(key, asked);
      if (written || numberIn(item, HOLDER + asked.holder) !== undefined) return { granted: true };
      const { dead, ends } = leasesOf(item, asked.at);
      if (dead.length === 0 || tried >= MAX_TRIES) {
        return { granted: false, freeAt: Math.min(...ends, ...dead.map(([, until]) => until)) };
      }
      for (const [holder, until] of dead.slice(0, MAX_TRIES)) await this.remove(key, holder, until);
    }
  }

  async release(key: string, holder: string): Promise<void> {
    await this.remove(key, HOLDER + holder);
  }

  private take(
    key: string,
    { holder, until, limit }: Parameters<Permits['acquire']>[1],
  ): ReturnType<SharedTable['update']> {
    return this.table.update(permitsKey(key), {
      update: 'SET #holder = :until, #expires = :expires ADD #used :one',
      condition: 'attribute_not_exists(#holder) AND (attribute_not_exists(#used) OR #used < :limit)',
      names: { '#holder': HOLDER + holder, '#used': 'used', '#expires': 'expires' },
      values: { ':until': num(until), ':expires': expiry(until), ':one': num(1), ':limit': num(limit) },
    });
  }

  /** With `until` only if the lease is that one still: its holder may have renewed it. */
  private async remove(key: string, name: string, until?: number): Promise<void> {
    await this.table.update(permitsKey(key), {
      update: 'REMOVE #holder ADD #used :less',
      condition: until === undefined ? 'attribute_exists(#holder)' : '#holder = :until',
      names: { '#holder': name, '#used': 'used' },
      values: { ':less': num(-1), ...(until !== undefined && { ':until': num(until) }) },
    });
  }
}

/** Leases that are over by `at`, and when the others end. */
function leasesOf(
  item: SharedItem,
  at: number,
): { readonly dead: readonly (readonly [string, number])[]; readonly ends: readonly number[] } {
  const leases = Object.keys(item)
    .filter((name) => name.startsWith(HOLDER))
    .map((name) => [name, numberIn(item, name) ?? 0] as const);
  return {
    dead: leases.filter(([, until]) => until <= at),
    ends: leases.filter(([, until]) => until > at).map(([, until]) => until),
  };
}

function permitsKey(key: string): ItemKey {
  return { pk: `P#${key}`, sk: 'permits' };
}
