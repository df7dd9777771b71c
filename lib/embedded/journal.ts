/**
 * The run journal over the data file: the conditions of run-contract sections 3, 5 and 7, each checked and written in
 * one transaction. Its failing half is settling-journal.ts, its shards are in shard-journal.ts, its twin over DynamoDB is
 * lib/aws/journal.ts; both pass test/contract/journal.ts. Bodies become text before the transaction, and a step's two writes are two statements and one.
 */
import { assert } from '../model/assert.ts';
import type { Kept, KeptInput } from '../model/kept.ts';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  AuditEntry,
  FailedOutcome,
  Intent,
  IntentGranted,
  Journal,
  Passed,
  RunHeader,
  RunQuery,
  RunRecord,
  RunStart,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import {
  executionName,
  failureName,
  inputName,
  intentName,
  type IntentRow,
  isVerdict,
  outputsName,
  settledName,
  summaryOf,
  passedName,
} from './journal-rows.ts';
import { type Answer, notNow } from './settling-journal.ts';
import { ShardJournal } from './shard-journal.ts';

export class SqliteJournal extends ShardJournal implements Journal {
  async start(run: RunStart): Promise<Answer<'start'>> {
    const input = JSON.stringify(run.input);
    const started = await this.database.write((): number | RunHeader => {
      const added = this.database.get(
        `INSERT INTO runs (run_id, workflow_id, phase, epoch, deadline, started_at, plan_hash, input_digest, actor, traceparent)
         VALUES (?, ?, 'forward', 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING run`,
        run.runId,
        run.workflowId,
        run.deadline,
        run.startedAt,
        run.planHash,
        run.inputDigest,
        run.actor,
        run.traceparent ?? null,
      );
      const known = added ? undefined : this.rows.header(run.runId);
      if (known) return known;
      const number = Number(added?.['run']);
      this.rows.add(number, inputName(run.inputDigest), input);
      return number;
    });
    if (typeof started !== 'number') return { kind: 'exists', header: started };
    this.rows.remember(run.runId, started);
    return { kind: 'started' };
  }

  header(runId: string): Promise<RunHeader | undefined> {
    return Promise.resolve(this.rows.header(runId));
  }

  input(runId: string, digest?: string): Promise<KeptInput | undefined> {
    const header = this.rows.run(runId);
    return Promise.resolve(header && this.rows.value<KeptInput>(header.run, inputName(digest ?? header.input_digest)));
  }

  record(runId: string): Promise<RunRecord | undefined> {
    return Promise.resolve(this.rows.record(runId));
  }

  applied(runId: string, key: VisitKey): Promise<AppliedOutcome | undefined> {
    const run = this.rows.number(runId);
    const settled = run === undefined ? undefined : this.rows.value<AppliedOutcome | Verdict>(run, settledName(key));
    return Promise.resolve(settled && !isVerdict(settled) ? settled : undefined);
  }

  audits(runId: string): Promise<readonly AuditEntry[]> {
    const run = this.rows.number(runId);
    return Promise.resolve(run === undefined ? [] : this.rows.audits<AuditEntry>(run));
  }

  list(query: RunQuery): Promise<Answer<'list'>> {
    const after = parseCursor(query.after);
    const phases = query.phases?.length ? JSON.stringify(query.phases) : null;
    const rows = this.database.all(
      `SELECT run, run_id, workflow_id, phase, started_at, ended_at FROM runs
       WHERE (?1 IS NULL OR workflow_id = ?1)
         AND (?2 IS NULL OR phase IN (SELECT value FROM json_each(?2)))
         AND (?3 IS NULL OR started_at < ?3 OR (started_at = ?3 AND run < ?4))
       ORDER BY started_at DESC, run DESC LIMIT ?5`,
      query.workflowId ?? null,
      phases,
      after?.startedAt ?? null,
      after?.run ?? null,
      query.limit + 1,
    );
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const next = rows.length > query.limit && last ? { next: `${last['started_at']}:${last['run']}` } : {};
    return Promise.resolve({ runs: page.map(summaryOf), ...next });
  }

  intend(runId: string, intent: Intent, more: Parameters<Journal['intend']>[2] = {}): Promise<Answer<'intend'>> {
    const text = JSON.stringify(intent);
    return this.database.write((): Answer<'intend'> => {
      const row = this.rows.intending(runId);
      if (!row) return { kind: 'unknown-run' };
      if (row.epoch !== intent.epoch) return { kind: 'stale', epoch: row.epoch };
      const open = row.phase === 'forward' && intent.at < row.deadline;
      if (!open || !this.rows.add(row.run, intentName(intent.key), text)) {
        return this.intendAgain(row, intent, open ? more.after : undefined);
      }
      if (more.execution !== undefined) {
        this.rows.add(row.run, executionName(row.epoch), JSON.stringify(more.execution));
      }
      return granted(row, row.seq + 1);
    });
  }

  /** The visit has an intent, or the run takes none; `after` is given only where it may be replaced. */
  private intendAgain(row: IntentRow, intent: Intent, after: Intent | undefined): Answer<'intend'> {
    const name = intentName(intent.key);
    const known = this.rows.value<Intent>(row.run, name);
    if (!known) {
      if (row.phase !== 'forward') return { kind: 'fenced', phase: row.phase };
      return { kind: 'past-deadline', deadline: row.deadline };
    }
    if (known.nonce === intent.nonce) return granted(row, row.seq);
    const failure = this.rows.value<FailedOutcome>(row.run, failureName(intent.key));
    const over = after && isSame(known, after) && known.leaseUntil <= intent.at;
    if (!over || failure) return { kind: 'repeat', intent: known, ...(failure && { failure }) };
    this.rows.put(row.run, name, JSON.stringify(intent));
    return granted(row, row.seq);
  }

  apply(runId: string, outcome: AppliedOutcome): Promise<Answer<'apply'>> {
    const text = JSON.stringify(outcome);
    return this.database.write((): Answer<'apply'> => {
      const run = this.rows.number(runId);
      assert(run !== undefined, `run ${runId} was started before anything was applied in it`);
      const name = settledName(outcome.key);
      const known = this.rows.add(run, name, text) ? undefined : this.rows.value<AppliedOutcome | Verdict>(run, name);
      if (!known) return { kind: 'recorded' };
      if (isVerdict(known)) return { kind: 'late', verdict: known };
      return JSON.stringify(known) === text ? { kind: 'recorded' } : { kind: 'exists', outcome: known };
    });
  }

  decideFailed(runId: string, verdict: Verdict): Promise<Answer<'decideFailed'>> {
    const name = settledName(verdict.key);
    const text = JSON.stringify(verdict);
    return this.database.write((): Answer<'decideFailed'> => {
      const run = this.rows.number(runId);
      assert(run !== undefined, `run ${runId} was started before a step of it failed`);
      const known = this.rows.add(run, name, text) ? text : this.rows.text(run, name);
      if (known === undefined || known === text) return { kind: 'recorded' };
      return { kind: 'exists', by: JSON.parse(known) as AppliedOutcome | Verdict };
    });
  }

  fail(runId: string, outcome: FailedOutcome, fence: boolean, of?: Intent): Promise<Answer<'fail'>> {
    const name = failureName(outcome.key);
    const text = JSON.stringify(outcome);
    return this.database.write((): Answer<'fail'> => {
      const row = this.rows.run(runId);
      if (row?.epoch !== outcome.epoch) return { kind: 'late', phase: row?.phase ?? 'failed' };
      const open = row.phase === 'forward' || row.phase === 'fenced';
      const superseded = of && this.rows.value<Intent>(row.run, intentName(of.key))?.nonce !== of.nonce;
      const added = open && !superseded && this.rows.add(row.run, name, text);
      const known = added ? text : this.rows.text(row.run, name);
      const ours = known === text && row.phase !== 'succeeded';
      if (ours && fence) this.raise(runId, outcome.error);
      if (ours) return { kind: 'recorded' };
      if (!open) return { kind: 'late', phase: row.phase };
      if (known === undefined) return { kind: 'superseded' };
      return { kind: 'exists', outcome: JSON.parse(known) as FailedOutcome };
    });
  }

  pass(runId: string, passed: Passed): Promise<Answer<'pass'>> {
    const text = JSON.stringify(passed);
    return this.database.write((): Answer<'pass'> => {
      const row = this.rows.run(runId);
      if (row?.epoch !== passed.epoch || row.phase !== 'forward') return notNow(row);
      this.rows.put(row.run, passedName(passed.key), text);
      return { kind: 'recorded' };
    });
  }

  fence(runId: string, epoch: number, error: RunError): Promise<Answer<'fence'>> {
    return this.database.write((): Answer<'fence'> => {
      const row = this.rows.run(runId);
      if (!row) return undefined;
      const raised = row.epoch === epoch && this.raise(runId, error);
      return { phase: raised ? 'fenced' : row.phase };
    });
  }

  close(runId: string, close: Parameters<Journal['close']>[1]): Promise<Answer<'close'>> {
    const outputs = JSON.stringify(close.outputs);
    return this.database.write((): Answer<'close'> => {
      const row = this.rows.run(runId);
      if (row?.epoch !== close.epoch) return { kind: 'stale', epoch: row?.epoch ?? 0 };
      const name = outputsName(row.epoch);
      if (row.phase === 'succeeded') {
        return { kind: 'again', outputs: this.rows.value<Kept>(row.run, name) ?? {} };
      }
      if (row.phase !== 'forward') return { kind: 'fenced', phase: row.phase };
      const sql = "UPDATE runs SET phase = 'succeeded', ended_at = ?, degraded = ? WHERE run = ?";
      this.rows.change(runId, sql, close.at, close.degraded === true ? 1 : 0);
      this.rows.add(row.run, name, outputs);
      return { kind: 'closed' };
    });
  }

  private raise(runId: string, error: RunError): boolean {
    const sql = "UPDATE runs SET phase = 'fenced', error = ? WHERE phase = 'forward' AND run = ?";
    return this.rows.change(runId, sql, JSON.stringify(error)) > 0;
  }
}

function granted({ deadline, traceparent }: IntentRow, seq: number): IntentGranted {
  return { kind: 'granted', deadline, seq, ...(traceparent !== null && { traceparent }) };
}

function isSame(one: Intent, other: Intent): boolean {
  const { nonce, epoch, at, leaseUntil } = other;
  return one.nonce === nonce && one.epoch === epoch && one.at === at && one.leaseUntil === leaseUntil;
}

function parseCursor(text: string | undefined): { readonly startedAt: number; readonly run: number } | undefined {
  const match = /^(\d+):(\d+)$/.exec(text ?? '');
  return match ? { startedAt: Number(match[1]), run: Number(match[2]) } : undefined;
}
