/**
 * Blobs on one machine: rows of a second data file, `blobs.db`, readable by its owner alone. A file of its own, so that
 * whoever copies or reads `interlock.db` has no sensitive value; rows and not files, because all runs that write blobs at
 * the same time then share one sync (docs/decisions/020 has the figures). It is opened with the first blob: runs that have
 * none pay nothing. What is deleted is overwritten.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from '../model/assert.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import { Database, IN_MEMORY } from './database.ts';
import { adoptTables, META_SCHEMA } from './schema-version.ts';

const SCHEMA = `
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS blobs (run TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, id));
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

export class SqliteBlobs implements Blobs {
  private readonly opening: () => Database;
  private opened: Database | undefined;

  private constructor(opening: () => Database) {
    this.opening = opening;
  }

  /** For the data file of the process that owns it; one that is in memory holds its blobs itself. */
  static beside(database: Database): SqliteBlobs {
    if (database.path !== IN_MEMORY) return SqliteBlobs.in(join(dirname(database.path), 'blobs.db'));
    return new SqliteBlobs(() => {
      database.define(SCHEMA);
      return database;
    });
  }

  static in(file: string): SqliteBlobs {
    return new SqliteBlobs(() => openedFile(file));
  }

  async put(run: string, id: string, body: string): Promise<void> {
    assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
    const { database } = this;
    // A row that is there already is the same one: writing it again would make a large value a large commit.
    await database.write(() => database.run('INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)', run, id, body));
  }

  async get(run: string, id: string): Promise<string | undefined> {
    assert(/^[0-9a-f]{64}$/.test(id), "a blob's id is a digest");
    const row = this.database.get('SELECT body FROM blobs WHERE run = ? AND id = ?', run, id);
    return row && String(row['body']);
  }

  async remove(run: string): Promise<void> {
    const { database } = this;
    await database.write(() => database.run('DELETE FROM blobs WHERE run = ?', run));
  }

  async secret(): Promise<string> {
    const { database } = this;
    const known = database.get("SELECT value FROM secrets WHERE name = 'digests'");
    if (known) return String(known['value']);
    return await database.write(() => {
      const made = randomBytes(32).toString('hex');
      database.run("INSERT OR IGNORE INTO secrets VALUES ('digests', ?)", made);
      return String(database.get("SELECT value FROM secrets WHERE name = 'digests'")?.['value']);
    });
  }

  /** What is still to be written is durable after it. A data file in memory is closed by whoever opened it. */
  close(): void {
    if (this.opened && this.opened.path !== IN_MEMORY) this.opened.close();
    this.opened = undefined;
  }

  private get database(): Database {
    this.opened ??= this.opening();
    return this.opened;
  }
}

/** SQLite gives its log the permissions of the file, so the file has them before anything is written. */
function openedFile(file: string): Database {
  closeSync(openSync(file, 'a', 0o600));
  return adoptTables(new Database(file, META_SCHEMA), SCHEMA);
}
