import { describe, expect, it } from 'vitest';
import { SqliteJournal } from '../../lib/embedded/journal.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { journalContract } from './journal.ts';
import { applied, start } from './journal-cases.ts';

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
