/**
 * Which layout a data file has. A file of another layout is refused before anything of it is read or changed: misread, it
 * would answer with runs that never were. The first layout had no version written down; its tables give it away.
 */
import { Failure } from '../model/failure.ts';
import type { Database } from './database.ts';

export const META_SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** Raised by one with every change of a table that an older version cannot read. */
const LAYOUT = '2';
const FIRST_LAYOUT = '1';

/** Lets go of a file of another layout. The version is written before the tables, so a crash between the two is mended. */
export function adoptTables(database: Database, schema: string): Database {
  const found = layoutOf(database);
  if (found !== undefined && found !== LAYOUT) {
    database.close();
    throw otherLayout(database.path, found);
  }
  database.run("INSERT INTO meta VALUES ('layout', ?) ON CONFLICT DO NOTHING", LAYOUT);
  database.define(schema);
  return database;
}

/** Undefined: nothing is in the file yet. */
function layoutOf(database: Database): string | undefined {
  const written = database.get("SELECT value FROM meta WHERE name = 'layout'");
  if (written) return String(written['value']);
  return database.get("SELECT name FROM sqlite_schema WHERE name = 'runs'") ? FIRST_LAYOUT : undefined;
}

function otherLayout(path: string, found: string): Failure {
  return new Failure('store-layout', `${path} has layout ${found}, this version of Interlock uses layout ${LAYOUT}`, {
    remedy: 'Use the version of Interlock that wrote it, or name another data folder with --data.',
  });
}
