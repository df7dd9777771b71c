import { SqliteCallbacks } from '../../lib/embedded/callbacks.ts';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryCallbacks } from '../../lib/rehearse/memory-callbacks.ts';
import { callbacksContract } from './callbacks.ts';

callbacksContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return { callbacks: new SqliteCallbacks(database), close: async () => database.close() };
});

callbacksContract('the memory of the tests', async () => ({
  callbacks: new MemoryCallbacks(),
  close: async () => undefined,
}));
