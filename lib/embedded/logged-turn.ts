/**
 * What one append means for the tables of the data file: per execution one row of events, perhaps a snapshot, perhaps an
 * end. The JSON is written here, once and outside the transaction, so that a commit is kept short and can be tried again.
 */
import type { InboundEvent, StartEvent } from '../engine/event.ts';
import type { LogRecord, Outcome } from '../engine/log.ts';

export interface LoggedTurn {
  readonly executionId: string;
  readonly start?: StartEvent;
  readonly redriven: boolean;
  readonly events?: { readonly sequence: number; readonly body: string };
  readonly snapshot?: { readonly sequence: number; readonly body: string };
  readonly end?: { readonly status: Outcome['status']; readonly stopTime: number; readonly body: string };
}

export interface Writing {
  readonly definitions: readonly { readonly hash: string; readonly body: string }[];
  readonly turns: readonly LoggedTurn[];
}

type OwnRecord = Exclude<LogRecord, { readonly kind: 'definition' }>;

export function writingOf(records: readonly LogRecord[]): Writing {
  const definitions: { readonly hash: string; readonly body: string }[] = [];
  const byExecution = new Map<string, OwnRecord[]>();
  for (const record of records) {
    if (record.kind === 'definition') {
      definitions.push({ hash: record.hash, body: JSON.stringify(record.definition) });
      continue;
    }
    const own = byExecution.get(record.executionId);
    if (own === undefined) byExecution.set(record.executionId, [record]);
    else own.push(record);
  }
  return { definitions, turns: [...byExecution].map(([executionId, own]) => turnOf(executionId, own)) };
}

function turnOf(executionId: string, records: readonly OwnRecord[]): LoggedTurn {
  const events: InboundEvent[] = [];
  let turn: LoggedTurn = { executionId, redriven: false };
  for (const record of records) {
    if (record.kind === 'event') events.push(record.event);
    else if (record.kind === 'end') turn = { ...turn, end: endOf(record.outcome) };
    else turn = { ...turn, snapshot: { sequence: record.sequence, body: JSON.stringify(record.snapshot) } };
  }
  const first = records.find((record) => record.kind === 'event');
  const start = events[0]?.type === 'start' ? events[0] : undefined;
  return {
    ...turn,
    redriven: events.some(({ type }) => type === 'redrive'),
    ...(start !== undefined && { start }),
    ...(first !== undefined && { events: { sequence: first.sequence, body: JSON.stringify(events) } }),
  };
}

function endOf(outcome: Outcome): LoggedTurn['end'] & object {
  return { status: outcome.status, stopTime: outcome.stopTime, body: JSON.stringify(outcome) };
}
