/**
 * What runs share, over the data file, in a table of its own: answers are thrown away, the oldest first, where they
 * take more room than they may; what is kept is not. Its twin over DynamoDB is lib/aws/shared-values.ts; both pass
 * test/contract/shared-values.ts.
 */
import {
  MAX_SHARED_BYTES,
  type SharedValue,
  type SharedValues,
  type SharedWrite,
} from '../runtime/ports/shared-values.ts';
import type { Database } from './database.ts';

export const SHARED_VALUES_SCHEMA = `
CREATE TABLE IF NOT EXISTS shared_values (
  key TEXT PRIMARY KEY, text TEXT NOT NULL, until INTEGER NOT NULL, written INTEGER NOT NULL, kept INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shared_values_by_age ON shared_values (kept, written);
`;

const MAX_TOTAL_BYTES = 64 * 1_048_576;

export class SqliteSharedValues implements SharedValues {
  private readonly database: Database;
  private readonly scope: string;
  private readonly maxBytes: number;

  constructor(database: Database, scope: string, { maxBytes = MAX_TOTAL_BYTES }: { readonly maxBytes?: number } = {}) {
    this.database = database;
    this.scope = scope;
    this.maxBytes = maxBytes;
  }

  get(key: string, at: number): Promise<SharedValue | undefined> {
    const row = this.database.get('SELECT * FROM shared_values WHERE key = ? AND until > ?', this.keyOf(key), at);
    if (!row) return Promise.resolve(undefined);
    return Promise.resolve({ text: String(row['text']), until: Number(row['until']) });
  }

  async put(key: string, write: SharedWrite): Promise<boolean> {
    const bytes = Buffer.byteLength(write.text);
    if (bytes > MAX_SHARED_BYTES) return false;
    await this.database.write(() => this.write(this.keyOf(key), write, bytes));
    return true;
  }

  remove(key: string): Promise<void> {
    return this.database.write(
      () => void this.database.run('DELETE FROM shared_values WHERE key = ?', this.keyOf(key)),
    );
  }

  private write(key: string, { text, at, until, kept = false }: SharedWrite, bytes: number): void {
    const values = [key, text, until, at, kept ? 1 : 0, bytes];
    this.database.run('INSERT OR REPLACE INTO shared_values VALUES (?, ?, ?, ?, ?, ?)', ...values);
    this.makeRoom(at);
  }

  private makeRoom(at: number): void {
    const { database, maxBytes } = this;
    database.run('DELETE FROM shared_values WHERE until <= ?', at);
    const room = database.get('SELECT COALESCE(SUM(bytes), 0) AS total FROM shared_values WHERE kept = 0');
    let total = Number(room?.['total'] ?? 0);
    while (total > maxBytes) {
      const oldest = database.get('SELECT key, bytes FROM shared_values WHERE kept = 0 ORDER BY written LIMIT 1');
      if (!oldest) return;
      database.run('DELETE FROM shared_values WHERE key = ?', String(oldest['key']));
      total -= Number(oldest['bytes']);
    }
  }

  private keyOf(key: string): string {
    return `${this.scope}/${key}`;
  }
}
