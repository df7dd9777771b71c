/**
 * The names that stores keep shards under, in a run's own place (run-contract section 9): `F#<shard>#H` its header,
 * `F#<shard>#S<epoch>.<group>` what became of a group, in the order of their beginning. The header sorts first, as a run's
 * own does: who reads both in one query and misses a group that was recorded meanwhile sees that it was begun. A step's path
 * may hold any character, so a shard's names begin alike, but not all that begins alike is its own.
 */
import type { GroupIntent, GroupRecord, Shard, ShardKey } from './ports/journal.ts';
import { shardText } from './shards.ts';

export type ShardHeader = Pick<Shard, 'closed' | 'last'>;

/** One item of a shard, as a store keeps it. */
export interface ShardRow {
  /** As `shardText` writes it. */
  readonly shard: string;
  readonly header?: ShardHeader;
  readonly group?: GroupRecord;
}

/** `$` follows `#`: from here on, and up to there, lie the shards of a run. */
export const SHARDS = 'F#';
export const AFTER_SHARDS = 'F$';

/** The same of one shard; between them lie others, too, whose step begins as this shard's names do. */
export function namesOf(key: ShardKey): { readonly from: string; readonly to: string } {
  const name = `${SHARDS}${shardText(key)}`;
  return { from: `${name}#`, to: `${name}$` };
}

export function shardHeaderName(key: ShardKey): string {
  return `${SHARDS}${shardText(key)}#H`;
}

export function groupName({ shard, epoch, group }: GroupIntent): string {
  return `${SHARDS}${shardText(shard)}#S${padded(epoch)}.${padded(group)}`;
}

export function isHeaderName(name: string): boolean {
  return name.endsWith('#H');
}

export function shardOfName(name: string): string {
  return name.slice(SHARDS.length, name.lastIndexOf('#'));
}

/** Of rows in the order of their names, be they other shards', too. */
export function shardFrom(key: ShardKey, rows: readonly ShardRow[]): Shard {
  const text = shardText(key);
  const own = rows.filter(({ shard }) => shard === text);
  const header = own.find((row) => row.header)?.header ?? {};
  return { key, ...header, groups: own.flatMap(({ group }) => group ?? []) };
}

export function shardsFrom(keys: readonly ShardKey[], rows: readonly ShardRow[]): readonly Shard[] {
  const byShard = Map.groupBy(rows, ({ shard }) => shard);
  return keys.map((key) => shardFrom(key, byShard.get(shardText(key)) ?? []));
}

function padded(count: number): string {
  return String(count).padStart(8, '0');
}
