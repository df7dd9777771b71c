/**
 * The parent's side of a Distributed Map: what the driver needs to run it is evaluated here, once, and recorded in the
 * snapshot; the run's outcome comes back as one event.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { TaskFailedEvent, TaskSucceededEvent } from '../event.ts';
import { fail, failEvaluation } from '../failing.ts';
import type { CompiledMap, Distributed } from '../machine.ts';
import { Problem, type Query, type View } from '../query/language.ts';
import type { BatcherRequest, MapRunRequest, ReaderRequest, WriterRequest } from '../snapshot.ts';
import { emit, nextWaitId, randomOf, type Strand, type Turn, viewOf } from '../turn.ts';
import type { MapPlan } from './map.ts';
import { mapSucceeded } from './map-success.ts';

export async function startMapRun(turn: Turn, strand: Strand, state: CompiledMap, plan: MapPlan): Promise<void> {
  const { scope } = strand;
  const { frame } = scope;
  const distributed = state.distributed as Distributed;
  const view = viewOf(turn, strand);
  const parts = await evaluateParts(distributed, view);
  if (parts instanceof Problem) return failEvaluation(turn, strand, parts);
  const label = distributed.label ?? frame.name;
  const mapRunArn = mapRunArnOf(turn, strand, label);
  scope.last = emit(turn, scope.last, 'MapRunStarted', { mapRunArn });
  frame.base = scope.last;
  const request: MapRunRequest = {
    mapRunArn,
    stateName: frame.name,
    place: distributed.place,
    label,
    ...plan,
    ...parts,
    time: turn.event.time,
    seed: Math.floor(randomOf(turn, strand).next() * 2 ** 32),
    input: frame.input,
    variables: strand.variables,
    context: view.context(),
  };
  const id = nextWaitId(strand);
  frame.phase = { kind: 'mapRun', id, request };
  turn.effects.push({ kind: 'mapRun', id, request });
}

interface Parts {
  readonly reader?: ReaderRequest;
  readonly batcher?: BatcherRequest;
  readonly writer?: WriterRequest;
}

async function evaluateParts({ reader, batcher, writer }: Distributed, view: View): Promise<Parts | Problem> {
  const parts: { -readonly [part in keyof Parts]: Parts[part] } = {};
  const read = await evaluated(reader, view);
  if (read instanceof Problem) return read;
  if (read !== null) parts.reader = portRequest(read, 'ReaderConfig');
  const batched = await evaluated(batcher, view);
  if (batched instanceof Problem) return batched;
  if (batched !== null) parts.batcher = batcherRequest(batched);
  const written = await evaluated(writer, view);
  if (written instanceof Problem) return written;
  if (written !== null) parts.writer = portRequest(written, 'WriterConfig');
  return parts;
}

async function evaluated(query: Query | null, view: View): Promise<JsonObject | Problem | null> {
  return query === null ? null : ((await query.evaluate(view)) as JsonObject | Problem);
}

function portRequest(fields: JsonObject, config: string): ReaderRequest {
  return {
    resource: textOf(fields['Resource']),
    arguments: fields['Arguments'] ?? {},
    config: (fields[config] ?? {}) as JsonObject,
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function batcherRequest(fields: JsonObject): BatcherRequest {
  const { MaxItemsPerBatch: items, MaxInputBytesPerBatch: bytes, BatchInput: input } = fields;
  return {
    ...(items !== undefined && { maxItemsPerBatch: Number(items) }),
    ...(bytes !== undefined && { maxInputBytesPerBatch: Number(bytes) }),
    ...(input !== undefined && { batchInput: input }),
  };
}

function mapRunArnOf(turn: Turn, strand: Strand, label: string): string {
  const { Id } = turn.context.StateMachine;
  const name = Id.slice(Id.lastIndexOf(':') + 1);
  return `${Id.replace(/:stateMachine:[^:]*$/, `:mapRun:${name}`)}/${label}:${randomOf(turn, strand).uuid()}`;
}

export function mapRunSucceeded(turn: Turn, strand: Strand, { output }: TaskSucceededEvent): void {
  const { scope } = strand;
  scope.last = emit(turn, scope.last, 'MapRunSucceeded');
  mapSucceeded(turn, strand, output);
}

export function mapRunFailed(turn: Turn, strand: Strand, { error, cause }: TaskFailedEvent): void {
  const { scope } = strand;
  const failure = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  scope.last = emit(turn, scope.last, 'MapRunFailed', failure);
  scope.frame.base = scope.last;
  fail(strand, failure);
}
