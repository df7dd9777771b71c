/**
 * The items of the run table as text (run-contract section 9): key attributes, sort keys, attribute names, and the way
 * between port values and DynamoDB's. Bodies are JSON text: DynamoDB's own numbers and sets cannot hold every JSON value,
 * and a body is never asked for by a part of it. What conditions look at (phase, epoch, deadline) is an attribute of its
 * own. Intents and failing outcomes are flat attributes of the header, because a nested map cannot be made and filled in
 * one expression.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../model/assert.ts';
import type { Kept } from '../model/kept.ts';
import type { RunError } from '../model/run.ts';
import type {
  AppliedOutcome,
  AuditEntry,
  EpochRecord,
  FailedOutcome,
  Intent,
  Passed,
  Phase,
  RunHeader,
  RunStart,
  RunSummary,
  ShardKey,
  UndoRecord,
  Verdict,
  VisitKey,
} from '../runtime/ports/journal.ts';
import { shardFromText, shardText } from '../runtime/shards.ts';
import { keyText } from '../runtime/visit.ts';

export type Item = { readonly [attribute: string]: AttributeValue };

/**
 * Sort keys in the order of reading: audit and shards (lib/runtime/shard-names.ts) for themselves, inputs beside the header,
 * and the header beside all else that the record of a run holds, so that each of them is one query. `$` follows `#` in UTF-8.
 */
export const AUDIT = 'A#';
export const AFTER_AUDIT = 'A$';
export const INPUT = 'G#';
export const HEADER = 'H';
export const SETTLED = 'S#';
export const UNDO = 'U#';
export const AFTER_UNDO = 'U$';

export const RUN = 'R#';

export function partition(runId: string): string {
  return `${RUN}${runId}`;
}

export function itemKey(runId: string, sk: string): { readonly pk: AttributeValue; readonly sk: AttributeValue } {
  return { pk: { S: partition(runId) }, sk: { S: sk } };
}

/** The input lies under its digest: written before the header, it can be orphaned but never be somebody else's. */
export function inputKey(inputDigest: string): string {
  return `${INPUT}${inputDigest}`;
}

/** An applied outcome or a verdict: one key, so that they exclude each other. */
export function settledKey(key: VisitKey): string {
  return `${SETTLED}${keyText(key)}`;
}

export function settledItem(runId: string, settled: AppliedOutcome | Verdict): Item {
  const item = { ...itemKey(runId, settledKey(settled.key)), body: text(settled) };
  return isVerdict(settled) ? { ...item, verdict: { S: settled.verdict } } : item;
}

export function isVerdict(settled: AppliedOutcome | Verdict): settled is Verdict {
  return 'verdict' in settled;
}

export function undoItem(runId: string, record: UndoRecord): Item {
  const key = itemKey(runId, `${UNDO}${keyText(record.key)}#${record.number}`);
  return { ...key, body: text(record), nonce: { S: record.nonce }, state: { S: record.state } };
}

/** Padded, so that the order of the text is the order of time. */
export function auditItem(runId: string, entry: AuditEntry): Item {
  return { ...itemKey(runId, `${AUDIT}${padded(entry.at)}#${entry.nonce}`), body: text(entry) };
}

export function intentName(key: VisitKey): string {
  return `i:${keyText(key)}`;
}

export function failureName(key: VisitKey): string {
  return `b:${keyText(key)}`;
}

export function passedName(key: VisitKey): string {
  return `t:${keyText(key)}`;
}

/** Says that a shard was opened; a header has up to a hundred for a list. */
export function shardName(key: ShardKey): string {
  return `${OPENED}${shardText(key)}`;
}

export function openedOf(item: Item): readonly ShardKey[] {
  const names = Object.keys(item).filter((name) => name.startsWith(OPENED));
  return names.map((name) => shardFromText(name.slice(OPENED.length)));
}

const OPENED = 's:';

/** With its members in one order: a repeat is conditional on the whole text. */
export function intentText({ key, epoch, at, leaseUntil, nonce, since }: Intent): { readonly S: string } {
  const { step, visit, gen } = key;
  const first = since === undefined ? {} : { since };
  return text({ key: { step, visit, gen }, epoch, at, leaseUntil, nonce, ...first });
}

/** What an epoch ran under, kept apart when the next one begins. */
export function earlierPlanName(epoch: number): string {
  return `p:${epoch}`;
}

export function earlierDigestName(epoch: number): string {
  return `d:${epoch}`;
}

export function text(value: object | string | number | boolean | null): { readonly S: string } {
  return { S: JSON.stringify(value) };
}

export function number(value: number): { readonly N: string } {
  return { N: String(value) };
}

/** A body of the table, in the type that it was written as: only this room writes the table. */
export function parsed<T>(value: AttributeValue | undefined): T | undefined {
  return value?.S === undefined ? undefined : (JSON.parse(value.S) as T);
}

/** Newest first is descending text: the milliseconds padded to one width, then the run's id, so that no two are equal. */
export function startedText({ startedAt, runId }: { readonly startedAt: number; readonly runId: string }): string {
  return `${padded(startedAt)}#${runId}`;
}

function padded(at: number): string {
  return String(at).padStart(15, '0');
}

export const OPEN_SHARDS = 8;

/** Spreads the open runs over the partitions of their index; any stable function of the id does. */
export function openShard(runId: string): number {
  let sum = 0;
  for (const character of runId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % OPEN_SHARDS;
}

/** The index of open runs holds what has these attributes. */
export function openUntil(runId: string, wake: number): Item {
  return { open: number(openShard(runId)), wake: number(wake) };
}

export const NO_LONGER_OPEN: readonly string[] = ['open', 'wake'];

/** `token`: of the request that writes it, by which a refusal of its own repetition is known. */
export function headerItem(run: RunStart, token: string): Item {
  return {
    ...itemKey(run.runId, HEADER),
    token: { S: token },
    phase: { S: 'forward' },
    epoch: number(1),
    seq: number(0),
    deadline: number(run.deadline),
    workflow: { S: run.workflowId },
    started: { S: startedText(run) },
    ...openUntil(run.runId, run.deadline),
    planHash: { S: run.planHash },
    inputDigest: { S: run.inputDigest },
    actor: { S: run.actor },
    ...(run.traceparent !== undefined && { traceparent: { S: run.traceparent } }),
  };
}

export function headerOf(item: Item): RunHeader {
  const traceparent = item['traceparent']?.S;
  const execution = item['execution']?.S;
  const outputs = parsed<Kept>(item['outputs']);
  return {
    ...summaryOf(item),
    planHash: string(item, 'planHash'),
    inputDigest: string(item, 'inputDigest'),
    actor: string(item, 'actor'),
    epoch: epochOf(item),
    deadline: deadlineOf(item),
    degraded: item['degraded']?.BOOL === true,
    released: item['released']?.BOOL === true,
    ...(traceparent !== undefined && { traceparent }),
    ...(execution !== undefined && { execution }),
    ...(outputs && { outputs }),
    ...endingOf(item),
    intents: named<Intent>(item, 'i:'),
    failures: named<FailedOutcome>(item, 'b:'),
    passed: named<Passed>(item, 't:'),
  };
}

function endingOf(item: Item): Pick<RunHeader, 'error' | 'reason' | 'compensator' | 'earlier'> {
  const error = parsed<RunError>(item['error']);
  const reason = item['reason']?.S;
  const compensator = compensatorOf(item);
  return {
    ...(error && { error }),
    ...(reason !== undefined && { reason }),
    ...(compensator && { compensator }),
    earlier: earlierOf(item),
  };
}

export function compensatorOf(item: Item): RunHeader['compensator'] {
  const owner = item['owner']?.S;
  return owner === undefined ? undefined : { owner, leaseUntil: Number(item['lease']?.N) };
}

/** Epochs are counted from 1. */
function earlierOf(item: Item): readonly EpochRecord[] {
  return Array.from({ length: epochOf(item) - 1 }, (_, index) => ({
    epoch: index + 1,
    planHash: string(item, earlierPlanName(index + 1)),
    inputDigest: string(item, earlierDigestName(index + 1)),
  }));
}

/** Of a header, or of what an index carries of it. */
export function summaryOf(item: Item): RunSummary {
  const [startedAt = '', ...runId] = string(item, 'started').split('#');
  const endedAt = item['endedAt']?.N;
  return {
    runId: runId.join('#'),
    workflowId: string(item, 'workflow'),
    phase: phaseOf(item),
    startedAt: Number(startedAt),
    ...(endedAt !== undefined && { endedAt: Number(endedAt) }),
  };
}

export function phaseOf(item: Item): Phase {
  // Written by the journal only, from the port's own words.
  return string(item, 'phase') as Phase;
}

export function epochOf(item: Item): number {
  return Number(item['epoch']?.N);
}

export function deadlineOf(item: Item): number {
  return Number(item['deadline']?.N);
}

function string(item: Item, name: string): string {
  const value = item[name]?.S;
  assert(value !== undefined, `a run's header has ${name}`);
  return value;
}

function named<T>(item: Item, prefix: string): readonly T[] {
  return Object.keys(item)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => parsed<T>(item[name]) ?? []);
}
