/** The engine's durability port over the data file: one commit for all that is appended within one turn. */
import type { StateMachineDefinition } from '../model/asl.ts';
import { assert, unreachable } from '../model/assert.ts';
import type { StartEvent } from '../engine/event.ts';
import type {
  EngineLog,
  EventRecord,
  ExecutionSummary,
  ListQuery,
  LoggedExecution,
  LogRecord,
  Outcome,
  SnapshotRecord,
} from '../engine/log.ts';
import { type Database, parsed, type Row } from './database.ts';

export class SqliteEngineLog implements EngineLog {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    return this.database.write(() => {
      for (const record of records) this.put(record);
    });
  }

  private put(record: LogRecord): void {
    const { database } = this;
    switch (record.kind) {
      case 'definition':
        database.run('INSERT OR IGNORE INTO definitions VALUES (?, ?)', record.hash, JSON.stringify(record.definition));
        return;
      case 'event':
        this.putEvent(record);
        return;
      case 'snapshot':
        database.run(
          'INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)',
          record.executionId,
          record.sequence,
          JSON.stringify(record),
        );
        return;
      case 'end':
        database.run(
          'UPDATE executions SET status = ?, stop_time = ?, end_sequence = ?, outcome = ? WHERE execution_id = ?',
          record.outcome.status,
          record.outcome.stopTime,
          record.sequence,
          JSON.stringify(record.outcome),
          record.executionId,
        );
        return;
      default:
        unreachable(record, 'log record');
    }
  }

  private putEvent(record: EventRecord): void {
    const { event, executionId, sequence } = record;
    if (event.type === 'start') {
      this.database.run(
        "INSERT INTO executions (execution_id, machine, name, parent, status, start_time) VALUES (?, ?, ?, ?, 'RUNNING', ?)",
        executionId,
        event.machine,
        event.name,
        event.parent ?? null,
        event.time,
      );
    }
    if (event.type === 'redrive') {
      this.database.run(
        "UPDATE executions SET status = 'RUNNING', stop_time = NULL, end_sequence = NULL, outcome = NULL WHERE execution_id = ?",
        executionId,
      );
    }
    this.database.run('INSERT INTO events VALUES (?, ?, ?)', executionId, sequence, JSON.stringify(record));
  }

  definition(hash: string): Promise<StateMachineDefinition | undefined> {
    return Promise.resolve(parsed(this.database.get('SELECT body FROM definitions WHERE hash = ?', hash)));
  }

  load(): Promise<readonly LoggedExecution[]> {
    const open = this.database.all(
      "SELECT execution_id FROM executions WHERE status = 'RUNNING' ORDER BY start_time, execution_id",
    );
    return Promise.resolve(open.map((row) => this.fromSnapshot(String(row['execution_id']))));
  }

  read(executionId: string): Promise<LoggedExecution | undefined> {
    const row = this.database.get('SELECT outcome FROM executions WHERE execution_id = ?', executionId);
    if (row === undefined) return Promise.resolve(undefined);
    const outcome = row['outcome'] === null ? undefined : parsed<Outcome>(row, 'outcome');
    const events = this.eventsAfter(executionId, -1);
    return Promise.resolve({ executionId, start: this.startOf(executionId), events, ...(outcome && { outcome }) });
  }

  list(query: ListQuery): Promise<readonly ExecutionSummary[]> {
    const rows = this.database.all(
      `SELECT execution_id, machine, name, status, start_time, stop_time FROM executions
       WHERE parent IS NULL AND (?1 IS NULL OR machine = ?1) AND (?2 IS NULL OR status = ?2)
       ORDER BY start_time DESC, execution_id LIMIT ?3`,
      query.machine ?? null,
      query.status ?? null,
      query.limit ?? 100,
    );
    return Promise.resolve(rows.map(summaryOf));
  }

  private fromSnapshot(executionId: string): LoggedExecution {
    const snapshot = parsed<SnapshotRecord>(
      this.database.get('SELECT body FROM snapshots WHERE execution_id = ?', executionId),
    );
    const events = this.eventsAfter(executionId, snapshot?.sequence ?? -1);
    return { executionId, start: this.startOf(executionId), events, ...(snapshot && { snapshot }) };
  }

  private startOf(executionId: string): StartEvent {
    const row = this.database.get('SELECT body FROM events WHERE execution_id = ? AND sequence = 0', executionId);
    const event = parsed<EventRecord>(row)?.event;
    assert(event?.type === 'start', 'the first event of an execution is its start');
    return event;
  }

  private eventsAfter(executionId: string, sequence: number): readonly EventRecord[] {
    const rows = this.database.all(
      'SELECT body FROM events WHERE execution_id = ? AND sequence > ? ORDER BY sequence',
      executionId,
      sequence,
    );
    return rows.flatMap((row) => parsed<EventRecord>(row) ?? []);
  }
}

function summaryOf(row: Row): ExecutionSummary {
  const stopTime = row['stop_time'];
  return {
    executionId: String(row['execution_id']),
    machine: String(row['machine']),
    name: String(row['name']),
    // Written by `put` from the engine's own words only.
    status: String(row['status']) as ExecutionSummary['status'],
    startTime: Number(row['start_time']),
    ...(stopTime !== null && stopTime !== undefined && { stopTime: Number(stopTime) }),
  };
}
