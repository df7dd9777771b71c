/**
 * What shards hold, as the rest of the room knows it: the items of a group are intents and outcomes of visits like any
 * other, so nobody who reads a run's record asks how they were written. Pure; the adapters of the journal call it.
 */
import type {
  FailedOutcome,
  GroupIntent,
  GroupRecord,
  Intent,
  Journal,
  RunRecord,
  Shard,
  ShardKey,
} from './ports/journal.ts';
import { keyText } from './visit.ts';

export function shardText({ step, visit, batch }: ShardKey): string {
  return `${step}.${visit}.${batch}`;
}

/** A step's path holds no dot at its end that is followed by two numbers but this one. */
export function shardFromText(text: string): ShardKey {
  const [, step = '', visit, batch] = /^(.*)\.(\d+)\.(\d+)$/s.exec(text) ?? [];
  return { step, visit: Number(visit), batch: Number(batch) };
}

/** `record` tells of what is no shard's; `found` come in any order. */
export function withShards(record: Omit<RunRecord, 'shards'>, found: readonly Shard[]): RunRecord {
  if (found.length === 0) return { ...record, shards: [] };
  const shards = found.toSorted(byPlace);
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
export function intentsOf(shard: Pick<Shard, 'groups' | 'last'>): readonly Intent[] {
  const open = openGroup(shard);
  const all = [...shard.groups.map(({ intent }) => intent), ...(open ? [open] : [])];
  const byKey = new Map(all.flatMap(itemIntents).map((intent) => [keyText(intent.key), intent]));
  return [...byKey.values()];
}

/** The last group, as long as nothing is told of it. */
export function openGroup({ groups, last }: Pick<Shard, 'groups' | 'last'>): GroupIntent | undefined {
  return last && !groups.some(({ intent }: GroupRecord) => intent.nonce === last.nonce) ? last : undefined;
}

/**
 * What a shard that stands so has to say to a group that asks; undefined: it may begin. Who closed it in this epoch, or
 * began a group of it that `after` does not know of, was faster; groups of earlier epochs are over.
 */
export function groupAnswer(
  { closed = 0, last }: Pick<Shard, 'closed' | 'last'>,
  { epoch, nonce }: GroupIntent,
  after: GroupIntent | undefined,
): Awaited<ReturnType<Journal['intendGroup']>> | undefined {
  if (last?.nonce === nonce) return { kind: 'granted' };
  if (closed >= epoch) return { kind: 'closed' };
  if (!last || last.epoch < epoch) return undefined;
  return last.epoch === epoch && last.nonce === after?.nonce ? undefined : { kind: 'taken', by: last };
}

function byPlace({ key: one }: Shard, { key: other }: Shard): number {
  if (one.step !== other.step) return one.step < other.step ? -1 : 1;
  return one.visit - other.visit || one.batch - other.batch;
}

function itemIntents({ items, epoch, at, leaseUntil, nonce }: GroupIntent): readonly Intent[] {
  return items.map((item) => ({ ...item, epoch, at, leaseUntil, nonce }));
}
