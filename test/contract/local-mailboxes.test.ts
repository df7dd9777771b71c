import { Database } from '../../lib/embedded/database.ts';
import { SqliteMailboxes } from '../../lib/embedded/mailboxes.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryMailboxes } from '../../lib/rehearse/memory-mailboxes.ts';
import { mailboxesContract } from './mailboxes.ts';

mailboxesContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return { mailboxes: new SqliteMailboxes(database), close: async () => database.close() };
});

mailboxesContract('the memory of the tests', async () => ({
  mailboxes: new MemoryMailboxes(),
  close: async () => undefined,
}));
