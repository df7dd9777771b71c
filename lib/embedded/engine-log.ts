/**
 * The engine's durability port over the data file: one commit for all that is appended within one turn. An execution has
 * a small integer for its key and the rows of all executions are appended one behind the other, so that a commit writes
 * few pages however many executions share it. What one append holds of an execution is one row. Events and snapshots are
 * JSON text to it, with a checksum: what a disk changed is refused before it is replayed.
 */
import type { StateMachineDefinition } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { InboundEvent, StartEvent } from '../engine/event.ts';
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
import type { Snapshot } from '../engine/snapshot.ts';
import { type Database, parsed, type Row } from './database.ts';
import { type LoggedTurn, verified, writingOf } from './logged-turn.ts';
import { damaged } from './store-failure.ts';

export class SqliteEngineLog implements EngineLog {
  private readonly database: Database;
  /** Of the executions that run here, once they are durable. */
  private readonly keys = new Map<string, number>();

  constructor(database: Database) {
    this.database = database;
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const { definitions, turns } = writingOf(records);
    const keys = await this.database.write(() => {
      for (const { hash, body } of definitions)
        this.database.run('INSERT OR IGNORE INTO definitions VALUES (?, ?)', hash, body);
      return turns.map((turn) => this.put(turn));
    });
    for (let index = 0; index < turns.length; index += 1) {
      const { executionId, end } = turns[index] as LoggedTurn;
      if (end !== null) this.keys.delete(executionId);
      else this.keys.set(executionId, keys[index] as number);
    }
  }

  /** Gives the execution's key. */
  private put(turn: LoggedTurn): number {
    const { start, events, snapshot } = turn;
    const key = start === null ? this.keyOf(turn.executionId) : this.putStart(turn, start);
    if (start === null) this.putStatus(key, turn);
    if (events !== null) {
      const { sequence, body, checksum } = events;
      this.database.run('INSERT INTO events VALUES (?, ?, ?, ?)', key, sequence, body, checksum);
    }
    if (snapshot !== null) {
      const { sequence, body, checksum } = snapshot;
      this.database.run('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)', key, sequence, body, checksum);
    }
    return key;
  }

  private putStart({ executionId, end }: LoggedTurn, { machine, name, parent, time }: StartEvent): number {
    const key = this.database.insert(
      `INSERT INTO executions (execution_id, machine, name, parent, status, start_time, stop_time, outcome)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      executionId,
      machine,
      name,
      parent ?? null,
      end?.outcome.status ?? 'RUNNING',
      time,
      end?.outcome.stopTime ?? null,
      end?.body ?? null,
    );
    if (end === null) this.database.run('INSERT INTO open_executions VALUES (?)', key);
    return key;
  }

  /** An end, or an end taken back by a redrive. */
  private putStatus(key: number, { end, redriven }: LoggedTurn): void {
    if (end === null && !redriven) return;
    this.database.run(
      'UPDATE executions SET status = ?, stop_time = ?, outcome = ? WHERE key = ?',
      end?.outcome.status ?? 'RUNNING',
      end?.outcome.stopTime ?? null,
      end?.body ?? null,
      key,
    );
    if (end === null) this.database.run('INSERT OR IGNORE INTO open_executions VALUES (?)', key);
    else this.database.run('DELETE FROM open_executions WHERE key = ?', key);
  }

  private keyOf(executionId: string): number {
    const known = this.keys.get(executionId);
    if (known !== undefined) return known;
    const row = this.database.get('SELECT key FROM executions WHERE execution_id = ?', executionId);
    assert(row !== undefined, 'the first record of an execution is its start');
    return Number(row['key']);
  }

  definition(hash: string): Promise<StateMachineDefinition | undefined> {
    return this.database.read(() =>
      parsed<StateMachineDefinition>(this.database.get('SELECT body FROM definitions WHERE hash = ?', hash)),
    );
  }

  load(): Promise<readonly LoggedExecution[]> {
    return this.database.read(() =>
      this.database
        .all('SELECT key, execution_id FROM open_executions LEFT JOIN executions USING (key) ORDER BY key')
        .map((row) => this.fromSnapshot(Number(row['key']), row['execution_id'])),
    );
  }

  read(executionId: string): Promise<LoggedExecution | undefined> {
    return this.database.read(() => {
      const row = this.database.get('SELECT key, outcome FROM executions WHERE execution_id = ?', executionId);
      if (row === undefined) return undefined;
      const outcome = row['outcome'] === null ? undefined : parsed<Outcome>(row, 'outcome');
      const events = this.eventsAfter(Number(row['key']), executionId, -1);
      return { executionId, start: this.startIn(events), events, ...(outcome && { outcome }) };
    });
  }

  list(query: ListQuery): Promise<readonly ExecutionSummary[]> {
    return this.database.read(() =>
      this.database
        .all(
          `SELECT execution_id, machine, name, status, start_time, stop_time FROM executions
           WHERE parent IS NULL AND (?1 IS NULL OR machine = ?1) AND (?2 IS NULL OR status = ?2)
           ORDER BY key DESC LIMIT ?3`,
          query.machine ?? null,
          query.status ?? null,
          query.limit ?? 100,
        )
        .map(summaryOf),
    );
  }

  private fromSnapshot(key: number, executionId: unknown): LoggedExecution {
    if (typeof executionId !== 'string') throw damaged(this.database.path, new Error('an execution in it has no id'));
    const row = this.database.get('SELECT sequence, body, checksum FROM snapshots WHERE execution = ?', key);
    if (row === undefined) {
      const events = this.eventsAfter(key, executionId, -1);
      return { executionId, start: this.startIn(events), events };
    }
    const sequence = Number(row['sequence']);
    // Only this class writes snapshots, as the engine gave them.
    const snapshot = this.verified(row) as unknown as Snapshot;
    const record: SnapshotRecord = { kind: 'snapshot', executionId, sequence, snapshot };
    const events = this.eventsAfter(key, executionId, sequence);
    return { executionId, start: this.startOf(key, executionId), snapshot: record, events };
  }

  /** A snapshot stands at the end of a row, so no row holds events of both sides. */
  private eventsAfter(key: number, executionId: string, sequence: number): readonly EventRecord[] {
    const rows = this.database.all(
      'SELECT sequence, body, checksum FROM events WHERE execution = ? AND sequence > ? ORDER BY rowid',
      key,
      sequence,
    );
    return rows.flatMap((row) => this.recordsOf(executionId, row));
  }

  private startOf(key: number, executionId: string): StartEvent {
    const first = this.database.get(
      'SELECT sequence, body, checksum FROM events WHERE execution = ? ORDER BY rowid LIMIT 1',
      key,
    );
    return this.startIn(first === undefined ? [] : this.recordsOf(executionId, first));
  }

  private startIn(events: readonly EventRecord[]): StartEvent {
    const event = events[0]?.event;
    if (event?.type === 'start') return event;
    throw damaged(this.database.path, new Error('an execution in it has no beginning'));
  }

  private recordsOf(executionId: string, row: Row): readonly EventRecord[] {
    const first = Number(row['sequence']);
    // Only this class writes events, as the engine gave them.
    const events = this.verified(row) as unknown as readonly InboundEvent[];
    return events.map((event, index) => ({ kind: 'event', executionId, sequence: first + index, event }));
  }

  private verified({ body, checksum }: Row): Json {
    const value = verified(body, checksum);
    if (value !== undefined) return value;
    throw damaged(this.database.path, new Error('a record in it is not as it was written'));
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
