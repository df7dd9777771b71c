/**
 * What shards hold, as the rest of the room knows it: the items of a group are intents and outcomes of visits like any
 * other, so nobody who reads a run's record asks how they were written. Pure; the adapters of the journal call it.
 */
import type { FailedOutcome, GroupIntent, GroupRecord, Intent, RunRecord, Shard, ShardKey } from './ports/journal.ts';
import { keyText } from './visit.ts';

export function shardText({ step, visit, batch }: ShardKey): string {
  return `${step}.${visit}.${batch}`;
}

/** A step's path holds no dot at its end that is followed by two numbers but this one. */
export function shardFromText(text: string): ShardKey {
  const [, step = '', visit, batch] = /^(.*)\.(\d+)\.(\d+)$/s.exec(text) ?? [];
  return { step, visit: Number(visit), batch: Number(batch) };
}

/** `record` tells of what is no shard's. */
export function withShards(record: Omit<RunRecord, 'shards'>, shards: readonly Shard[]): RunRecord {
  if (shards.length === 0) return { ...record, shards };
  const groups = shards.flatMap((shard) => shard.groups);
  const begun = shards.flatMap(intentsOf);
  const { header } = record;
  return {
    ...record,
    header: {
      ...header,
      intents: [...header.intents, ...begun],
      failures: [...header.failures, ...groups.flatMap(({ failed }): readonly FailedOutcome[] => failed)],
    },
    applied: [...record.applied, ...groups.flatMap(({ applied }) => applied)],
    shards,
  };
}

/** Of an item that was begun again under its key, as of any visit, the last one. */
export function intentsOf({ groups, last }: Shard): readonly Intent[] {
  const open = openGroup({ groups, ...(last && { last }) });
  const all = [...groups.map(({ intent }) => intent), ...(open ? [open] : [])];
  const byKey = new Map(all.flatMap(itemIntents).map((intent) => [keyText(intent.key), intent]));
  return [...byKey.values()];
}

/** The last group, as long as nothing is told of it. */
export function openGroup({ groups, last }: Pick<Shard, 'groups' | 'last'>): GroupIntent | undefined {
  return last && !groups.some(({ intent }: GroupRecord) => intent.nonce === last.nonce) ? last : undefined;
}

function itemIntents({ items, epoch, at, leaseUntil, nonce }: GroupIntent): readonly Intent[] {
  return items.map((item) => ({ ...item, epoch, at, leaseUntil, nonce }));
}
