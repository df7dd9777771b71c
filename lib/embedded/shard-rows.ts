/**
 * The rows of shards (journal-schema.ts says what lies where). They are not kept in memory with the rest of a run: a group
 * asks for its shard's header alone, and a list of ten thousand items would push out every other run.
 */
import type { GroupIntent, GroupRecord, Shard, ShardKey } from '../runtime/ports/journal.ts';
import {
  AFTER_SHARDS,
  groupName,
  isHeaderName,
  namesOf,
  shardFrom,
  type ShardHeader,
  shardHeaderName,
  shardOfName,
  type ShardRow,
  SHARDS,
  shardsFrom,
} from '../runtime/shard-names.ts';
import { type Database, parsed, type Row } from './database.ts';

export class ShardRows {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  header(run: number, key: ShardKey): ShardHeader {
    return parsed<ShardHeader>(this.named(run, shardHeaderName(key))) ?? {};
  }

  putHeader(run: number, key: ShardKey, header: ShardHeader): void {
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.database.run(sql, run, shardHeaderName(key), JSON.stringify(header));
  }

  /** False: something else was recorded of that group. */
  addGroup(run: number, intent: GroupIntent, body: string): boolean {
    const name = groupName(intent);
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    return this.database.run(sql, run, name, body) > 0 || this.named(run, name)?.['body'] === body;
  }

  of(run: number, key: ShardKey): Shard {
    const { from, to } = namesOf(key);
    return shardFrom(key, this.between(run, from, to));
  }

  /** Those that were opened: a run without any is not asked for theirs. */
  all(run: number, opened: readonly ShardKey[]): readonly Shard[] {
    return opened.length === 0 ? [] : shardsFrom(opened, this.between(run, SHARDS, AFTER_SHARDS));
  }

  private named(run: number, name: string): Row | undefined {
    return this.database.get('SELECT body FROM records WHERE run = ? AND name = ?', run, name);
  }

  private between(run: number, from: string, to: string): readonly ShardRow[] {
    const sql = 'SELECT name, body FROM records WHERE run = ? AND name >= ? AND name < ? ORDER BY name';
    return this.database.all(sql, run, from, to).map(rowOf);
  }
}

function rowOf(row: Row): ShardRow {
  const name = String(row['name']);
  const shard = shardOfName(name);
  const [header, group] = isHeaderName(name) ? [parsed<ShardHeader>(row)] : [undefined, parsed<GroupRecord>(row)];
  return { shard, ...(header && { header }), ...(group && { group }) };
}
