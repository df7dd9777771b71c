/**
 * The shards of a failing run (run-contract section 8), before anything is judged of what they hold: each is closed, so
 * that no further group of it begins; and of a group whose lease is over it is told, by nothing, that it is over. Its
 * handler's own answer and that exclude each other: whoever was first has the word.
 */
import type { SettleTask } from '../model/task.ts';
import type { CorePorts } from './core.ts';
import type { GroupIntent, RunRecord, Shard } from './ports/journal.ts';
import { openGroup } from './shards.ts';
import { MOST_WRITES, someAtOnce } from './some-at-once.ts';

export function unclosedShards({ header, shards }: RunRecord): readonly Shard[] {
  return shards.filter(({ closed = 0 }) => closed < header.epoch);
}

/** True: some were not closed before, and may have begun something that the record does not tell. */
export async function closeShards({ run }: SettleTask, { journal }: CorePorts, record: RunRecord): Promise<boolean> {
  const open = unclosedShards(record);
  await someAtOnce(open, MOST_WRITES, ({ key }) => journal.closeShard(run, key, record.header.epoch));
  return open.length > 0;
}

/** True: of one of them somebody has told meanwhile. */
export async function tellLapsedGroups(
  { run }: SettleTask,
  { journal }: CorePorts,
  { record, at }: { readonly record: RunRecord; readonly at: number },
): Promise<boolean> {
  const lapsed = record.shards.flatMap((shard): readonly GroupIntent[] => {
    const group = openGroup(shard);
    // A group of a safe step has begun no effect: whatever comes of it changes nothing.
    return group && group.items.length > 0 && group.leaseUntil <= at ? [group] : [];
  });
  const told = await someAtOnce(lapsed, MOST_WRITES, (intent) =>
    journal.recordGroup(run, { intent, applied: [], failed: [] }),
  );
  return told.some(({ kind }) => kind === 'late');
}
