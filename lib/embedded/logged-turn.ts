/**
 * What one append means for the tables of the data file: per execution one row of events, perhaps a snapshot, perhaps an
 * end. The JSON is written here, once and outside the transaction, so that a commit is kept short and can be tried again.
 */
import { crc32 } from 'node:zlib';
import type { InboundEvent, StartEvent } from '../engine/event.ts';
import type { LogRecord, Outcome } from '../engine/log.ts';
import type { Json } from '../model/json.ts';

export interface LoggedTurn {
  readonly executionId: string;
  /** Its first event, where this is its first turn. */
  readonly start: StartEvent | null;
  readonly redriven: boolean;
  readonly events: LoggedText | null;
  readonly snapshot: LoggedText | null;
  readonly end: { readonly outcome: Outcome; readonly body: string } | null;
}

interface LoggedText {
  /** Of the first event, or of the last one that is in the snapshot. */
  readonly sequence: number;
  readonly body: string;
  /** A disk that changes a byte must not change a run: what is replayed is checked first. */
  readonly checksum: number;
}

export interface Writing {
  readonly definitions: readonly { readonly hash: string; readonly body: string }[];
  readonly turns: readonly LoggedTurn[];
}

type OwnRecord = Exclude<LogRecord, { readonly kind: 'definition' }>;

export function writingOf(records: readonly LogRecord[]): Writing {
  const definitions: { readonly hash: string; readonly body: string }[] = [];
  const own: OwnRecord[] = [];
  for (const record of records) {
    if (record.kind === 'definition') definitions.push({ hash: record.hash, body: JSON.stringify(record.definition) });
    else own.push(record);
  }
  const id = own[0]?.executionId;
  if (id === undefined) return { definitions, turns: [] };
  // Nearly always there is one execution, and this is in the way of every event.
  const isOne = own.every(({ executionId }) => executionId === id);
  return { definitions, turns: isOne ? [turnOf(id, own)] : turnsOf(own) };
}

function turnsOf(records: readonly OwnRecord[]): readonly LoggedTurn[] {
  const byExecution = Map.groupBy(records, ({ executionId }) => executionId);
  return Array.from(byExecution, ([executionId, own]) => turnOf(executionId, own));
}

function turnOf(executionId: string, records: readonly OwnRecord[]): LoggedTurn {
  const events: InboundEvent[] = [];
  let sequence = 0;
  let redriven = false;
  let snapshot: LoggedText | null = null;
  let end: LoggedTurn['end'] = null;
  for (const record of records) {
    if (record.kind === 'event') {
      if (events.length === 0) sequence = record.sequence;
      redriven ||= record.event.type === 'redrive';
      events.push(record.event);
    } else if (record.kind === 'end') end = { outcome: record.outcome, body: JSON.stringify(record.outcome) };
    else snapshot = textOf(record.sequence, record.snapshot);
  }
  const first = events[0];
  const text = first === undefined ? null : textOf(sequence, events);
  return { executionId, start: first?.type === 'start' ? first : null, redriven, events: text, snapshot, end };
}

function textOf(sequence: number, value: unknown): LoggedText {
  const body = JSON.stringify(value);
  return { sequence, body, checksum: crc32(body) };
}

/** undefined: the text is not the one that was written. */
export function verified(body: unknown, checksum: unknown): Json | undefined {
  // Parsed JSON is Json.
  return typeof body === 'string' && crc32(body) === checksum ? (JSON.parse(body) as Json) : undefined;
}
