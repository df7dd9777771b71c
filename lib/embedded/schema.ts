/**
 * The tables of the data file: the journal's (journal-schema.ts), the engine log's records as they come, and `items` for
 * what one machine keeps beside them (run-store.ts). What changes here so that an older version misreads it raises the
 * layout in schema-version.ts.
 */
import { JOURNAL_SCHEMA } from './journal-schema.ts';

export const SCHEMA: string = `
${JOURNAL_SCHEMA}
CREATE TABLE IF NOT EXISTS items (
  pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (pk, sk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS definitions (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS executions (
  execution_id TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, parent TEXT, status TEXT NOT NULL,
  start_time INTEGER NOT NULL, stop_time INTEGER, end_sequence INTEGER, outcome TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS executions_open ON executions (status) WHERE status = 'RUNNING';
CREATE INDEX IF NOT EXISTS executions_by_start ON executions (start_time DESC);
CREATE TABLE IF NOT EXISTS events (
  execution_id TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (execution_id, sequence)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots (
  execution_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
`;
