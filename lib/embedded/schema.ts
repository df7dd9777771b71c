/**
 * The tables of the data file. The journal keeps the items of run-contract section 9: the header is a row of `runs` with
 * its flat attributes (`i:...`, `b:...`) as rows of their own, so that an intent is one insert; every other item of a run
 * is a row of `items` under its sort key. The engine's log keeps its records as they come.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
  run_id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL, phase TEXT NOT NULL, epoch INTEGER NOT NULL,
  deadline INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_start ON runs (started_at DESC, run_id);
CREATE TABLE IF NOT EXISTS attributes (
  run_id TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
  pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (pk, sk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS definitions (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS executions (
  key INTEGER PRIMARY KEY, execution_id TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, name TEXT NOT NULL, parent TEXT,
  status TEXT NOT NULL, start_time INTEGER NOT NULL, stop_time INTEGER, outcome TEXT
);
CREATE TABLE IF NOT EXISTS open_executions (key INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS events (
  execution INTEGER NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_execution ON events (execution);
CREATE TABLE IF NOT EXISTS snapshots (
  execution INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL
);
`;
