/**
 * The one durable file of a machine's runs: node:sqlite, WAL, synchronous FULL, so what is acknowledged survives
 * `kill -9` and a power cut. Writes are collected and committed together (group commit): everything that asks within one
 * turn of the event loop shares one fsync, and a promise resolves only after it. Reads see what is committed and what
 * earlier writes of the same turn have done. Knows nothing of what the tables mean.
 */
import { DatabaseSync, type StatementSync, type SQLInputValue } from 'node:sqlite';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';

export type Row = { readonly [column: string]: SQLInputValue };

interface Write {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

export interface DatabaseCounts {
  /** Transactions made durable. */
  commits: number;
  /** Writes that shared them. */
  writes: number;
}

export class Database {
  readonly path: string;
  readonly counts: DatabaseCounts = { commits: 0, writes: 0 };
  private readonly connection: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private waiting: Write[] = [];
  private scheduled = false;

  /** `:memory:` is durable for as long as the process lives; tests use it. */
  constructor(path: string, schema: string) {
    this.path = path;
    this.connection = openConnection(path);
    this.connection.exec(schema);
  }

  /** Runs `work` inside the next commit; it must not await, and its statements must all come from this database. */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // The queue holds writes of every result type; each one resolves with what its own work returned.
      this.waiting.push({ work, resolve: resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      setImmediate(() => this.commit());
    });
  }

  /** Writes wait for the next commit: virtual time must not pass before it. */
  get busy(): boolean {
    return this.scheduled;
  }

  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  /** The key of the row that was inserted. */
  insert(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).lastInsertRowid);
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.statement(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.statement(sql).all(...values);
  }

  close(): void {
    this.commit();
    this.statements.clear();
    this.connection.close();
  }

  private commit(): void {
    this.scheduled = false;
    const writes = this.waiting;
    this.waiting = [];
    if (writes.length === 0) return;
    try {
      this.settle(writes, this.transaction(writes));
    } catch (error) {
      if (writes.length > 1) this.commitOneByOne(writes);
      else writes[0]?.reject(storeFailure(error, this.path));
    }
  }

  /** A full disk or a broken write is the failure of the one that hits it; the others get their own try. */
  private commitOneByOne(writes: readonly Write[]): void {
    for (const write of writes) {
      try {
        this.settle([write], this.transaction([write]));
      } catch (error) {
        write.reject(storeFailure(error, this.path));
      }
    }
  }

  private transaction(writes: readonly Write[]): readonly unknown[] {
    this.statement('BEGIN IMMEDIATE').run();
    try {
      const results = writes.map(({ work }) => work());
      this.statement('COMMIT').run();
      this.counts.commits += 1;
      this.counts.writes += writes.length;
      return results;
    } catch (error) {
      if (this.connection.isTransaction) this.statement('ROLLBACK').run();
      throw error;
    }
  }

  private settle(writes: readonly Write[], results: readonly unknown[]): void {
    writes.forEach((write, index) => write.resolve(results[index] as never));
  }

  private statement(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.connection.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

function openConnection(path: string): DatabaseSync {
  try {
    const connection = new DatabaseSync(path);
    // Exclusive: one process owns the file for as long as it lives, and needs no shared memory beside it.
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    return connection;
  } catch (error) {
    throw storeFailure(error, path);
  }
}

const SQLITE_BUSY = 5;

/** Another process holds the file. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE_BUSY;
}

const SQLITE_FULL = 13;
const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;

/** node:sqlite reports the primary result code in the low byte of `errcode`. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function storeFailure(error: unknown, path: string): unknown {
  const result = resultCode(error);
  if (!(error instanceof Error) || result === undefined || result === SQLITE_BUSY) return error;
  if (result === SQLITE_FULL) {
    return new Failure('store-full', `The disk that holds ${path} is full`, {
      cause: error,
      remedy: 'Free some space, or name a folder on another disk with --data.',
    });
  }
  if (result === SQLITE_CORRUPT || result === SQLITE_NOT_A_DATABASE) {
    return new Failure('store-corrupt', `${path} is damaged or no data file of Interlock`, {
      cause: error,
      remedy: 'Move the data folder away to keep it, and start again with a new one.',
    });
  }
  return new Failure('store-failed', `The data file ${path} cannot be used: ${error.message}`, { cause: error });
}

/** Bodies are JSON text in every table. */
export function parsed<T>(row: Row | undefined, column = 'body'): T | undefined {
  if (row === undefined) return undefined;
  const value = row[column];
  assert(typeof value === 'string', `column ${column} holds JSON text`);
  // Only this process writes these tables, in the shape that it reads back.
  return JSON.parse(value) as T;
}
