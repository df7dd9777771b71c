/**
 * Breakers over DynamoDB: one item per breaker in the run table. A change of phase is conditional on the round; counts are
 * added without a condition, to attributes that carry their round in their name (`c<round>:<width>:<index>`, and `f`, `s`
 * for failed and slow), so that any number of processes write them without ever being refused. What is over is removed
 * with a later count. Its twin on one machine is lib/embedded/protection-stores.ts.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { BreakerChange, BreakerPhase, Breakers, BreakerState, Bucket, Counts } from '../runtime/ports/breakers.ts';
import { isOver } from '../runtime/protect/breaker.ts';
import {
  expiry,
  type ItemKey,
  num,
  numberIn,
  type SharedItem,
  type SharedTable,
  type SharedUpdate,
} from './shared-table.ts';

const COUNTERS = { c: 'calls', f: 'failed', s: 'slow' } as const;
const BUCKET = /^([cfs])(\d+):(\d+):(\d+)$/;
/** In one write; the rest goes with the next. */
const MAX_REMOVED = 50;
/** Breakers of a deployment are few; this only bounds a mistake. */
const MAX_KEPT = 10_000;

export class DynamoBreakers implements Breakers {
  private readonly table: SharedTable;
  /** Counters that were over when the item was last seen; removed with the next count. */
  private readonly over = new Map<string, readonly string[]>();

  constructor(table: SharedTable) {
    this.table = table;
  }

  async read(key: string): Promise<BreakerState> {
    return stateOf(await this.table.get(keyOf(key)));
  }

  async count(key: string, more: Parameters<Breakers['count']>[1]): Promise<BreakerState> {
    const { item } = await this.table.update(keyOf(key), countsUpdate(more, this.over.get(key) ?? []));
    if (this.over.size >= MAX_KEPT) this.over.clear();
    this.over.set(key, namesOver(item, more.at));
    return stateOf(item);
  }

  async change(key: string, round: number, change: BreakerChange): ReturnType<Breakers['change']> {
    const { written, item } = await this.table.update(keyOf(key), {
      update: `SET #round = :next, #phase = :phase, #until = :until, #trials = :trials, ${NO_RESULTS}, #expires = :expires`,
      // A breaker that was never changed has no round yet.
      condition: round === 0 ? 'attribute_not_exists(#round)' : '#round = :round',
      names: { ...HALF_OPEN_NAMES, '#until': 'until', '#trials': 'trials', '#expires': 'expires' },
      values: {
        ...(round > 0 && { ':round': num(round) }),
        ':next': num(round + 1),
        ':phase': { S: change.phase },
        ':until': num(change.until),
        ':trials': num(change.trials),
        ':none': num(0),
        ':expires': expiry(change.until),
      },
    });
    return { changed: written, state: stateOf(item) };
  }

  async trial(key: string, { round, limit, until }: Parameters<Breakers['trial']>[1]): ReturnType<Breakers['trial']> {
    const { written, item } = await this.table.update(keyOf(key), {
      update: 'SET #trials = #trials + :one, #until = :until',
      condition: `${HALF_OPEN} AND #trials < :limit`,
      names: { ...HALF_OPEN_NAMES, '#trials': 'trials', '#until': 'until' },
      values: { ...halfOpen(round), ':one': num(1), ':until': num(until), ':limit': num(limit) },
    });
    return { granted: written, state: stateOf(item) };
  }

  async trialEnded(key: string, round: number, result: Counts | 'unused'): Promise<BreakerState> {
    const { item } = await this.table.update(
      keyOf(key),
      result === 'unused'
        ? {
            update: 'SET #trials = #trials - :one',
            condition: HALF_OPEN,
            names: { ...HALF_OPEN_NAMES, '#trials': 'trials' },
            values: { ...halfOpen(round), ':one': num(1) },
          }
        : {
            update: 'ADD rc :calls, rf :failed, rs :slow',
            condition: HALF_OPEN,
            names: HALF_OPEN_NAMES,
            values: {
              ...halfOpen(round),
              ':calls': num(result.calls),
              ':failed': num(result.failed),
              ':slow': num(result.slow),
            },
          },
    );
    return stateOf(item);
  }
}

const NO_RESULTS = 'rc = :none, rf = :none, rs = :none';
const HALF_OPEN = '#round = :round AND #phase = :phase';
const HALF_OPEN_NAMES = { '#round': 'round', '#phase': 'phase' };

function halfOpen(round: number): { readonly [placeholder: string]: AttributeValue } {
  return { ':round': num(round), ':phase': { S: 'half-open' } };
}

function keyOf(key: string): ItemKey {
  return { pk: `P#${key}`, sk: 'breaker' };
}

function countsUpdate({ round, at, buckets }: Parameters<Breakers['count']>[1], over: readonly string[]): SharedUpdate {
  const added = buckets.flatMap((bucket) =>
    Object.entries(COUNTERS).flatMap(([letter, counter]) =>
      bucket[counter] === 0 ? [] : [[`${letter}${round}:${bucket.widthMs}:${bucket.index}`, bucket[counter]] as const],
    ),
  );
  const adds = added.map((_, index) => `#n${index} :v${index}`);
  const removes = over.map((_, index) => `#r${index}`);
  return {
    update: ['SET #expires = :expires', clause('ADD', adds), clause('REMOVE', removes)].join(' '),
    names: {
      '#expires': 'expires',
      ...Object.fromEntries(added.map(([name], index) => [`#n${index}`, name])),
      ...Object.fromEntries(over.map((name, index) => [`#r${index}`, name])),
    },
    values: {
      ':expires': expiry(at),
      ...Object.fromEntries(added.map(([, value], index) => [`:v${index}`, num(value)])),
    },
  };
}

function clause(word: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${word} ${parts.join(', ')}`;
}

/** Counters of rounds and times that nobody looks at any more. */
function namesOver(item: SharedItem, at: number): readonly string[] {
  const round = numberIn(item, 'round') ?? 0;
  const over = Object.keys(item).filter((name) => {
    const bucket = counterIn(name);
    return bucket !== undefined && (bucket.round < round || isOver({ ...bucket, calls: 0, failed: 0, slow: 0 }, at));
  });
  return over.slice(0, MAX_REMOVED);
}

function counterIn(
  name: string,
): (Pick<Bucket, 'widthMs' | 'index'> & { readonly round: number; readonly counter: keyof Counts }) | undefined {
  const [, letter, round, widthMs, index] = BUCKET.exec(name) ?? [];
  if (letter !== 'c' && letter !== 'f' && letter !== 's') return undefined;
  return { counter: COUNTERS[letter], round: Number(round), widthMs: Number(widthMs), index: Number(index) };
}

function stateOf(item: SharedItem): BreakerState {
  const round = numberIn(item, 'round') ?? 0;
  return {
    round,
    // Written by this file only, from the port's own words.
    phase: (item['phase']?.S ?? 'closed') as BreakerPhase,
    until: numberIn(item, 'until') ?? 0,
    trials: numberIn(item, 'trials') ?? 0,
    results: {
      calls: numberIn(item, 'rc') ?? 0,
      failed: numberIn(item, 'rf') ?? 0,
      slow: numberIn(item, 'rs') ?? 0,
    },
    buckets: bucketsOf(item, round),
  };
}

function bucketsOf(item: SharedItem, round: number): readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  for (const name of Object.keys(item)) {
    const counter = counterIn(name);
    if (counter?.round !== round) continue;
    const { widthMs, index } = counter;
    const known = buckets.get(`${widthMs}:${index}`) ?? { widthMs, index, calls: 0, failed: 0, slow: 0 };
    buckets.set(`${widthMs}:${index}`, { ...known, [counter.counter]: numberIn(item, name) ?? 0 });
  }
  return [...buckets.values()];
}
