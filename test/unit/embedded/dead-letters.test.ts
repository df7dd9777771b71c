import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../../lib/embedded/database.ts';
import { DeadLetters } from '../../../lib/embedded/dead-letters.ts';
import { SqliteJournal } from '../../../lib/embedded/journal.ts';
import { RunStore } from '../../../lib/embedded/run-store.ts';
import { SCHEMA } from '../../../lib/embedded/schema.ts';
import type { LetterState } from '../../../lib/model/run.ts';
import { compensating, OWNER, start } from '../../contract/journal-cases.ts';

let database: Database;
let journal: SqliteJournal;
let queue: DeadLetters;
beforeEach(() => {
  database = new Database(':memory:', SCHEMA);
  journal = new SqliteJournal(database);
  queue = new DeadLetters(database);
});
afterEach(() => database.close());

async function send(run: string, id: string, at: number, more: object = { stands: [] }): Promise<void> {
  await queue.send('DeadLetters', JSON.stringify({ run, ...more }), at, id);
}

function states(): { readonly [id: string]: LetterState } {
  return Object.fromEntries(queue.letters({ limit: 100 }).map(({ id, state }) => [id, state]));
}

async function attention(run: string): Promise<void> {
  await compensating(journal, run);
  await journal.finish(run, { epoch: 1, owner: OWNER, at: 4_000, phase: 'needs-attention', reason: 'in-doubt' });
}

describe('dead letters', () => {
  it('come newest first, by run and by how their ids begin, and no more than asked for', async () => {
    await attention('r1');
    await attention('r2');
    await send('r1', 'aa-1', 4_000);
    await send('r2', 'ab-2', 5_000);
    await send('r1', 'ba-3', 6_000);
    const ids = (query: Parameters<DeadLetters['letters']>[0]): readonly string[] =>
      queue.letters(query).map(({ id }) => id);
    expect(ids({ limit: 100 })).toEqual(['ba-3', 'ab-2', 'aa-1']);
    expect(ids({ limit: 2 })).toEqual(['ba-3', 'ab-2']);
    expect(ids({ limit: 100, run: 'r1' })).toEqual(['ba-3', 'aa-1']);
    expect(ids({ limit: 100, id: 'a' })).toEqual(['ab-2', 'aa-1']);
    expect(ids({ limit: 100, id: "a'%" })).toEqual([]);
    expect(queue.letters({ limit: 1 })).toMatchObject([
      { at: '1970-01-01T00:00:06.000Z', run: 'r1', status: 'needs-attention', letter: { run: 'r1', stands: [] } },
    ]);
  });

  it('say what has become of their runs', async () => {
    await attention('r1');
    await send('r1', 'old', 4_000);
    await send('r1', 'new', 5_000);
    expect(states()).toEqual({ old: 'superseded', new: 'open' });
    await journal.resume('r1', 1);
    expect(states()).toEqual({ old: 'under-way', new: 'under-way' });
    await journal.compensate('r1', { epoch: 1, owner: OWNER, at: 6_000, leaseUntil: 7_000 });
    await journal.finish('r1', { epoch: 1, owner: OWNER, at: 6_500, phase: 'compensated' });
    expect(states()).toEqual({ old: 'settled', new: 'settled' });
    await journal.reopen('r1', { epoch: 2, deadline: 50_000, planHash: 'plan-2' });
    expect(states()).toEqual({ old: 'under-way', new: 'under-way' });
  });

  it('of a settlement that broke off are open while nobody has ended the run', async () => {
    await compensating(journal, 'r1');
    await send('r1', 'unsettled', 4_000, { error: 'States.Timeout' });
    expect(states()).toEqual({ unsettled: 'open' });
  });

  it('are removed one by one or all of a run, and twice is no harm', async () => {
    await attention('r1');
    await attention('r2');
    for (const [run, id] of [
      ['r1', 'a'],
      ['r1', 'b'],
      ['r2', 'c'],
      ['r1', 'd'],
    ] as const)
      await send(run, id, 4_000);
    expect(await queue.remove(['a', 'nobody'])).toEqual(['a']);
    expect(await queue.remove(['a'])).toEqual([]);
    expect((await queue.removeOf('r1')).toSorted()).toEqual(['b', 'd']);
    expect(Object.keys(states())).toEqual(['c']);
  });
});

describe('a run by how its id begins', () => {
  it('is each that begins so, in order, and no more than asked for', async () => {
    for (const run of ['order-2', 'order-1', 'order', 'ordeal', 'refund-1']) await journal.start(start(run));
    const store = new RunStore(database);
    expect(store.named('order', 10)).toEqual(['order', 'order-1', 'order-2']);
    expect(store.named('order-', 10)).toEqual(['order-1', 'order-2']);
    expect(store.named('ord', 2)).toEqual(['ordeal', 'order']);
    expect(store.named('Order', 10)).toEqual([]);
    expect(store.named('order%', 10)).toEqual([]);
    expect(store.named('ö', 10)).toEqual([]);
  });
});
