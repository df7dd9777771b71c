/** The durable log that the engine is benched with, and what a commit costs on this machine with nothing around it. */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Database } from '../lib/embedded/database.ts';
import { SqliteEngineLog } from '../lib/embedded/engine-log.ts';
import { SCHEMA } from '../lib/embedded/schema.ts';
import type { EngineLog } from '../lib/engine/log.ts';

export interface OpenLog {
  readonly log: EngineLog;
  /** Commits made durable so far. */
  readonly commits: () => number;
  /** Of the main file and its log. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
}

/** Over a file of its own, which is gone afterwards. */
export async function openSqlite(): Promise<OpenLog> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const database = new Database(join(folder, 'data.db'), SCHEMA);
  return {
    log: new SqliteEngineLog(database),
    commits: () => database.counts.commits,
    bytes: () => statSync(database.path).size + statSync(`${database.path}-wal`).size,
    close: async () => {
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface BareCommit {
  readonly round: () => void;
  /** Of the best round. */
  readonly bestMs: () => number;
  readonly close: () => Promise<void>;
}

const COMMITS_PER_ROUND = 200;

/** One row of 400 bytes a transaction, by node:sqlite alone, with the settings of the data file. */
export async function bareCommit(): Promise<BareCommit> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const connection = new DatabaseSync(join(folder, 'bare.db'));
  connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  connection.exec('CREATE TABLE rows (body TEXT NOT NULL)');
  const [begin, insert, commit] = ['BEGIN IMMEDIATE', 'INSERT INTO rows VALUES (?)', 'COMMIT'].map((sql) =>
    connection.prepare(sql),
  );
  const body = 'x'.repeat(400);
  let best = Number.POSITIVE_INFINITY;
  const round = (): void => {
    const begun = performance.now();
    for (let index = 0; index < COMMITS_PER_ROUND; index += 1) {
      begin?.run();
      insert?.run(body);
      commit?.run();
    }
    best = Math.min(best, (performance.now() - begun) / COMMITS_PER_ROUND);
  };
  round();
  best = Number.POSITIVE_INFINITY;
  return {
    round,
    bestMs: () => best,
    close: async () => {
      connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
