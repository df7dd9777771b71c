import { describe, expect, it } from 'vitest';
import { SqliteJournal } from '../../lib/embedded/journal.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { journalContract } from './journal.ts';
import { applied, group, opened, recordOf, SHARD, shardsOf, start } from './journal-cases.ts';

journalContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return {
    journal: new SqliteJournal(database),
    writes: () => database.counts.writes,
    close: async () => database.close(),
  };
});

journalContract('the memory of the tests', async () => {
  const journal = new MemoryJournal();
  return { journal, writes: () => journal.writes.length, close: async () => undefined };
});

describe('the journal over node:sqlite, beyond the contract', () => {
  it('keeps the records of runs apart though the commit that they began in was rolled back', async () => {
    const database = new Database(':memory:', SCHEMA);
    const journal = new SqliteJournal(database);
    const broken = database.write(() => {
      throw new Error('a write of the same commit');
    });
    const begun = [journal.start(start('r1')), broken, journal.start(start('r2'))];
    expect((await Promise.allSettled(begun)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await Promise.all(['r1', 'r2'].map((runId) => journal.apply(runId, applied({ outputs: { runId } }))));
    for (const runId of ['r1', 'r2']) {
      expect((await journal.record(runId))?.applied).toEqual([applied({ outputs: { runId } })]);
    }
    database.close();
  });

  it('commits what is asked for in one turn together, and finds more runs than it remembers', async () => {
    const database = new Database(':memory:', SCHEMA);
    const journal = new SqliteJournal(database);
    const runIds = Array.from({ length: 10_050 }, (_, index) => `r${index}`);
    await Promise.all(runIds.map((runId) => journal.start(start(runId))));
    expect(database.counts).toEqual({ commits: 1, writes: 10_050 });
    await journal.apply('r0', applied());
    expect((await journal.record('r0'))?.applied).toEqual([applied()]);
    database.close();
  });
});

describe('the memory of the tests, beyond the contract', () => {
  it('goes on from where another one was, and leaves that one as it is', async () => {
    const [first, second] = [new MemoryJournal(), new MemoryJournal()];
    await opened(first, 'r1');
    await first.intendGroup('r1', group());
    const memory = first.memory();
    await first.closeShard('r1', SHARD, 1);
    second.recall(memory);
    await second.recordGroup('r1', recordOf());
    await second.openShard('r1', { ...SHARD, batch: 1 }, { epoch: 1, at: 1_200 });
    expect(await shardsOf(first, 'r1')).toEqual([{ key: SHARD, closed: 1, last: group(), groups: [] }]);
    expect(await shardsOf(second, 'r1')).toEqual([
      { key: SHARD, last: group(), groups: [recordOf()] },
      { key: { ...SHARD, batch: 1 }, groups: [] },
    ]);
    second.recall(memory);
    expect(await shardsOf(second, 'r1')).toEqual([{ key: SHARD, last: group(), groups: [] }]);
  });
});
