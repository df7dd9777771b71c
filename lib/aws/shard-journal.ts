/**
 * The journal's shards over DynamoDB: the parts that a long list is done in (run-contract section 8). They lie in the run's
 * own partition; a group costs two writes, both conditional on the shard alone: who raises the fence closes the shards. A
 * refusal by our own earlier try counts as done, as in all of the journal. The twin on one machine is
 * lib/embedded/shard-journal.ts.
 */
import { assert } from '../model/assert.ts';
import type { GroupIntent, GroupRecord, Journal, Shard, ShardKey } from '../runtime/ports/journal.ts';
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
import { groupAnswer } from '../runtime/shards.ts';
import {
  deadlineOf,
  epochOf,
  HEADER,
  type Item,
  itemKey,
  number,
  parsed,
  phaseOf,
  shardName,
  text,
} from './run-items.ts';
import { absent, type Answer, epochIs, isSame, phaseIn, SettlingJournal, textIs } from './settling-journal.ts';
import { type Condition, NEW } from './write-expressions.ts';

export class ShardJournal extends SettlingJournal {
  async openShard(runId: string, key: ShardKey, by: Parameters<Journal['openShard']>[2]): Promise<Answer<'openShard'>> {
    const { kind, item } = await this.table.update(runId, HEADER, {
      set: {
        [shardName(key)]: { BOOL: true },
        ...(by.execution !== undefined && { execution: { S: by.execution } }),
      },
      conditions: [phaseIn('forward'), epochIs(by.epoch), { attribute: 'deadline', is: 'above', than: number(by.at) }],
    });
    if (!item) return { kind: 'unknown-run' };
    return kind === 'written' ? opened(item) : notOpened(item, by.epoch);
  }

  async shard(runId: string, key: ShardKey): Promise<Shard> {
    const { from, to } = namesOf(key);
    return shardFrom(key, (await this.table.between(runId, from, to)).map(rowOf));
  }

  async intendGroup(runId: string, intent: GroupIntent, after?: GroupIntent): Promise<Answer<'intendGroup'>> {
    const { kind, item } = await this.table.update(runId, shardHeaderName(intent.shard), {
      makes: true,
      set: { epoch: number(intent.epoch), nonce: { S: intent.nonce }, last: text(intent) },
      conditions: [closedBefore(intent.epoch), { is: 'any', of: followable(intent, after) }],
    });
    if (kind === 'written') return { kind: 'granted' };
    const answer = item && groupAnswer(headerOf(item), intent, after);
    assert(answer, 'a shard tells why a group of it is refused');
    return answer;
  }

  async recordGroup(runId: string, record: GroupRecord): Promise<Answer<'recordGroup'>> {
    const item = { ...itemKey(runId, groupName(record.intent)), body: text(record) };
    const written = await this.table.putIf(item, [NEW]);
    return { kind: written.kind === 'written' || isSame(written.item, item) ? 'recorded' : 'late' };
  }

  /** Refused: it was closed, now or before. */
  async closeShard(runId: string, key: ShardKey, epoch: number): Promise<void> {
    await this.table.update(runId, shardHeaderName(key), {
      makes: true,
      set: { closed: number(epoch) },
      conditions: [closedBefore(epoch)],
    });
  }

  /** A run without any is not asked for theirs. */
  protected async shards(runId: string, keys: readonly ShardKey[]): Promise<readonly Shard[]> {
    if (keys.length === 0) return [];
    return shardsFrom(keys, (await this.table.between(runId, SHARDS, AFTER_SHARDS)).map(rowOf));
  }
}

function opened(item: Item): Answer<'openShard'> {
  const traceparent = item['traceparent']?.S;
  return { kind: 'granted', deadline: deadlineOf(item), ...(traceparent !== undefined && { traceparent }) };
}

/** In the order of an intent's refusals. */
function notOpened(item: Item, epoch: number): Answer<'openShard'> {
  if (epochOf(item) !== epoch) return { kind: 'stale', epoch: epochOf(item) };
  const phase = phaseOf(item);
  return phase === 'forward' ? { kind: 'past-deadline', deadline: deadlineOf(item) } : { kind: 'fenced', phase };
}

function closedBefore(epoch: number): Condition {
  return { is: 'any', of: [absent('closed'), { attribute: 'closed', is: 'below', than: number(epoch) }] };
}

/** What `groupAnswer` of lib/runtime/shards.ts lets begin: nothing was, an earlier epoch was, or this very group. */
function followable({ epoch }: GroupIntent, after: GroupIntent | undefined): readonly Condition[] {
  const earlier: Condition = { attribute: 'epoch', is: 'below', than: number(epoch) };
  const known: Condition[] = after ? [{ is: 'all', of: [epochIs(epoch), textIs('nonce', after.nonce)] }] : [];
  return [absent('epoch'), earlier, ...known];
}

function rowOf(item: Item): ShardRow {
  const name = item['sk']?.S ?? '';
  const shard = shardOfName(name);
  if (isHeaderName(name)) return { shard, header: headerOf(item) };
  const group = parsed<GroupRecord>(item['body']);
  return { shard, ...(group && { group }) };
}

function headerOf(item: Item): ShardHeader {
  const closed = item['closed']?.N;
  const last = parsed<GroupIntent>(item['last']);
  return { ...(closed !== undefined && { closed: Number(closed) }), ...(last && { last }) };
}
