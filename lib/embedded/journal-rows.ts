/**
 * The rows that the journal is made of, and the way between them and the port's values (journal-schema.ts says what lies
 * where). Reads what is committed and what the current write has done, mostly from memory (kept-runs.ts); decides nothing.
 */
import type { SQLInputValue } from 'node:sqlite';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  Passed,
  Phase,
  RunHeader,
  RunRecord,
  RunSummary,
  ShardKey,
  UndoRecord,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import { shardText, withShards } from '../runtime/shards.ts';
import { isTold, withDecided } from '../runtime/verdicts.ts';
import { keyText } from '../runtime/visit.ts';
import { type Database, parsed, type Row } from './database.ts';
import { KeptRuns } from './kept-runs.ts';
import { ShardRows } from './shard-rows.ts';

/** What conditions look at. */
export interface RunRow {
  readonly run: number;
  readonly phase: Phase;
  readonly epoch: number;
  readonly deadline: number;
  readonly input_digest: string;
  readonly traceparent: string | null;
  readonly ended_at: number | null;
  readonly owner: string | null;
  readonly lease_until: number | null;
}

export interface IntentRow extends Pick<RunRow, 'run' | 'phase' | 'epoch' | 'deadline' | 'traceparent'> {
  /** Intents so far. */
  readonly seq: number;
}

export const settledName = (key: VisitKey): string => `S#${keyText(key)}`;
export const undoName = (key: VisitKey, number: number): string => `U#${keyText(key)}#${number}`;
export const intentName = (key: VisitKey): string => `i:${keyText(key)}`;
/** What stood and was passed again. */
export const passedName = (key: VisitKey): string => `t:${keyText(key)}`;
export const failureName = (key: VisitKey): string => `b:${keyText(key)}`;
export const shardName = (key: ShardKey): string => `s:${shardText(key)}`;
export const inputName = (digest: string): string => `I#${digest}`;
export const executionName = (epoch: number): string => `e:${epoch}`;
export const outputsName = (epoch: number): string => `o:${epoch}`;
/** Padded, so that the order of the text is the order of time. */
export const auditName = (at: number, nonce: string): string => `A#${String(at).padStart(15, '0')}#${nonce}`;

/** More than are ever under way at once; an entry takes some hundred bytes. */
const REMEMBERED_RUNS = 10_000;

export class JournalRows {
  readonly shards: ShardRows;
  private readonly database: Database;
  private readonly kept: KeptRuns;
  /** A run's number never changes, this process alone writes the file, and finding it is half the work of a write. */
  private readonly numbers = new Map<string, number>();

  constructor(database: Database) {
    this.database = database;
    this.kept = new KeptRuns(database);
    this.shards = new ShardRows(database);
  }

  /** Only of what is committed: the number of a start that is rolled back goes to another run. */
  remember(runId: string, run: number): void {
    const oldest = this.numbers.size >= REMEMBERED_RUNS ? this.numbers.keys().next().value : undefined;
    if (oldest !== undefined) this.numbers.delete(oldest);
    this.numbers.set(runId, run);
  }

  number(runId: string): number | undefined {
    const known = this.numbers.get(runId);
    if (known !== undefined) return known;
    const row = this.database.get('SELECT run FROM runs WHERE run_id = ?', runId);
    return row && Number(row['run']);
  }

  run(runId: string): RunRow | undefined {
    // The columns are written by the journal only, in these types; so too below.
    return this.whole(runId) as RunRow | undefined;
  }

  intending(runId: string): IntentRow | undefined {
    const row = this.whole(runId) as Omit<IntentRow, 'seq'> | undefined;
    return row && { ...row, seq: this.kept.count(row.run, 'i:') };
  }

  /** Changes the run's row; gives how many were changed. `sql` names the run by the number that is its last value. */
  change(runId: string, sql: string, ...values: readonly SQLInputValue[]): number {
    const run = this.number(runId);
    if (run === undefined) return 0;
    this.kept.changed(run);
    return this.database.run(sql, ...values, run);
  }

  /** False: there is one of this name. */
  add(run: number, name: string, body: string): boolean {
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    const added = this.database.run(sql, run, name, body) > 0;
    if (added) this.kept.wrote(run, name, body);
    return added;
  }

  put(run: number, name: string, body: string): void {
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.database.run(sql, run, name, body);
    this.kept.wrote(run, name, body);
  }

  text(run: number, name: string): string | undefined {
    return this.kept.body(run, name);
  }

  value<T>(run: number, name: string): T | undefined {
    return this.kept.value(run, name);
  }

  audits<T>(run: number): readonly T[] {
    const sql = "SELECT body FROM records WHERE run = ? AND name >= 'A#' AND name < 'A$' ORDER BY name";
    return this.database.all(sql, run).flatMap((row) => parsed<T>(row) ?? []);
  }

  header(runId: string): RunHeader | undefined {
    const row = this.whole(runId);
    return row && this.headerOf(row);
  }

  record(runId: string): RunRecord | undefined {
    const row = this.whole(runId);
    if (!row) return undefined;
    const run = Number(row['run']);
    const settled = this.kept.values<AppliedOutcome | Verdict>(run, 'S#');
    const record = {
      header: withDecided(this.headerOf(row), settled),
      applied: settled.filter((one): one is AppliedOutcome => !isVerdict(one)),
      verdicts: settled.filter(isTold),
      undos: this.kept.values<UndoRecord>(run, 'U#'),
    };
    return withShards(record, this.shards.all(run, this.kept.values<ShardKey>(run, 's:')));
  }

  private headerOf(row: Row): RunHeader {
    const [run, epoch] = [Number(row['run']), Number(row['epoch'])];
    const execution = this.value<string>(run, executionName(epoch));
    const outputs = this.value<NonNullable<RunHeader['outputs']>>(run, outputsName(epoch));
    return {
      ...summaryOf(row),
      planHash: String(row['plan_hash']),
      inputDigest: String(row['input_digest']),
      actor: String(row['actor']),
      ...(row['traceparent'] !== null && { traceparent: String(row['traceparent']) }),
      epoch,
      deadline: Number(row['deadline']),
      degraded: row['degraded'] === 1,
      released: row['released'] === 1,
      ...(execution !== undefined && { execution }),
      ...(outputs && { outputs }),
      ...endingOf(row),
      intents: this.kept.values<Intent>(run, 'i:'),
      failures: this.kept.values<FailedOutcome>(run, 'b:'),
      passed: this.kept.values<Passed>(run, 't:'),
    };
  }

  private whole(runId: string): Row | undefined {
    const run = this.number(runId);
    return run === undefined ? undefined : this.kept.row(run);
  }
}

export function isVerdict(settled: AppliedOutcome | Verdict): settled is Verdict {
  return 'verdict' in settled;
}

function endingOf(row: Row): Pick<RunHeader, 'error' | 'reason' | 'compensator' | 'earlier'> {
  const { error, reason, owner, lease_until: leaseUntil, earlier } = row;
  return {
    ...(typeof error === 'string' && { error: JSON.parse(error) as RunError }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof owner === 'string' && { compensator: { owner, leaseUntil: Number(leaseUntil) } }),
    earlier: typeof earlier === 'string' ? (JSON.parse(earlier) as RunHeader['earlier']) : [],
  };
}

export function summaryOf(row: Row): RunSummary {
  const endedAt = row['ended_at'];
  return {
    runId: String(row['run_id']),
    workflowId: String(row['workflow_id']),
    phase: String(row['phase']) as Phase,
    startedAt: Number(row['started_at']),
    ...(typeof endedAt === 'number' && { endedAt }),
  };
}
