/** The durable logs that the engine is benched with, each over a file of its own that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../lib/embedded/database.ts';
import { SqliteEngineLog } from '../lib/embedded/engine-log.ts';
import { SCHEMA } from '../lib/embedded/schema.ts';
import type { EngineLog } from '../lib/engine/log.ts';

export interface OpenLog {
  readonly log: EngineLog;
  /** Commits made durable so far. */
  readonly commits: () => number;
  readonly close: () => Promise<void>;
}

/** An fsync per commit. */
export async function openSqlite(): Promise<OpenLog> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const database = new Database(join(folder, 'data.db'), SCHEMA);
  return {
    log: new SqliteEngineLog(database),
    commits: () => database.counts.commits,
    close: async () => {
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
