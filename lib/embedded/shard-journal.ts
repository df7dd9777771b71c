/**
 * The journal's shards over the data file: the parts that a long list is done in (run-contract section 8). A group's intent
 * is conditional on its shard alone; who raises the fence closes the shards. Each condition is checked and written in one
 * transaction; the twin over DynamoDB is lib/aws/shard-journal.ts.
 */
import { assert } from '../model/assert.ts';
import type { GroupIntent, GroupRecord, Journal, Shard, ShardKey } from '../runtime/ports/journal.ts';
import { groupAnswer } from '../runtime/shards.ts';
import { executionName, shardName } from './journal-rows.ts';
import { type Answer, SettlingJournal } from './settling-journal.ts';

export class ShardJournal extends SettlingJournal {
  openShard(
    runId: string,
    key: ShardKey,
    { epoch, at, execution }: Parameters<Journal['openShard']>[2],
  ): Promise<Answer<'openShard'>> {
    const text = JSON.stringify(key);
    return this.database.write((): Answer<'openShard'> => {
      const row = this.rows.run(runId);
      if (!row) return { kind: 'unknown-run' };
      const { run, phase, deadline, traceparent } = row;
      if (row.epoch !== epoch) return { kind: 'stale', epoch: row.epoch };
      if (phase !== 'forward') return { kind: 'fenced', phase };
      if (at >= deadline) return { kind: 'past-deadline', deadline };
      this.rows.add(run, shardName(key), text);
      if (execution !== undefined) this.rows.add(run, executionName(epoch), JSON.stringify(execution));
      return { kind: 'granted', deadline, ...(traceparent !== null && { traceparent }) };
    });
  }

  shard(runId: string, key: ShardKey): Promise<Shard> {
    const run = this.rows.number(runId);
    return Promise.resolve(run === undefined ? { key, groups: [] } : this.rows.shards.of(run, key));
  }

  intendGroup(runId: string, intent: GroupIntent, after?: GroupIntent): Promise<Answer<'intendGroup'>> {
    return this.database.write((): Answer<'intendGroup'> => {
      const run = this.numberOf(runId);
      const header = this.rows.shards.header(run, intent.shard);
      const answer = groupAnswer(header, intent, after);
      if (!answer) this.rows.shards.putHeader(run, intent.shard, { ...header, last: intent });
      return answer ?? { kind: 'granted' };
    });
  }

  recordGroup(runId: string, record: GroupRecord): Promise<Answer<'recordGroup'>> {
    const text = JSON.stringify(record);
    return this.database.write((): Answer<'recordGroup'> => {
      const recorded = this.rows.shards.addGroup(this.numberOf(runId), record.intent, text);
      return { kind: recorded ? 'recorded' : 'late' };
    });
  }

  closeShard(runId: string, key: ShardKey, epoch: number): Promise<void> {
    return this.database.write(() => {
      const run = this.numberOf(runId);
      const header = this.rows.shards.header(run, key);
      if ((header.closed ?? 0) < epoch) this.rows.shards.putHeader(run, key, { ...header, closed: epoch });
    });
  }

  private numberOf(runId: string): number {
    const run = this.rows.number(runId);
    assert(run !== undefined, `run ${runId} was started before a list of it was begun`);
    return run;
  }
}
