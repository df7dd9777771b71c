import { Database } from '../../lib/embedded/database.ts';
import { SqliteLocks } from '../../lib/embedded/locks.ts';
import { SqliteBreakers, SqlitePermits, SqliteRates } from '../../lib/embedded/protection-stores.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryBreakers, MemoryLocks, MemoryPermits, MemoryRates } from '../../lib/rehearse/memory-protection.ts';
import { locksContract } from './locks.ts';
import { protectionContract } from './protection.ts';

protectionContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return {
    breakers: new SqliteBreakers(database),
    rates: new SqliteRates(database),
    permits: new SqlitePermits(database),
    close: async () => database.close(),
  };
});

protectionContract('the memory of the tests', async () => ({
  breakers: new MemoryBreakers(),
  rates: new MemoryRates(),
  permits: new MemoryPermits(),
  close: async () => undefined,
}));

locksContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return {
    locks: new SqliteLocks(database, 'here'),
    elsewhere: new SqliteLocks(database, 'there'),
    close: async () => database.close(),
  };
});

locksContract('the memory of the tests', async () => ({
  locks: new MemoryLocks(),
  elsewhere: new MemoryLocks(),
  close: async () => undefined,
}));
