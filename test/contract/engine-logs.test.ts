import { describe, expect, test } from 'vitest';
import { Database } from '../../lib/embedded/database.ts';
import { SqliteEngineLog } from '../../lib/embedded/engine-log.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { MemoryLog } from '../../lib/engine/memory-log.ts';
import { engineLogContract, started } from './engine-log.ts';

engineLogContract('node:sqlite', () => {
  const database = new Database(':memory:', SCHEMA);
  return { log: new SqliteEngineLog(database), close: () => database.close() };
});

engineLogContract('memory', () => ({ log: new MemoryLog(), close: () => undefined }));

describe("the engine's log over node:sqlite, beyond the contract", () => {
  test('goes on with executions of an earlier process, whose keys it has to look up', async () => {
    const database = new Database(':memory:', SCHEMA);
    await new SqliteEngineLog(database).append([started('a')]);
    const later = new SqliteEngineLog(database);
    const heartbeat = { type: 'heartbeat', task: '/#1', time: 5, seed: 1 } as const;
    await later.append([{ kind: 'event', executionId: 'a', sequence: 1, event: heartbeat }]);
    expect((await later.read('a'))?.events).toHaveLength(2);
    database.close();
  });

  test('refuses a second start under the same id, and keeps the first', async () => {
    const database = new Database(':memory:', SCHEMA);
    const log = new SqliteEngineLog(database);
    await log.append([started('a')]);
    await expect(log.append([started('a', { input: 'other' })])).rejects.toMatchObject({ code: 'store-failed' });
    expect((await log.read('a'))?.start).toEqual(started('a').event);
    database.close();
  });

  test('refuses to replay a record that is not as it was written', async () => {
    const changes = [
      `UPDATE events SET body = replace(body, 'deep":true', 'deep":null')`,
      `UPDATE events SET body = x'00ff'`,
      `UPDATE events SET checksum = checksum + 1`,
      `DELETE FROM events`,
      `DELETE FROM executions`,
    ];
    for (const change of changes) {
      const database = new Database(':memory:', SCHEMA);
      const log = new SqliteEngineLog(database);
      await log.append([started('a')]);
      database.run(change);
      await expect(log.load(), change).rejects.toMatchObject({
        code: 'store-corrupt',
        kind: 'world',
        remedy: expect.stringContaining('Move the data folder away'),
      });
      database.close();
    }
  });
});
