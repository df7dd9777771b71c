/**
 * A batch of a list's items (run-contract section 8): group by group, each begun and ended by one write. How far it is,
 * its shard tells: a batch that is asked for again goes on where it was, and does nothing twice. What an invocation began
 * and lost is repeated, probed or in doubt, as of a step without a list. It does no item itself (call.ts does).
 */
import { assert } from '../model/assert.ts';
import { itemPath } from '../model/item-path.ts';
import { type BatchNumber, type CallAnswer, type CallTask, TaskError } from '../model/task.ts';
import { pass } from './call.ts';
import { toleratedOf } from './decide.ts';
import { type Listed, listOf, requireTolerable } from './each.ts';
import { Group } from './group.ts';
import type { Item } from './items.ts';
import type { CallPorts } from './passage.ts';
import type { GroupIntent, Intent, RunRecord, Shard, ShardKey } from './ports/journal.ts';
import { pastDeadline, raiseFence } from './raise.ts';
import { fenced, forwardHeader, stale, unknownRun } from './run-refusals.ts';
import { intentsOf, openGroup, shardText } from './shards.ts';
import { TaskFailure } from './task-failure.ts';
import { visitOf } from './visit.ts';

export type BatchTask = CallTask & { readonly item: BatchNumber };

export async function batch(task: BatchTask, ports: CallPorts): Promise<CallAnswer> {
  const listed = await listOf(task, ports);
  const key: ShardKey = { step: task.step, visit: visitOf(task.step, task.at).visit, batch: task.item.batch };
  await open(task, key, { ports, listed });
  const shard = await quietShard(task, key, ports);
  await requireNoFailure(task, shard, { ports, listed });
  await new Batch({ task, ports, listed, shard }).run();
  return { out: {}, go: 'next' };
}

interface Doing {
  readonly ports: CallPorts;
  readonly listed: Listed;
}

/** From here on whoever raises the fence knows of it. */
async function open(task: BatchTask, key: ShardKey, { ports, listed }: Doing): Promise<void> {
  const at = ports.clock.now();
  const execution = task.exec === undefined ? {} : { execution: task.exec };
  const opened = await ports.journal.openShard(task.run, key, { epoch: task.epoch, at, ...execution });
  switch (opened.kind) {
    case 'granted':
      return;
    case 'past-deadline':
      throw await pastDeadline(task, ports, { plan: listed.plan, step: task.step });
    case 'fenced':
      throw fenced(opened.phase);
    case 'stale':
      throw stale(opened.epoch);
    case 'unknown-run':
      throw unknownRun(task.run);
  }
}

/**
 * A group of which nothing is told belongs to whoever began it, until the lease ends. Then it is told of by nothing, so that
 * an answer that comes later does not count beside what is made of it here.
 */
async function quietShard({ run, epoch }: BatchTask, key: ShardKey, { journal, clock }: CallPorts): Promise<Shard> {
  const shard = await journal.shard(run, key);
  const last = openGroup(shard);
  if (last?.epoch !== epoch) return shard;
  const leased = `another invocation works on ${shardText(key)} until its lease ends`;
  if (clock.now() < last.leaseUntil) throw new TaskFailure(TaskError.Leased, leased);
  const nothing = { intent: last, applied: [], failed: [] };
  const told = await journal.recordGroup(run, nothing);
  if (told.kind === 'recorded') return { ...shard, groups: [...shard.groups, nothing] };
  return await journal.shard(run, key);
}

/** Whoever wrote such a failure may not have come to raise the fence. */
async function requireNoFailure({ run, epoch }: BatchTask, { groups }: Shard, { ports, listed }: Doing): Promise<void> {
  const failed = groups.flatMap((group) => group.failed).find((one) => one.epoch === epoch && one.go === undefined);
  if (!failed) return;
  await raiseFence({ run, epoch }, ports, { plan: listed.plan, error: failed.error });
  throw new TaskFailure(TaskError.Fenced, failed.error.message);
}

interface Indexed extends Item {
  readonly index: number;
}

class Batch {
  private readonly task: BatchTask;
  private readonly ports: CallPorts;
  private readonly listed: Listed;
  private readonly key: ShardKey;
  /** Of this epoch, by path: what earlier invocations have begun and told nobody of. */
  private readonly lost: ReadonlyMap<string, Intent>;
  /** Group by group, by their places in the batch: what stands of an earlier epoch is told of by nobody, and stays left. */
  private readonly left: readonly (readonly Indexed[])[];
  private last: GroupIntent | undefined;
  private known: Promise<RunRecord | undefined> | undefined;
  /** What this invocation has done since. */
  private since: readonly Shard[] = [];

  constructor({ task, ports, listed, shard }: Doing & { readonly task: BatchTask; readonly shard: Shard }) {
    this.task = task;
    this.ports = ports;
    this.listed = listed;
    this.key = shard.key;
    const groups = shard.groups.filter(({ intent }) => intent.epoch === task.epoch);
    const told = groups.flatMap(({ applied, failed }) => [...applied, ...failed]);
    const ended = new Set(told.map(({ key }) => key.step));
    const begun = intentsOf({ groups }).filter(({ key }) => !ended.has(key.step));
    this.lost = new Map(begun.map((intent) => [intent.key.step, intent]));
    const isLeft = ({ name }: Indexed): boolean => !ended.has(itemPath(task.step, name));
    this.left = groupsOfBatch(listed, task.item).map((group) => group.filter(isLeft));
    this.last = shard.last?.epoch === task.epoch ? shard.last : undefined;
  }

  async run(): Promise<void> {
    const { forMs } = batchesOf(this.listed);
    const until = this.ports.clock.now() + forMs;
    let told = false;
    for (const items of this.left.filter((group) => group.length > 0)) {
      // Whoever comes next passes what stands once more, so that is no progress.
      if (told && this.ports.clock.now() >= until) {
        const why = `some groups of ${shardText(this.key)} are left to the next invocation`;
        throw new TaskFailure(TaskError.More, why);
      }
      told = (await this.doGroup(items)) || told;
    }
  }

  /** Did it come to anything that its shard tells? */
  private async doGroup(items: readonly Indexed[]): Promise<boolean> {
    const { task, ports, listed } = this;
    // The fence may be up, though nobody has closed the shard yet.
    const header = await forwardHeader(task, ports);
    if (ports.clock.now() >= header.deadline)
      throw await pastDeadline(task, ports, { plan: listed.plan, step: task.step });
    const group = new Group({
      run: task.run,
      journal: ports.journal,
      random: ports.random,
      header,
      shard: this.key,
      number: this.last === undefined ? 0 : this.last.group + 1,
      after: this.last,
      members: items.length,
      record: () => this.record(),
      since: () => this.since,
    });
    await this.take(group);
    const ended = await Promise.allSettled(items.map((item) => this.doItem(group, item)));
    this.last = group.intent ?? this.last;
    this.since = [...this.since, group.shard];
    throwGravest(ended.flatMap((one): readonly unknown[] => (one.status === 'rejected' ? [one.reason] : [])));
    await this.requireTolerable(group.shard);
    return await group.over();
  }

  /** Those of one group did not see each other fail. That they are too many is seen here, before more are begun for nothing. */
  private async requireTolerable({ groups }: Shard): Promise<void> {
    const { task, ports, listed } = this;
    if (listed.step.forEach?.tolerate === 'all' || groups.every(({ failed }) => failed.length === 0)) return;
    const before = (await this.record())?.header.failures ?? [];
    const since = this.since.flatMap((shard) => shard.groups.flatMap(({ failed }) => failed));
    const failed = toleratedOf({ step: listed.step, visit: this.key.visit, epoch: task.epoch }, [...before, ...since]);
    await requireTolerable(task, ports, { ...listed, failed: failed.map(({ error }) => error.message) });
  }

  /** Items of a safe step have no intents: the group's keeps other invocations away all the same. */
  private async take(group: Group): Promise<void> {
    const { step } = this.listed;
    const at = this.ports.clock.now();
    if (step.effect === 'safe') await group.take(at, at + step.leaseMs);
  }

  private async doItem(group: Group, item: Indexed): Promise<void> {
    const member = group.member(this.lost.get(itemPath(this.task.step, item.name)));
    const { exec: _recorded, ...task } = this.task;
    const ports = { ...this.ports, journal: member.journal };
    try {
      await pass({ ...task, item: item.index }, ports, { given: { ...this.listed, item } });
    } finally {
      member.leave();
    }
  }

  /** Read once, or again where it could not be read. */
  private async record(): Promise<RunRecord | undefined> {
    if (!this.known) this.since = [];
    const reading = (this.known ??= this.ports.journal.record(this.task.run));
    try {
      return await reading;
    } catch (error) {
      if (this.known === reading) this.known = undefined;
      throw error;
    }
  }
}

function batchesOf({ step: { forEach } }: Pick<Listed, 'step'>): NonNullable<Listed['step']['forEach']>['batches'] {
  assert(forEach, 'a batch is of a list');
  return forEach.batches;
}

function groupsOfBatch(listed: Listed, { batch: number }: BatchNumber): readonly (readonly Indexed[])[] {
  const { size, group } = batchesOf(listed);
  const from = number * size;
  const items = listed.items.slice(from, from + size).map((item, index) => ({ ...item, index: from + index }));
  return [...Map.groupBy(items, ({ index }) => Math.floor((index - from) / group)).values()];
}

/** What is no failure of the task is a bug or the world's; that another invocation is at it says least. */
function throwGravest(errors: readonly unknown[]): void {
  const gravity = (error: unknown): number => {
    if (!(error instanceof TaskFailure)) return 2;
    return error.name === TaskError.Leased ? 0 : 1;
  };
  const [gravest] = errors.toSorted((one, other) => gravity(other) - gravity(one));
  if (gravest !== undefined) throw gravest;
}
