/** Journals that have one of the conditions of shards taken out (run-contract section 8): races over long lists find each. That a group
 * is told of once breaks no promise where it is left out, but ends a run otherwise: test/unit/runtime/batch.test.ts has it. */
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import type { Journal } from '../../lib/runtime/ports/journal.ts';
import { shardText } from '../../lib/runtime/shards.ts';

type Given<M extends keyof Journal> = Parameters<Journal[M]>;

interface BentShards {
  readonly rule: string;
  readonly make: () => MemoryJournal;
}

export const BENT_SHARDS: readonly BentShards[] = [
  {
    rule: 'that a group asks whether its shard is closed',
    make: () =>
      new (class extends MemoryJournal {
        override async intendGroup(...[run, intent, after]: Given<'intendGroup'>): ReturnType<Journal['intendGroup']> {
          const answer = await super.intendGroup(run, intent, after);
          const shard = this['runs'].get(run)?.shards.get(shardText(intent.shard));
          if (answer.kind !== 'closed' || !shard) return answer;
          this['runs'].get(run)?.shards.set(shardText(intent.shard), { ...shard, last: intent });
          return { kind: 'granted' };
        }
      })(),
  },
  {
    rule: 'that a group asks which one was before it',
    make: () =>
      new (class extends MemoryJournal {
        override async intendGroup(...[run, intent, after]: Given<'intendGroup'>): ReturnType<Journal['intendGroup']> {
          const answer = await super.intendGroup(run, intent, after);
          return answer.kind === 'taken' ? await super.intendGroup(run, intent, answer.by) : answer;
        }
      })(),
  },
  {
    rule: 'that its run knows a shard before its first group',
    make: () =>
      new (class extends MemoryJournal {
        override async openShard(...[run, key, by]: Given<'openShard'>): ReturnType<Journal['openShard']> {
          const answer = await super.openShard(run, key, by);
          this['runs'].get(run)?.opened.delete(shardText(key));
          return answer;
        }
      })(),
  },
];
