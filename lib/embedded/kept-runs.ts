/**
 * The rows of the runs that are worked on, in memory as they are in the data file: one process owns the file and all its
 * writes to these tables pass through here, so a run is read once, and what is read again and again (its input, its
 * header, its record but for its shards) is neither fetched nor parsed again. What a transaction takes back is forgotten
 * with all the rest. Values that were parsed are shared: nobody changes them.
 */
import { type Database, parsed, type Row } from './database.ts';

export interface KeptRun {
  readonly run: number;
  /** Null: changed since it was read. */
  row: Row | null;
  /** By name, without the audit, which is read for itself only, and without shards: a long list would push out all else. */
  readonly records: Map<string, KeptRecord>;
  /** Of the bodies. */
  characters: number;
}

interface KeptRecord {
  readonly body: string;
  /** Once somebody has asked for it. */
  value?: unknown;
}

/**
 * Of all bodies together; parsed they take some times as much. The undos of ten thousand items are some five million: two
 * such runs that are compensated at once must not push out each other at every write.
 */
const MOST_CHARACTERS = 24_000_000;

export class KeptRuns {
  private readonly database: Database;
  /** By number; the one that was read first goes first. */
  private readonly runs = new Map<number, KeptRun>();
  private characters = 0;

  constructor(database: Database) {
    this.database = database;
    database.onRollback(() => this.forgetAll());
  }

  /** What conditions look at, as it is now. */
  row(run: number): Row | undefined {
    const kept = this.of(run);
    if (kept) kept.row ??= this.read(run) ?? null;
    return kept?.row ?? undefined;
  }

  /** The row was changed. */
  changed(run: number): void {
    const kept = this.runs.get(run);
    if (kept) kept.row = null;
  }

  body(run: number, name: string): string | undefined {
    return this.of(run)?.records.get(name)?.body;
  }

  value<T>(run: number, name: string): T | undefined {
    const record = this.of(run)?.records.get(name);
    return record && valueOf(record);
  }

  /** In the order of their names. */
  values<T>(run: number, prefix: string): readonly T[] {
    const records = this.of(run)?.records;
    if (!records) return [];
    const names: string[] = [];
    for (const name of records.keys()) if (name.startsWith(prefix)) names.push(name);
    return names.sort().map((name) => valueOf(records.get(name) as KeptRecord));
  }

  count(run: number, prefix: string): number {
    let count = 0;
    for (const name of this.of(run)?.records.keys() ?? []) if (name.startsWith(prefix)) count += 1;
    return count;
  }

  /** A record was written. */
  wrote(run: number, name: string, body: string): void {
    const kept = this.runs.get(run);
    if (!kept) return;
    const before = kept.records.get(name)?.body.length ?? 0;
    kept.records.set(name, { body });
    kept.characters += body.length - before;
    this.characters += body.length - before;
    this.makeRoom(run);
  }

  private of(run: number): KeptRun | undefined {
    return this.runs.get(run) ?? this.keep(run);
  }

  private keep(run: number): KeptRun | undefined {
    const row = this.read(run);
    if (!row) return undefined;
    const rows = this.database.all("SELECT name, body FROM records WHERE run = ? AND name >= 'G'", run);
    const records = new Map(rows.map(({ name, body }) => [String(name), { body: String(body) }]));
    const characters = rows.reduce((sum, { body }) => sum + String(body).length, 0);
    const kept = { run, row, records, characters };
    this.runs.set(run, kept);
    this.characters += characters;
    this.makeRoom(run);
    return kept;
  }

  private read(run: number): Row | undefined {
    return this.database.get('SELECT * FROM runs WHERE run = ?', run);
  }

  private makeRoom(forRun: number): void {
    for (const [run, { characters }] of this.runs) {
      if (this.characters <= MOST_CHARACTERS) return;
      if (run === forRun) continue;
      this.runs.delete(run);
      this.characters -= characters;
    }
  }

  private forgetAll(): void {
    this.runs.clear();
    this.characters = 0;
  }
}

function valueOf<T>(record: KeptRecord): T {
  // Only the journal writes records, in the shape that it reads back.
  return (record.value ??= parsed<T>({ body: record.body })) as T;
}
