/** The durability port in memory: what tests and rehearsals crash and recover from. Nothing survives the process. */
import { assert } from '../model/assert.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type {
  EndRecord,
  EngineLog,
  EventRecord,
  ExecutionSummary,
  ListQuery,
  LoggedExecution,
  LogRecord,
  SnapshotRecord,
} from './log.ts';
import type { StartEvent } from './event.ts';

interface Entry {
  readonly events: EventRecord[];
  snapshot?: SnapshotRecord;
  end?: EndRecord;
}

export class MemoryLog implements EngineLog {
  readonly #definitions = new Map<string, StateMachineDefinition>();
  readonly #entries = new Map<string, Entry>();
  /** How often append was called: the commits that a durable log would have made, at most. */
  appends = 0;

  async append(records: readonly LogRecord[]): Promise<void> {
    this.appends += 1;
    for (const record of records) this.#add(record);
  }

  async definition(hash: string): Promise<StateMachineDefinition | undefined> {
    return this.#definitions.get(hash);
  }

  async load(): Promise<readonly LoggedExecution[]> {
    const open = [...this.#entries].filter(([, { end }]) => end === undefined);
    return open.map(([executionId, { snapshot, events }]) => ({
      executionId,
      start: startOf(events),
      ...(snapshot !== undefined && { snapshot }),
      events: events.filter((event) => event.sequence > (snapshot?.sequence ?? -1)),
    }));
  }

  async read(executionId: string): Promise<LoggedExecution | undefined> {
    const entry = this.#entries.get(executionId);
    if (entry === undefined) return undefined;
    const { events, end } = entry;
    return { executionId, start: startOf(events), events, ...(end !== undefined && { outcome: end.outcome }) };
  }

  async list({ machine, status, limit = 100 }: ListQuery): Promise<readonly ExecutionSummary[]> {
    return [...this.#entries]
      .map(([executionId, entry]) => summaryOf(executionId, entry))
      .filter((summary) => summary !== null)
      .filter((summary) => machine === undefined || summary.machine === machine)
      .filter((summary) => status === undefined || summary.status === status)
      .toSorted((left, right) => right.startTime - left.startTime)
      .slice(0, limit);
  }

  #add(record: LogRecord): void {
    if (record.kind === 'definition') {
      this.#definitions.set(record.hash, record.definition);
      return;
    }
    const entry = this.#entries.get(record.executionId) ?? { events: [] };
    this.#entries.set(record.executionId, entry);
    if (record.kind === 'snapshot') entry.snapshot = record;
    else if (record.kind === 'end') entry.end = record;
    else {
      entry.events.push(record);
      if (entry.end !== undefined && record.sequence > entry.end.sequence) delete entry.end;
    }
  }
}

function startOf(events: readonly EventRecord[]): StartEvent {
  const first = events[0]?.event;
  assert(first?.type === 'start', 'the first record of an execution is its start');
  return first;
}

/** null for what was started by another execution. */
function summaryOf(executionId: string, { events, end }: Entry): ExecutionSummary | null {
  const start = startOf(events);
  if (start.parent !== undefined) return null;
  const { machine, name, time: startTime } = start;
  const head = { executionId, machine, name, startTime };
  return end === undefined
    ? { ...head, status: 'RUNNING' }
    : { ...head, status: end.outcome.status, stopTime: end.outcome.stopTime };
}
