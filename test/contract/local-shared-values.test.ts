import { describe, expect, it } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { SqliteSharedValues } from '../../lib/embedded/shared-values.ts';
import { sharedValuesContract } from './shared-values.ts';

sharedValuesContract('node:sqlite', async () => {
  const database = new Database(':memory:', SCHEMA);
  return {
    values: new SqliteSharedValues(database, 'here'),
    elsewhere: new SqliteSharedValues(database, 'there'),
    close: async () => database.close(),
  };
});

describe('shared values over node:sqlite, beyond the contract', () => {
  it('throw the oldest away where they take too much room, and never what is kept', async () => {
    const database = new Database(':memory:', SCHEMA);
    const values = new SqliteSharedValues(database, 'here', { maxBytes: 1_000 });
    const text = 'x'.repeat(400);
    await values.put('token', { text, at: 0, until: 10_000, kept: true });
    for (const at of [1, 2, 3]) await values.put(`answer-${at}`, { text, at, until: 10_000 });
    const there = await Promise.all(
      ['token', 'answer-1', 'answer-2', 'answer-3'].map(async (key) => (await values.get(key, 5)) !== undefined),
    );
    expect(there).toEqual([true, false, true, true]);
    database.close();
  });

  it('leave nothing in the file of what has ended', async () => {
    const database = new Database(':memory:', SCHEMA);
    const values = new SqliteSharedValues(database, 'here');
    await values.put('old', { text: 'x', at: 1, until: 2 });
    await values.put('new', { text: 'x', at: 3, until: 4 });
    expect(database.all('SELECT key FROM shared_values')).toEqual([{ key: 'here/new' }]);
    database.close();
  });
});
