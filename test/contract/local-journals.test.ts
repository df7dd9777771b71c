import { SqliteJournal } from '../../lib/embedded/journal.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { journalContract } from './journal.ts';

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
