/**
 * The items of the run table as text (run-contract section 9): key attributes, sort keys, attribute names, and the way
 * between port values and DynamoDB's. Bodies are JSON text: DynamoDB's own numbers and sets cannot hold every JSON value,
 * and a body is never asked for by a part of it. What conditions look at (phase, epoch, deadline) is an attribute of its
 * own. Intents and failing outcomes are flat attributes of the header, because a nested map cannot be made and filled in
 * one expression.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../model/assert.ts';
import type { JsonObject } from '../model/json.ts';
import type { RunError } from '../model/run.ts';
import type {
  FailedOutcome,
  Intent,
  Phase,
  RunHeader,
  RunStart,
  RunSummary,
  VisitKey,
} from '../runtime/ports/journal.ts';
import { keyText } from '../runtime/visit.ts';

export type Item = { readonly [attribute: string]: AttributeValue };

export const HEADER = 'H';
export const INPUT = 'I#';
export const APPLIED = 'S#';

export function partition(runId: string): string {
  return `R#${runId}`;
}

export function itemKey(runId: string, sk: string): { readonly pk: AttributeValue; readonly sk: AttributeValue } {
  return { pk: { S: partition(runId) }, sk: { S: sk } };
}

/** The input lies under its digest: written before the header, it can be orphaned but never be somebody else's. */
export function inputKey(inputDigest: string): string {
  return `${INPUT}${inputDigest}`;
}

export function appliedKey(key: VisitKey): string {
  return `${APPLIED}${keyText(key)}`;
}

export function intentName(key: VisitKey): string {
  return `i:${keyText(key)}`;
}

export function failureName(key: VisitKey): string {
  return `b:${keyText(key)}`;
}

export function text(value: object | string | number | boolean | null): AttributeValue {
  return { S: JSON.stringify(value) };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** A body of the table, in the type that it was written as: only this room writes the table. */
export function parsed<T>(value: AttributeValue | undefined): T | undefined {
  return value?.S === undefined ? undefined : (JSON.parse(value.S) as T);
}

/** Newest first is descending text: the milliseconds padded to one width, then the run's id, so that no two are equal. */
export function startedText({ startedAt, runId }: { readonly startedAt: number; readonly runId: string }): string {
  return `${String(startedAt).padStart(15, '0')}#${runId}`;
}

const OPEN_SHARDS = 8;

/** Spreads the open runs over the partitions of their index; any stable function of the id does. */
export function openShard(runId: string): number {
  let sum = 0;
  for (const character of runId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % OPEN_SHARDS;
}

export function headerItem(run: RunStart): Item {
  return {
    ...itemKey(run.runId, HEADER),
    phase: { S: 'forward' },
    epoch: number(1),
    seq: number(0),
    deadline: number(run.deadline),
    workflow: { S: run.workflowId },
    started: { S: startedText(run) },
    open: number(openShard(run.runId)),
    wake: number(run.deadline),
    planHash: { S: run.planHash },
    inputDigest: { S: run.inputDigest },
    actor: { S: run.actor },
    ...(run.traceparent !== undefined && { traceparent: { S: run.traceparent } }),
  };
}

export function headerOf(item: Item): RunHeader {
  const traceparent = item['traceparent']?.S;
  const execution = item['execution']?.S;
  const error = parsed<RunError>(item['error']);
  const reason = item['reason']?.S;
  const outputs = parsed<JsonObject>(item['outputs']);
  return {
    ...summaryOf(item),
    planHash: string(item, 'planHash'),
    inputDigest: string(item, 'inputDigest'),
    actor: string(item, 'actor'),
    epoch: epochOf(item),
    deadline: deadlineOf(item),
    degraded: item['degraded']?.BOOL === true,
    ...(traceparent !== undefined && { traceparent }),
    ...(execution !== undefined && { execution }),
    ...(error && { error }),
    ...(reason !== undefined && { reason }),
    ...(outputs && { outputs }),
    intents: named<Intent>(item, 'i:'),
    failures: named<FailedOutcome>(item, 'b:'),
  };
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
