/**
 * The journal's failing half over the data file: who compensates, what was decided and undone, how a run ends and is
 * opened again (run-contract sections 6 and 7). Each condition is checked and written in one transaction.
 */
import { assert } from '../model/assert.ts';
import type { AppliedOutcome, Journal, Phase, UndoRecord, Verdict } from '../runtime/ports/journal.ts';
import type { Database } from './database.ts';
import { auditName, inputName, isVerdict, JournalRows, type RunRow, settledName, undoName } from './journal-rows.ts';

export type Answer<M extends keyof Journal> = Awaited<ReturnType<Journal[M]>>;
type Asked<M extends keyof Journal> = Parameters<Journal[M]>[1];

export class SettlingJournal {
  protected readonly database: Database;
  protected readonly rows: JournalRows;

  constructor(database: Database) {
    this.database = database;
    this.rows = new JournalRows(database);
  }

  compensate(runId: string, claim: Asked<'compensate'>): Promise<Answer<'compensate'>> {
    const { epoch, owner, at, leaseUntil } = claim;
    return this.database.write((): Answer<'compensate'> => {
      const taken = this.rows.change(
        runId,
        `UPDATE runs SET phase = 'compensating', owner = ?2, lease_until = ?4
         WHERE epoch = ?1 AND phase IN ('fenced', 'compensating')
           AND (owner IS NULL OR owner = ?2 OR lease_until <= ?3) AND run = ?5`,
        epoch,
        owner,
        at,
        leaseUntil,
      );
      if (taken > 0) return { kind: 'granted' };
      const row = this.rows.run(runId);
      const held = row?.epoch === epoch && row.phase === 'compensating' && row.owner !== null;
      return held ? { kind: 'held', by: { owner: row.owner, leaseUntil: row.lease_until ?? 0 } } : notNow(row);
    });
  }

  decide(runId: string, verdict: Verdict, owner?: string): Promise<Answer<'decide'>> {
    const name = settledName(verdict.key);
    const text = JSON.stringify(verdict);
    return this.database.write((): Answer<'decide'> => {
      const row = this.rows.run(runId);
      if (!row) return notNow(row);
      const known = this.rows.text(row.run, name);
      if (known === text) return { kind: 'recorded' };
      if (!mayDecide(row, verdict.epoch, owner)) return notNow(row);
      const by = known === undefined ? undefined : (JSON.parse(known) as AppliedOutcome | Verdict);
      if (by && !(isVerdict(by) && by.verdict === 'in-doubt')) return { kind: 'exists', by };
      this.rows.put(row.run, name, text);
      return { kind: 'recorded' };
    });
  }

  intendUndo(
    runId: string,
    record: UndoRecord,
    { owner, after }: Parameters<Journal['intendUndo']>[2],
  ): Promise<Answer<'intendUndo'>> {
    const name = undoName(record.key, record.number);
    return this.database.write((): Answer<'intendUndo'> => {
      const row = this.rows.run(runId);
      const known = row && this.rows.value<UndoRecord>(row.run, name);
      if (known?.nonce === record.nonce) return { kind: 'granted' };
      if (!row || !mayUndo(row, record.epoch, owner)) return notNow(row);
      const repeatable = known?.nonce === after && known?.state !== 'done' && known?.state !== 'accepted';
      if (known && !repeatable) return { kind: 'exists', record: known };
      this.rows.put(row.run, name, JSON.stringify(record));
      return { kind: 'granted' };
    });
  }

  recordUndo(runId: string, record: UndoRecord): Promise<Answer<'recordUndo'>> {
    const name = undoName(record.key, record.number);
    const text = JSON.stringify(record);
    return this.database.write((): Answer<'recordUndo'> => {
      const row = this.rows.run(runId);
      const known = row && this.rows.text(row.run, name);
      if (!row || known === undefined) return { kind: 'late' };
      if (known === text) return { kind: 'recorded' };
      const { nonce, state } = JSON.parse(known) as UndoRecord;
      if (nonce !== record.nonce || state !== 'live') return { kind: 'late' };
      this.rows.put(row.run, name, text);
      return { kind: 'recorded' };
    });
  }

  overrule(runId: string, record: UndoRecord): Promise<Answer<'overrule'>> {
    return this.database.write((): Answer<'overrule'> => {
      const row = this.rows.run(runId);
      if (row?.epoch !== record.epoch || row.phase !== 'needs-attention') return notNow(row);
      this.rows.put(row.run, undoName(record.key, record.number), JSON.stringify(record));
      return { kind: 'recorded' };
    });
  }

  finish(runId: string, { epoch, owner, at, phase, reason }: Asked<'finish'>): Promise<Answer<'finish'>> {
    return this.database.write((): Answer<'finish'> => {
      const ended = this.rows.change(
        runId,
        `UPDATE runs SET phase = ?, ended_at = ?, reason = ?
         WHERE epoch = ? AND owner = ? AND phase = 'compensating' AND run = ?`,
        phase,
        at,
        reason ?? null,
        epoch,
        owner,
      );
      if (ended > 0) return { kind: 'finished' };
      const row = this.rows.run(runId);
      const ours = row?.phase === phase && row.epoch === epoch && row.ended_at === at && row.owner === owner;
      return ours ? { kind: 'finished' } : notNow(row);
    });
  }

  resume(runId: string, epoch: number): Promise<Answer<'resume'>> {
    return this.database.write((): Answer<'resume'> => {
      const resumed = this.rows.change(
        runId,
        `UPDATE runs SET phase = 'compensating', released = 1, owner = NULL, lease_until = NULL, ended_at = NULL, reason = NULL
         WHERE epoch = ? AND phase = 'needs-attention' AND run = ?`,
        epoch,
      );
      return resumed > 0 ? { kind: 'resumed' } : notNow(this.rows.run(runId));
    });
  }

  /** Execution and outputs are recorded by epoch, so they need no clearing. */
  reopen(runId: string, { epoch, deadline, planHash, input }: Asked<'reopen'>): Promise<Answer<'reopen'>> {
    const inputText = JSON.stringify(input?.value);
    return this.database.write((): Answer<'reopen'> => {
      const reopened = this.rows.change(
        runId,
        `UPDATE runs SET phase = 'forward', epoch = ?1, deadline = ?2, plan_hash = ?3,
           input_digest = coalesce(?4, input_digest),
           earlier = json_insert(coalesce(earlier, '[]'), '$[#]',
             json_object('epoch', epoch, 'planHash', plan_hash, 'inputDigest', input_digest)),
           released = 0, error = NULL, reason = NULL, ended_at = NULL, owner = NULL, lease_until = NULL
         WHERE epoch = ?1 - 1 AND phase IN ('compensated', 'failed', 'needs-attention') AND run = ?5`,
        epoch,
        deadline,
        planHash,
        input?.digest ?? null,
      );
      const row = this.rows.run(runId);
      if (!row || reopened === 0) return notNow(row);
      if (input) this.rows.add(row.run, inputName(input.digest), inputText);
      return { kind: 'reopened' };
    });
  }

  audit(runId: string, entry: Parameters<Journal['audit']>[1]): Promise<void> {
    const text = JSON.stringify(entry);
    return this.database.write(() => {
      const row = this.rows.run(runId);
      assert(row, `run ${runId} was started before anything was done to it`);
      this.rows.put(row.run, auditName(entry.at, entry.nonce), text);
    });
  }
}

/** Its compensator may, in its epoch; nobody's is the operator's word on a run that has ended otherwise than well. */
function mayDecide(row: RunRow, epoch: number, owner: string | undefined): boolean {
  if (owner !== undefined) return mayUndo(row, epoch, owner);
  return row.epoch === epoch && ENDED_BADLY.includes(row.phase);
}

const ENDED_BADLY: readonly Phase[] = ['needs-attention', 'failed', 'compensated'];

/** Nobody's is a step's own, which is to be done again with other data: the run goes forward. */
function mayUndo(row: RunRow, epoch: number, owner: string | undefined): boolean {
  if (row.epoch !== epoch) return false;
  return owner === undefined ? row.phase === 'forward' : row.phase === 'compensating' && row.owner === owner;
}

/** Of a run that nobody started nothing can be said but that it is over. */
export function notNow(row: RunRow | undefined): {
  readonly kind: 'not-now';
  readonly phase: Phase;
  readonly epoch: number;
} {
  return { kind: 'not-now', phase: row?.phase ?? 'failed', epoch: row?.epoch ?? 0 };
}
