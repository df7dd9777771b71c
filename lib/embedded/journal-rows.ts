/**
 * The rows that the journal is made of, and the way between them and the port's values (journal-schema.ts says what lies
 * where). Reads what is committed and what the current write has done; decides nothing.
 */
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  Phase,
  RunHeader,
  RunRecord,
  RunSummary,
  UndoRecord,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import { keyText } from '../runtime/visit.ts';
import { type Database, parsed, type Row } from './database.ts';

/** What conditions look at. */
export interface RunRow {
  readonly run: number;
  readonly phase: Phase;
  readonly epoch: number;
  readonly deadline: number;
  readonly ended_at: number | null;
  readonly owner: string | null;
  readonly lease_until: number | null;
}

export interface IntentRow extends Pick<RunRow, 'run' | 'phase' | 'epoch' | 'deadline'> {
  readonly traceparent: string | null;
  /** Intents so far. */
  readonly seq: number;
}

export const settledName = (key: VisitKey): string => `S#${keyText(key)}`;
export const undoName = (key: VisitKey, number: number): string => `U#${keyText(key)}#${number}`;
export const intentName = (key: VisitKey): string => `i:${keyText(key)}`;
export const failureName = (key: VisitKey): string => `b:${keyText(key)}`;
export const inputName = (digest: string): string => `I#${digest}`;
export const executionName = (epoch: number): string => `e:${epoch}`;
export const outputsName = (epoch: number): string => `o:${epoch}`;
/** Padded, so that the order of the text is the order of time. */
export const auditName = (at: number, nonce: string): string => `A#${String(at).padStart(15, '0')}#${nonce}`;

/** More than are ever under way at once; an entry takes some hundred bytes. */
const REMEMBERED_RUNS = 10_000;

export class JournalRows {
  private readonly database: Database;
  /** A run's number never changes, this process alone writes the file, and finding it is half the work of a write. */
  private readonly numbers = new Map<string, number>();

  constructor(database: Database) {
    this.database = database;
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
    const run = this.number(runId);
    if (run === undefined) return undefined;
    const sql = 'SELECT run, phase, epoch, deadline, ended_at, owner, lease_until FROM runs WHERE run = ?';
    // The columns are written by the journal only, in these types; so too below.
    return this.database.get(sql, run) as RunRow | undefined;
  }

  intending(runId: string): IntentRow | undefined {
    const run = this.number(runId);
    if (run === undefined) return undefined;
    const row = this.database.get(
      `SELECT run, phase, epoch, deadline, traceparent,
         (SELECT count(*) FROM records WHERE records.run = runs.run AND name >= 'i:' AND name < 'i;') AS seq
       FROM runs WHERE run = ?`,
      run,
    );
    return row as IntentRow | undefined;
  }

  /** False: there is one of this name. */
  add(run: number, name: string, body: string): boolean {
    return this.database.run('INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING', run, name, body) > 0;
  }

  put(run: number, name: string, body: string): void {
    const sql = 'INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body';
    this.database.run(sql, run, name, body);
  }

  text(run: number, name: string): string | undefined {
    const row = this.database.get('SELECT body FROM records WHERE run = ? AND name = ?', run, name);
    return row && String(row['body']);
  }

  value<T>(run: number, name: string): T | undefined {
    return parsed(this.database.get('SELECT body FROM records WHERE run = ? AND name = ?', run, name));
  }

  between(run: number, from: string, before: string): readonly Row[] {
    const sql = 'SELECT name, body FROM records WHERE run = ? AND name >= ? AND name < ? ORDER BY name';
    return this.database.all(sql, run, from, before);
  }

  header(runId: string): RunHeader | undefined {
    const row = this.whole(runId);
    return row && headerOf(row, this.between(Number(row['run']), 'b:', AFTER_ALL));
  }

  record(runId: string): RunRecord | undefined {
    const row = this.whole(runId);
    if (!row) return undefined;
    const records = this.between(Number(row['run']), 'S#', AFTER_ALL);
    const settled = valuesOf<AppliedOutcome | Verdict>(records, 'S#');
    return {
      header: headerOf(row, records),
      applied: settled.filter((one): one is AppliedOutcome => !isVerdict(one)),
      verdicts: settled.filter(isVerdict),
      undos: valuesOf<UndoRecord>(records, 'U#'),
    };
  }

  private whole(runId: string): Row | undefined {
    const run = this.number(runId);
    return run === undefined ? undefined : this.database.get('SELECT * FROM runs WHERE run = ?', run);
  }
}

/** Names begin with a letter and `#` or `:`. */
const AFTER_ALL = '~';

export function isVerdict(settled: AppliedOutcome | Verdict): settled is Verdict {
  return 'verdict' in settled;
}

function valuesOf<T>(records: readonly Row[], prefix: string): readonly T[] {
  return records.flatMap((one) => (String(one['name']).startsWith(prefix) ? (parsed<T>(one) ?? []) : []));
}

function headerOf(row: Row, records: readonly Row[]): RunHeader {
  const epoch = Number(row['epoch']);
  const named = <T>(name: string): T | undefined => parsed(records.find((one) => one['name'] === name));
  const execution = named<string>(executionName(epoch));
  const outputs = named<NonNullable<RunHeader['outputs']>>(outputsName(epoch));
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
    intents: valuesOf<Intent>(records, 'i:'),
    failures: valuesOf<FailedOutcome>(records, 'b:'),
  };
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
