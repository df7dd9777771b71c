/**
 * The journal of the items of one group (run-contract section 8): each item is done as a step without a list is, and what
 * it would write for itself is one write for all, the intents before the first request, the outcomes after the last answer.
 * What a single visit has by its own row (once, fenced, late) the group has by its own; everything else of the journal is
 * the run's.
 */
import { assert } from '../model/assert.ts';
import type { RunError } from '../model/run.ts';
import { TaskError } from '../model/task.ts';
import type { Random } from '../model/time.ts';
import { Meeting } from './meeting.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  GroupIntent,
  GroupRecord,
  Intent,
  Journal,
  RunHeader,
  RunRecord,
  Shard,
  ShardKey,
} from './ports/journal.ts';
import { shardText, withShards } from './shards.ts';
import { TaskFailure } from './task-failure.ts';

type Answer<M extends 'intend' | 'apply' | 'fail'> = Awaited<ReturnType<Journal[M]>>;

export interface GroupOptions {
  readonly run: string;
  readonly journal: Journal;
  readonly random: Random;
  /** As the run is while the group begins: its deadline bounds the group, too. */
  readonly header: RunHeader;
  readonly shard: ShardKey;
  /** Which of the shard's groups in this epoch. */
  readonly number: number;
  /** The one before it in this epoch. */
  readonly after: GroupIntent | undefined;
  readonly members: number;
  /** What the run had come to when it was read; asked for only where it counts. */
  readonly record: () => Promise<RunRecord | undefined>;
  /** Earlier groups of the same invocation, which are not in that record. */
  readonly since: () => readonly Shard[];
}

export interface Member {
  readonly journal: Journal;
  /** Its item is done or given up: it keeps nobody waiting. */
  leave(): void;
}

type Ending =
  | { readonly kind: 'applied'; readonly outcome: AppliedOutcome }
  | { readonly kind: 'failed'; readonly outcome: FailedOutcome; readonly fence: boolean };

export class Group {
  private readonly options: GroupOptions;
  private readonly beginning: Meeting<Intent, Answer<'intend'>>;
  private readonly ending: Meeting<Ending, 'recorded' | 'late'>;
  private written: GroupIntent | undefined;
  private endings: readonly Ending[] = [];
  private seen:
    | {
        readonly before: RunRecord;
        readonly written: GroupIntent;
        readonly endings: readonly Ending[];
        readonly record: RunRecord;
      }
    | undefined;

  constructor(options: GroupOptions) {
    this.options = options;
    this.beginning = new Meeting(options.members, (intents) => this.intend(intents));
    this.ending = new Meeting(options.members, (endings) => this.conclude(endings));
  }

  /** Its intent, once it is written. */
  get intent(): GroupIntent | undefined {
    return this.written;
  }

  /** What it adds to its shard. */
  get shard(): Shard {
    const { shard: key } = this.options;
    if (!this.written) return { key, groups: [] };
    const told = this.endings.length > 0 ? [recordOf(this.written, this.endings)] : [];
    return { key, last: this.written, groups: told };
  }

  /** For items that have no intents of their own: nobody else acts on the shard until the lease ends. */
  async take(at: number, leaseUntil: number): Promise<void> {
    const answer = await this.write({ at, leaseUntil, items: [] });
    if (answer.kind !== 'granted') throw new TaskFailure(TaskError.Fenced, 'nothing of the list begins any more');
  }

  /**
   * After the last member has left; true: it came to something. What was taken for nothing, because all of it stands of an
   * earlier epoch, keeps nobody waiting.
   */
  async over(): Promise<boolean> {
    const { written, endings, options } = this;
    const isForNothing = written?.items.length === 0 && endings.length === 0;
    if (isForNothing) await options.journal.recordGroup(options.run, recordOf(written, []));
    return endings.length > 0;
  }

  /** `lost`: an earlier invocation began the item and told nobody what became of it. */
  member(lost: Intent | undefined): Member {
    const stages = { hasBegun: false, hasEnded: false };
    const begin = (): void => {
      stages.hasBegun = true;
    };
    const end = (): void => {
      if (!stages.hasBegun) this.beginning.stayAway();
      begin();
      stages.hasEnded = true;
    };
    const own: Partial<Journal> = {
      intend: (_run, intent, more = {}) => {
        if (lost && !more.after) return Promise.resolve({ kind: 'repeat', intent: lost });
        begin();
        return this.beginning.bring(intent);
      },
      apply: async (run, outcome) => {
        end();
        return await this.appliedAnswer(run, await this.ending.bring({ kind: 'applied', outcome }), outcome);
      },
      fail: async (run, outcome, fence) => {
        end();
        return await this.failedAnswer(run, await this.ending.bring({ kind: 'failed', outcome, fence }));
      },
      // Nothing of this item is decided elsewhere: its group's lease keeps every other invocation away.
      applied: () => Promise.resolve(undefined),
      decideFailed: () => Promise.resolve({ kind: 'recorded' }),
      header: () => Promise.resolve(this.options.header),
      record: () => this.record(),
    };
    const leave = (): void => {
      if (stages.hasEnded) return;
      end();
      this.ending.stayAway();
    };
    return { journal: withOwn(this.options.journal, own), leave };
  }

  /** With what this invocation has come to, as soon as it has written anything: the same object while that is the same. */
  private async record(): Promise<RunRecord | undefined> {
    const before = await this.options.record();
    const { written, endings } = this;
    if (!before || !written) return before;
    const { seen } = this;
    if (seen?.before === before && seen.written === written && seen.endings === endings) return seen.record;
    const record = withShards(before, [...this.options.since(), this.shard]);
    this.seen = { before, written, endings, record };
    return record;
  }

  private async intend(intents: readonly Intent[]): Promise<readonly Answer<'intend'>[]> {
    const { header } = this.options;
    const { deadline, traceparent } = header;
    const at = Math.max(...intents.map((intent) => intent.at));
    const all = (answer: Answer<'intend'>): readonly Answer<'intend'>[] => intents.map(() => answer);
    if (at >= deadline) return all({ kind: 'past-deadline', deadline });
    const leaseUntil = Math.max(...intents.map((intent) => intent.leaseUntil));
    const items = intents.map(({ key, since }) => ({ key, ...(since !== undefined && { since }) }));
    const answer = await this.write({ at, leaseUntil, items });
    if (answer.kind === 'closed') return all({ kind: 'fenced', phase: 'fenced' });
    return all({ kind: 'granted', deadline, seq: 0, leaseUntil, ...(traceparent !== undefined && { traceparent }) });
  }

  private async write(
    more: Pick<GroupIntent, 'at' | 'leaseUntil' | 'items'>,
  ): Promise<{ readonly kind: 'granted' | 'closed' }> {
    const { run, journal, random, header, shard, number, after } = this.options;
    const intent: GroupIntent = { shard, epoch: header.epoch, group: number, ...more, nonce: random.uuid() };
    const answer = await journal.intendGroup(run, intent, after);
    if (answer.kind === 'taken') {
      throw new TaskFailure(TaskError.Leased, `another invocation works on ${shardText(shard)} until its lease ends`);
    }
    if (answer.kind === 'granted') this.written = intent;
    return answer;
  }

  /** Outcomes of items that were lost need no intent of their own, but a group to be told in. */
  private async conclude(endings: readonly Ending[]): Promise<readonly ('recorded' | 'late')[]> {
    const { run, journal } = this.options;
    if (!this.written) {
      const at = Math.max(...endings.map(({ outcome }) => outcome.endedAt));
      await this.take(at, at);
    }
    assert(this.written, 'a group that ends has begun');
    const { kind } = await journal.recordGroup(run, recordOf(this.written, endings));
    if (kind === 'recorded') {
      this.endings = endings;
      await this.fence(endings.flatMap((one) => (one.kind === 'failed' && one.fence ? [one.outcome.error] : [])));
    }
    return endings.map(() => kind);
  }

  /** After the outcomes: whoever finds these without a fence raises it (batch.ts). */
  private async fence([error]: readonly RunError[]): Promise<void> {
    const { run, journal, header } = this.options;
    if (error) await journal.fence(run, header.epoch, error);
  }

  private async appliedAnswer(
    run: string,
    kind: 'recorded' | 'late',
    { key, epoch, endedAt: at }: AppliedOutcome,
  ): Promise<Answer<'apply'>> {
    if (kind === 'recorded') return { kind };
    const late = await this.lateAnswer(run);
    return late.kind === 'late'
      ? { kind: 'late', verdict: { key, epoch, at, verdict: 'in-doubt', by: 'settle' } }
      : late;
  }

  private async failedAnswer(run: string, kind: 'recorded' | 'late'): Promise<Answer<'fail'>> {
    return kind === 'recorded' ? { kind } : await this.lateAnswer(run);
  }

  /** Who came too late was either taken over from, or settled. */
  private async lateAnswer(run: string): Promise<Extract<Answer<'fail'>, { readonly kind: 'superseded' | 'late' }>> {
    const now = await this.options.journal.header(run);
    const isOn = now?.phase === 'forward' && now.epoch === this.options.header.epoch;
    return isOn ? { kind: 'superseded' } : { kind: 'late', phase: now?.phase ?? 'failed' };
  }
}

function recordOf(intent: GroupIntent, endings: readonly Ending[]): GroupRecord {
  return {
    intent,
    applied: endings.flatMap((one) => (one.kind === 'applied' ? [one.outcome] : [])),
    failed: endings.flatMap((one) => (one.kind === 'failed' ? [one.outcome] : [])),
  };
}

/** The run's journal but for the methods that are the group's. */
function withOwn(journal: Journal, own: Partial<Journal>): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const mine: unknown = Reflect.get(own, name);
      if (mine !== undefined) return mine;
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}
