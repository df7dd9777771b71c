/**
 * The one durable file of a machine's runs: node:sqlite with a write-ahead log. What is acknowledged survives `kill -9`
 * and a power cut: a write's promise resolves after the log was synced behind its transaction, which is what SQLite does
 * by itself under synchronous FULL; it is done here (under NORMAL, which syncs all else) so that the process need not
 * stand still meanwhile. Writes are collected and committed together (group-commit.ts). Reads see what is committed,
 * and `read` answers only once that is durable. Knows nothing of what the tables mean.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementResultingChanges, type StatementSync, type SQLInputValue } from 'node:sqlite';
import { type CommitCounts, type CommitTarget, GroupCommit } from './group-commit.ts';
import { type DroppedTail, droppedTail } from './log-tail.ts';
import { damaged, storeFailure } from './store-failure.ts';

export type Row = { readonly [column: string]: SQLInputValue };

/** Durable for as long as the process lives; tests use it. */
export const IN_MEMORY = ':memory:';

export class Database {
  readonly path: string;
  /** What of the log of an earlier process could not be taken up. */
  readonly dropped: DroppedTail | null;
  private readonly connection: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly log: WriteAheadLog | null;
  private readonly group: GroupCommit;
  private readonly rollbacks: (() => void)[] = [];

  constructor(path: string, schema: string) {
    this.path = path;
    const { connection, dropped } = opened(path, schema);
    this.connection = connection;
    this.dropped = dropped;
    this.log = path === IN_MEMORY ? null : new WriteAheadLog(logOf(path));
    this.group = new GroupCommit(this.target());
  }

  get counts(): CommitCounts {
    return this.group.counts;
  }

  /** Tables and indexes; several statements in one text. */
  define(schema: string): void {
    this.connection.exec(schema);
  }

  /** Runs `work` inside the next commit; it must not await, and its statements must all come from this database. */
  write<T>(work: () => T): Promise<T> {
    return this.group.write(work);
  }

  /** What `work` reads, once it is durable. */
  async read<T>(work: () => T): Promise<T> {
    const value = work();
    await this.group.durable();
    return value;
  }

  /** Called when a transaction was taken back: what was kept in memory of it never was. */
  onRollback(forget: () => void): void {
    this.rollbacks.push(forget);
  }

  /** Writes wait for the next commit: virtual time must not pass before it. */
  get busy(): boolean {
    return this.group.busy;
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.changed(sql, values).changes);
  }

  /** The key of the row that was inserted. */
  insert(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.changed(sql, values).lastInsertRowid);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    try {
      return this.statement(sql).get(...values);
    } catch (error) {
      throw storeFailure(error, this.path);
    }
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    try {
      return this.statement(sql).all(...values);
    } catch (error) {
      throw storeFailure(error, this.path);
    }
  }

  close(): void {
    this.group.flush();
    this.statements.clear();
    this.connection.close();
    this.log?.close();
  }

  private target(): CommitTarget {
    return {
      transact: (works) => this.transaction(works),
      sync: (done) => (this.log === null ? done(null) : this.log.sync(done)),
      syncNow: () => this.log?.syncNow(),
    };
  }

  private transaction(works: readonly (() => unknown)[]): readonly unknown[] {
    this.run('BEGIN IMMEDIATE');
    try {
      const results = works.map((work) => work());
      this.run('COMMIT');
      return results;
    } catch (error) {
      if (this.connection.isTransaction) this.run('ROLLBACK');
      for (const forget of this.rollbacks) forget();
      throw error;
    }
  }

  private changed(sql: string, values: readonly SQLInputValue[]): StatementResultingChanges {
    try {
      return this.statement(sql).run(...values);
    } catch (error) {
      throw storeFailure(error, this.path);
    }
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.connection.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

interface Opened {
  readonly connection: DatabaseSync;
  readonly dropped: DroppedTail | null;
}

/** The file is let go of when it cannot be used: who holds it owns the data folder. */
function opened(path: string, schema: string): Opened {
  let connection: DatabaseSync | null = null;
  try {
    connection = new DatabaseSync(path);
    // Exclusive: one process owns the file for as long as it lives, and needs no shared memory beside it.
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    // Before anything is written: the log is looked at as the last process left it.
    const dropped = path === IN_MEMORY ? null : droppedTail(logOf(path));
    connection.exec(schema);
    return { connection, dropped };
  } catch (error) {
    connection?.close();
    throw storeFailure(error, path);
  }
}

function logOf(path: string): string {
  return `${path}-wal`;
}

/** A second handle on SQLite's log, which it makes with the first transaction and keeps until the file is closed. */
class WriteAheadLog {
  private readonly path: string;
  private handle: number | null = null;
  private pending = 0;
  private isClosed = false;

  constructor(path: string) {
    this.path = path;
  }

  sync(done: (error: unknown) => void): void {
    this.pending += 1;
    fdatasync(this.opened(), (error) => {
      this.pending -= 1;
      if (this.isClosed) this.release();
      done(error);
    });
  }

  syncNow(): void {
    fdatasyncSync(this.opened());
  }

  /** The handle's number is given back when nothing uses it any more. */
  close(): void {
    this.isClosed = true;
    this.release();
  }

  private opened(): number {
    this.handle ??= openSync(this.path, 'r+');
    return this.handle;
  }

  private release(): void {
    if (this.pending > 0 || this.handle === null) return;
    closeSync(this.handle);
    this.handle = null;
  }
}

/** Bodies are JSON text in every table. */
export function parsed<T>(row: Row | undefined, column = 'body'): T | undefined {
  if (row === undefined) return undefined;
  try {
    // Only this process writes these tables, in the shape that it reads back.
    return JSON.parse(String(row[column])) as T;
  } catch (error) {
    throw damaged('The data file', error);
  }
}
