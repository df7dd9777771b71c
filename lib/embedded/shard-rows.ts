/**
 * The rows of shards (journal-schema.ts says what lies where). They are not kept in memory with the rest of a run: a group
 * asks for its shard's header alone, and a list of ten thousand items would push out every other run. Only what was read
 * last for a whole record is: while a run is compensated its record is read for every undo, and its shards change no more.
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
  private whole: { readonly run: number; readonly rows: readonly ShardRow[] } | undefined;

  constructor(database: Database) {
    this.database = database;
  }

  header(run: number, key: ShardKey): ShardHeader {
    return parsed<ShardHeader>(this.named(run, shardHeaderName(key))) ?? {};
  }

  putHeader(run: number, key: ShardKey, header: ShardHeader): void {
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.database.run(sql, run, shardHeaderName(key), JSON.stringify(header));
    this.forget(run);
  }

  /** False: something else was recorded of that group. */
  addGroup(run: number, intent: GroupIntent, body: string): boolean {
    const name = groupName(intent);
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    const added = this.database.run(sql, run, name, body) > 0;
    if (added) this.forget(run);
    return added || this.named(run, name)?.['body'] === body;
  }

  of(run: number, key: ShardKey): Shard {
    const { from, to } = namesOf(key);
    return shardFrom(key, this.between(run, from, to));
  }

  /** Those that were opened: a run without any is not asked for theirs. */
  all(run: number, opened: readonly ShardKey[]): readonly Shard[] {
    if (opened.length === 0) return [];
    if (this.whole?.run !== run) this.whole = { run, rows: this.between(run, SHARDS, AFTER_SHARDS) };
    return shardsFrom(opened, this.whole.rows);
  }

  /** What was read is committed, as no write reads a whole record; so there is nothing to forget when one is taken back. */
  private forget(run: number): void {
    if (this.whole?.run === run) this.whole = undefined;
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
