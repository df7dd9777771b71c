/**
 * The run journal over the data file: the conditions of run-contract sections 3, 5 and 7, each checked and written in
 * one transaction. Its twin over DynamoDB is lib/aws/journal.ts; both pass test/contract/journal.ts.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { RunError } from '../model/run.ts';
import {
  type AppliedOutcome,
  type FailedOutcome,
  type Intent,
  type Journal,
  type Phase,
  type RunHeader,
  type RunQuery,
  type RunRecord,
  type RunStart,
  type RunSummary,
  type VisitKey,
} from '../runtime/ports/journal.ts';
import { type Database, parsed, type Row } from './database.ts';

/** The header's part that is not a column: written at the start, changed by few. */
interface HeaderBody {
  readonly planHash: string;
  readonly inputDigest: string;
  readonly actor: string;
  readonly traceparent?: string;
  readonly execution?: string;
  readonly error?: RunError;
  readonly reason?: string;
  readonly degraded: boolean;
  readonly outputs?: JsonObject;
}

interface HeaderRow {
  readonly phase: Phase;
  readonly epoch: number;
  readonly deadline: number;
}

type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;

export class SqliteJournal implements Journal {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  start(run: RunStart): Promise<Answer<'start'>> {
    const body: HeaderBody = {
      planHash: run.planHash,
      inputDigest: run.inputDigest,
      actor: run.actor,
      degraded: false,
      ...(run.traceparent !== undefined && { traceparent: run.traceparent }),
    };
    return this.database.write((): Answer<'start'> => {
      const added = this.database.run(
        "INSERT OR IGNORE INTO runs VALUES (?, ?, 'forward', 1, ?, ?, NULL, ?)",
        run.runId,
        run.workflowId,
        run.deadline,
        run.startedAt,
        JSON.stringify(body),
      );
      const known = added === 0 ? this.readHeader(run.runId) : undefined;
      if (known) return { kind: 'exists', header: known };
      this.database.run("INSERT INTO items VALUES (?, 'I', ?)", partition(run.runId), JSON.stringify(run.input));
      return { kind: 'started' };
    });
  }

  header(runId: string): Promise<RunHeader | undefined> {
    return Promise.resolve(this.readHeader(runId));
  }

  input(runId: string): Promise<Json | undefined> {
    return Promise.resolve(this.item(runId, 'I'));
  }

  record(runId: string): Promise<RunRecord | undefined> {
    const header = this.readHeader(runId);
    if (!header) return Promise.resolve(undefined);
    const rows = this.database.all(
      "SELECT body FROM items WHERE pk = ? AND sk >= 'S#' AND sk < 'S$'",
      partition(runId),
    );
    return Promise.resolve({ header, applied: rows.flatMap((row) => parsed<AppliedOutcome>(row) ?? []) });
  }

  applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    return Promise.resolve(this.item(runId, `S#${keyText(key)}`));
  }

  list(query: RunQuery): Promise<Answer<'list'>> {
    const after = parseCursor(query.after);
    const phases = query.phases?.length ? JSON.stringify(query.phases) : null;
    const rows = this.database.all(
      `SELECT run_id, workflow_id, phase, started_at, ended_at FROM runs
       WHERE (?1 IS NULL OR workflow_id = ?1)
         AND (?2 IS NULL OR phase IN (SELECT value FROM json_each(?2)))
         AND (?3 IS NULL OR started_at < ?3 OR (started_at = ?3 AND run_id > ?4))
       ORDER BY started_at DESC, run_id LIMIT ?5`,
      query.workflowId ?? null,
      phases,
      after?.startedAt ?? null,
      after?.runId ?? null,
      query.limit + 1,
    );
    const runs = rows.slice(0, query.limit).map(summaryOf);
    const last = runs.at(-1);
    return Promise.resolve({ runs, ...(rows.length > query.limit && last && { next: cursorOf(last) }) });
  }

  intend(runId: string, intent: Intent, first?: { readonly execution: string }): Promise<Answer<'intend'>> {
    return this.database.write((): Answer<'intend'> => {
      const row = this.row(runId);
      if (!row) return { kind: 'unknown-run' };
      if (row.epoch !== intent.epoch) return { kind: 'stale', epoch: row.epoch };
      const name = `i:${keyText(intent.key)}`;
      const known = this.attribute<Intent>(runId, name);
      if (known) return { kind: 'repeat', intent: known, ...this.failureOf(runId, intent.key) };
      if (row.phase !== 'forward') return { kind: 'fenced', phase: row.phase };
      if (intent.at >= row.deadline) return { kind: 'past-deadline', deadline: row.deadline };
      this.database.run('INSERT INTO attributes VALUES (?, ?, ?)', runId, name, JSON.stringify(intent));
      if (first) this.changeBody(runId, { execution: first.execution });
      return this.granted(runId, row);
    });
  }

  apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    return this.database.write((): Answer<'apply'> => {
      const sk = `S#${keyText(outcome.key)}`;
      const added = this.database.run(
        'INSERT OR IGNORE INTO items VALUES (?, ?, ?)',
        partition(runId),
        sk,
        JSON.stringify(outcome),
      );
      const known = added === 0 ? this.item<AppliedOutcome>(runId, sk) : undefined;
      return known ? { kind: 'exists', outcome: known } : { kind: 'recorded' };
    });
  }

  fail(runId: string, outcome: FailedOutcome, fence: boolean): Promise<Answer<'fail'>> {
    return this.database.write((): Answer<'fail'> => {
      const row = this.row(runId);
      const open = row && row.epoch === outcome.epoch && (row.phase === 'forward' || row.phase === 'fenced');
      if (!open) return { kind: 'late', phase: row?.phase ?? 'failed' };
      this.database.run(
        'INSERT OR REPLACE INTO attributes VALUES (?, ?, ?)',
        runId,
        `b:${keyText(outcome.key)}`,
        JSON.stringify(outcome),
      );
      if (fence) this.raise(runId, row, outcome.error);
      return { kind: 'recorded' };
    });
  }

  fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    return this.database.write((): Answer<'fence'> => {
      const row = this.row(runId);
      if (!row) return undefined;
      if (row.epoch === epoch) this.raise(runId, row, error);
      return { phase: row.epoch === epoch && row.phase === 'forward' ? 'fenced' : row.phase };
    });
  }

  close(runId: string, close: Parameters<Journal['close']>[1]): Promise<Answer<'close'>> {
    return this.database.write((): Answer<'close'> => {
      const row = this.row(runId);
      if (!row || row.epoch !== close.epoch) return { kind: 'stale', epoch: row?.epoch ?? 0 };
      if (row.phase === 'succeeded') return { kind: 'again', outputs: this.body(runId)?.outputs ?? {} };
      if (row.phase !== 'forward') return { kind: 'fenced', phase: row.phase };
      this.end(runId, 'succeeded', close.at);
      this.changeBody(runId, { outputs: close.outputs });
      return { kind: 'closed' };
    });
  }

  finish(runId: string, end: Parameters<Journal['finish']>[1]): Promise<Answer<'finish'>> {
    return this.database.write((): Answer<'finish'> => {
      const row = this.row(runId);
      if (!row) return { kind: 'not-now', phase: 'failed', epoch: 0 };
      const open = row.epoch === end.epoch && (row.phase === 'fenced' || row.phase === 'compensating');
      if (!open) return { kind: 'not-now', phase: row.phase, epoch: row.epoch };
      this.end(runId, end.phase, end.at);
      if (end.reason !== undefined) this.changeBody(runId, { reason: end.reason });
      return { kind: 'finished' };
    });
  }

  private granted(runId: string, { deadline }: HeaderRow): Answer<'intend'> {
    const intents = this.database.get(
      "SELECT count(*) AS seq FROM attributes WHERE run_id = ? AND name >= 'i:' AND name < 'i;'",
      runId,
    );
    const traceparent = this.body(runId)?.traceparent;
    return {
      kind: 'granted',
      deadline,
      seq: Number(intents?.['seq']),
      ...(traceparent !== undefined && { traceparent }),
    };
  }

  private raise(runId: string, row: HeaderRow, error: RunError): void {
    if (row.phase !== 'forward') return;
    this.database.run("UPDATE runs SET phase = 'fenced' WHERE run_id = ?", runId);
    this.changeBody(runId, { error });
  }

  private end(runId: string, phase: Phase, at: number): void {
    this.database.run('UPDATE runs SET phase = ?, ended_at = ? WHERE run_id = ?', phase, at, runId);
  }

  private changeBody(runId: string, change: Partial<HeaderBody>): void {
    const body = { ...this.body(runId), ...change };
    this.database.run('UPDATE runs SET body = ? WHERE run_id = ?', JSON.stringify(body), runId);
  }

  private body(runId: string): HeaderBody | undefined {
    return parsed(this.database.get('SELECT body FROM runs WHERE run_id = ?', runId));
  }

  private row(runId: string): HeaderRow | undefined {
    const row = this.database.get('SELECT phase, epoch, deadline FROM runs WHERE run_id = ?', runId);
    // The columns are written by this class only, in these types.
    return row as HeaderRow | undefined;
  }

  private attribute<T>(runId: string, name: string): T | undefined {
    return parsed(this.database.get('SELECT body FROM attributes WHERE run_id = ? AND name = ?', runId, name));
  }

  private failureOf(runId: string, key: VisitKey): { readonly failure?: FailedOutcome } {
    const failure = this.attribute<FailedOutcome>(runId, `b:${keyText(key)}`);
    return failure ? { failure } : {};
  }

  private item<T extends object | Json>(runId: string, sk: string): T | undefined {
    return parsed(this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', partition(runId), sk));
  }

  private readHeader(runId: string): RunHeader | undefined {
    const row = this.database.get('SELECT * FROM runs WHERE run_id = ?', runId);
    const body = parsed<HeaderBody>(row);
    if (!row || !body) return undefined;
    const attributes = this.database.all('SELECT name, body FROM attributes WHERE run_id = ?', runId);
    const named = (prefix: string): readonly Row[] =>
      attributes.filter((one) => String(one['name']).startsWith(prefix));
    const intents = named('i:').flatMap((one) => parsed<Intent>(one) ?? []);
    const failures = named('b:').flatMap((one) => parsed<FailedOutcome>(one) ?? []);
    return {
      ...summaryOf(row),
      ...body,
      epoch: Number(row['epoch']),
      deadline: Number(row['deadline']),
      intents,
      failures,
    };
  }
}

function partition(runId: string): string {
  return `R#${runId}`;
}

export function keyText(key: VisitKey): string {
  return `${key.step}.${key.visit}.${key.gen}`;
}

function summaryOf(row: Row): RunSummary {
  const endedAt = row['ended_at'];
  return {
    runId: String(row['run_id']),
    workflowId: String(row['workflow_id']),
    // Written by this class only, from the port's own words.
    phase: String(row['phase']) as Phase,
    startedAt: Number(row['started_at']),
    ...(typeof endedAt === 'number' && { endedAt }),
  };
}

function cursorOf(run: RunSummary): string {
  return `${run.startedAt}:${run.runId}`;
}

function parseCursor(text: string | undefined): { readonly startedAt: number; readonly runId: string } | undefined {
  const match = /^(\d+):(.+)$/.exec(text ?? '');
  return match?.[1] && match[2] ? { startedAt: Number(match[1]), runId: match[2] } : undefined;
}
