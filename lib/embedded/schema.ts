/**
 * The tables of the data file: the journal's (journal-schema.ts), the engine log's records as they come, and `items` for
 * what one machine keeps beside them (run-store.ts). What changes here so that an older version misreads it raises the
 * layout in schema-version.ts.
 */
import { JOURNAL_SCHEMA } from './journal-schema.ts';
import { SHARED_VALUES_SCHEMA } from './shared-values.ts';

export const SCHEMA: string = `
${JOURNAL_SCHEMA}
${SHARED_VALUES_SCHEMA}
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
