/**
 * Group commit: writes that come close together share one transaction and one fsync, and each is answered only when it is
 * durable. While a group is being synced the process goes on, and what it writes meanwhile is the next group. How many
 * writes are gathered depends on what a sync costs here: a quick one is begun early, beside the work that still writes;
 * a slow one waits for all who will want it. It knows nothing of SQL.
 */
import { Failure } from '../model/failure.ts';

/** What is committed to. */
export interface CommitTarget {
  /** All in one transaction; throws when nothing of it was kept. */
  transact(works: readonly (() => unknown)[]): readonly unknown[];
  /** Makes durable what was committed so far, beside the event loop; calls back once, with what went wrong or null. */
  sync(done: (error: unknown) => void): void;
  /** The same, at once; throws what goes wrong. */
  syncNow(): void;
}

export interface CommitCounts {
  /** Transactions made durable. */
  commits: number;
  /** Writes that shared them. */
  writes: number;
}

interface Write {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

interface Committed {
  readonly write: Write;
  readonly result: unknown;
}

/** A group is begun early once it holds so many. */
const LEAST_GATHERED = 16;

/** What the work behind one write takes, roughly: as many as fit into a sync are waited for. */
const WRITE_MS = 0.03;

export class GroupCommit {
  readonly counts: CommitCounts = { commits: 0, writes: 0 };
  private readonly target: CommitTarget;
  private readonly now: () => number;
  private waiting: Write[] = [];
  private scheduled = false;
  private syncing: readonly Committed[] | null = null;
  private whenSynced: (() => void)[] = [];
  private syncMs = Number.POSITIVE_INFINITY;
  private broken: Failure | null = null;

  constructor(target: CommitTarget, now: () => number = () => performance.now()) {
    this.target = target;
    this.now = now;
  }

  /** Runs `work` inside a transaction; resolves with what it returned once that is durable. */
  write<T>(work: () => T): Promise<T> {
    if (this.broken !== null) return Promise.reject(this.broken);
    return new Promise<T>((resolve, reject) => {
      // The queue holds writes of every result type; each one resolves with what its own work returned.
      this.waiting.push({ work, resolve, reject });
      if (this.syncing !== null) return;
      if (this.waiting.length >= this.gathered()) this.commit();
      else this.schedule();
    });
  }

  /** Something is not yet durable. */
  get busy(): boolean {
    return this.waiting.length > 0 || this.syncing !== null;
  }

  /** Resolves once all that can be read now is durable. */
  durable(): Promise<void> {
    if (this.broken !== null) return Promise.reject(this.broken);
    if (this.syncing === null) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.whenSynced.push(() => (this.broken === null ? resolve() : reject(this.broken)));
    });
  }

  /** Everything that waits is made durable before this returns. */
  flush(): void {
    if (this.syncing !== null) this.syncNow(this.syncing);
    const group = this.transacted();
    if (group.length > 0) this.syncNow(group);
    for (const seen of this.whenSynced.splice(0)) seen();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (this.syncing === null) this.commit();
    });
  }

  private gathered(): number {
    return Math.max(LEAST_GATHERED, this.syncMs / WRITE_MS);
  }

  /** A write of its own is synced at once: nothing else is there that could go on meanwhile. */
  private commit(): void {
    const group = this.transacted();
    if (group.length === 0) return;
    if (group.length === 1) return this.syncNow(group);
    this.syncing = group;
    const begun = this.now();
    this.target.sync((error) => {
      // A flush has finished it already.
      if (this.syncing !== group) return;
      const took = this.now() - begun;
      this.syncMs = Number.isFinite(this.syncMs) ? (3 * this.syncMs + took) / 4 : took;
      this.synced(group, error);
    });
  }

  /** The next group's sync is begun before this one's writers go on, so that both happen at the same time. */
  private synced(group: readonly Committed[], error: unknown): void {
    this.syncing = null;
    const watching = this.whenSynced.splice(0);
    if (error === null && this.waiting.length >= this.gathered()) this.commit();
    this.finish(group, error);
    for (const seen of watching) seen();
    if (this.waiting.length > 0 && this.syncing === null) this.schedule();
  }

  private syncNow(group: readonly Committed[]): void {
    let failed: unknown = null;
    try {
      this.target.syncNow();
    } catch (error) {
      failed = error;
    }
    this.finish(group, failed);
  }

  private finish(group: readonly Committed[], error: unknown): void {
    if (this.syncing === group) this.syncing = null;
    if (error !== null) return this.break(group, error);
    this.counts.commits += 1;
    this.counts.writes += group.length;
    for (const { write, result } of group) write.resolve(result as never);
  }

  /**
   * After a failed sync nobody can tell what the disk holds, and a second sync that succeeds proves nothing: this process
   * writes no more. The next one finds what is really there.
   */
  private break(group: readonly Committed[], error: unknown): void {
    this.broken = new Failure('store-failed', 'The data file cannot be made durable', {
      cause: error,
      remedy: 'Look after the disk, then start again: runs go on from what it holds.',
    });
    for (const { write } of group) write.reject(this.broken);
    for (const write of this.waiting.splice(0)) write.reject(this.broken);
    for (const seen of this.whenSynced.splice(0)) seen();
  }

  private transacted(): readonly Committed[] {
    const writes = this.waiting;
    this.waiting = [];
    if (writes.length === 0) return [];
    try {
      const results = this.target.transact(writes.map(({ work }) => work));
      return writes.map((write, index) => ({ write, result: results[index] }));
    } catch (error) {
      if (writes.length > 1) return writes.flatMap((write) => this.alone(write));
      writes[0]?.reject(error);
      return [];
    }
  }

  /** A full disk or a broken write is the failure of the one that hits it; the others get their own try. */
  private alone(write: Write): readonly Committed[] {
    try {
      return [{ write, result: this.target.transact([write.work])[0] }];
    } catch (error) {
      write.reject(error);
      return [];
    }
  }
}
