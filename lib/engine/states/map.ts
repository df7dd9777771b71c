/**
 * Map: its items one by one through the same states, at most so many at once, results in the order of the items. The
 * first failing iteration of an inline Map fails the Map. A Distributed Map is handed to the driver as a Map run, because
 * its children are executions of their own.
 */
import { type Json, isObject } from '../../model/json.ts';
import { failEvaluation } from '../failing.ts';
import type { CompiledMap } from '../machine.ts';
import { DISTRIBUTED_MAP_CONCURRENCY, INLINE_MAP_CONCURRENCY } from '../quotas.ts';
import { Problem, type Query, type View } from '../query/language.ts';
import type { Iterating, Tolerance } from '../snapshot.ts';
import { childStrand, mapItem, newScope, placeInner, stateOf } from '../strands.ts';
import { emit, nextSerial, type Strand, type Turn, viewOf } from '../turn.ts';
import { startMapRun } from './map-run.ts';
import { mapSucceeded } from './map-success.ts';

/** Outputs are kept in chunks of this many. */
const CHUNK = 256;

/** What a Map runs with, once its fields are evaluated. */
export interface MapPlan {
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
  readonly concurrency: number;
  readonly tolerance: Tolerance;
}

export async function attemptMap(turn: Turn, strand: Strand, state: CompiledMap): Promise<void> {
  const plan = await planOf(state, viewOf(turn, strand));
  if (plan instanceof Problem) return failEvaluation(turn, strand, plan);
  const { scope } = strand;
  const { length } = plan.items;
  scope.last = emit(turn, scope.last, 'MapStateStarted', { length });
  scope.frame.base = scope.last;
  if (state.distributed !== null) return startMapRun(turn, strand, state, plan);
  scope.frame.phase = {
    kind: 'map',
    visit: nextSerial(strand),
    ...plan,
    next: 0,
    succeeded: 0,
    failed: 0,
    active: {},
    results: chunksFor(length),
  };
  if (length === 0) return mapSucceeded(turn, strand, []);
  const first = Math.min(length, plan.concurrency);
  for (let index = 0; index < first; index += 1) await startIteration(turn, strand, scope.last);
}

async function planOf(state: CompiledMap, view: View): Promise<MapPlan | Problem> {
  const source = await itemsOf(state, view);
  if (source instanceof Problem) return source;
  const most = state.distributed === null ? INLINE_MAP_CONCURRENCY : DISTRIBUTED_MAP_CONCURRENCY;
  const asked = await numberOf(state.maxConcurrency, view, { field: 'MaxConcurrency', whole: true });
  if (asked instanceof Problem) return asked;
  const count = await numberOf(state.toleratedCount, view, { field: 'ToleratedFailureCount', whole: true });
  if (count instanceof Problem) return count;
  const percentage = await numberOf(state.toleratedPercentage, view, {
    field: 'ToleratedFailurePercentage',
    most: 100,
  });
  if (percentage instanceof Problem) return percentage;
  return { ...source, concurrency: asked === 0 ? most : Math.min(asked, most), tolerance: { count, percentage } };
}

type Items = Pick<MapPlan, 'items' | 'keys'>;

/** With an ItemReader the items are elsewhere: the driver fetches them. */
async function itemsOf(state: CompiledMap, view: View): Promise<Items | Problem> {
  if (state.distributed !== null && state.distributed.reader !== null) return { items: [] };
  const value = state.items === null ? view.input : await state.items.evaluate(view);
  if (value instanceof Problem) return value;
  if (Array.isArray(value)) return { items: value };
  if (state.distributed !== null && isObject(value)) return { items: Object.values(value), keys: Object.keys(value) };
  return new Problem(`Map state input must be an array but was: ${JSON.stringify(value)}`);
}

interface NumberField {
  readonly field: string;
  readonly whole?: boolean;
  readonly most?: number;
}

/** 0 when absent. */
async function numberOf(
  query: Query | null,
  view: View,
  { field, whole, most }: NumberField,
): Promise<number | Problem> {
  const value = query === null ? 0 : ((await query.evaluate(view)) as number | Problem);
  if (value instanceof Problem) return value;
  if (most !== undefined && (value < 0 || value > most))
    return new Problem(`${field} must be between 0 and ${most}.`, field);
  if (value < 0) return new Problem(`${field} cannot be negative.`, field);
  if (whole === true && !Number.isInteger(value))
    return new Problem(`${field} must be an integer but was: ${value}`, field);
  return value;
}

/** The next item, if any: after the Map's start, or after the last event of the iteration that made room. */
async function startIteration(turn: Turn, outer: Strand, after: number): Promise<void> {
  const { frame } = outer.scope;
  if (frame.phase.kind !== 'map') return;
  const phase = frame.phase;
  const index = phase.next;
  phase.next += 1;
  const state = stateOf(outer) as CompiledMap;
  const started = emit(turn, after, 'MapIterationStarted', { name: frame.name, index });
  const input = await iterationInput(turn, outer, state, phase, index);
  if (input instanceof Problem) {
    outer.scope.frame.base = started;
    return failEvaluation(turn, outer, input);
  }
  const scope = newScope(state.region, input, started);
  placeInner(outer, index, scope);
  turn.ready.push(childStrand(outer, index, scope));
}

async function iterationInput(
  turn: Turn,
  outer: Strand,
  { itemSelector }: CompiledMap,
  phase: Iterating,
  index: number,
): Promise<Json | Problem> {
  if (itemSelector === null) return phase.items[index] as Json;
  return itemSelector.evaluate(viewOf(turn, outer, { item: mapItem(phase, index) }));
}

export async function iterationEnded(
  turn: Turn,
  strand: Strand,
  outer: Strand,
  phase: Iterating,
  output: Json,
): Promise<void> {
  const { index, scope } = strand;
  const succeeded = emit(turn, scope.last, 'MapIterationSucceeded', { name: outer.scope.frame.name, index });
  const { [index]: _ended, ...active } = phase.active;
  phase.active = active;
  phase.results = withResult(phase.results, index, output);
  phase.succeeded += 1;
  if (phase.next < phase.items.length) return startIteration(turn, outer, scope.last);
  if (phase.succeeded < phase.items.length) return;
  outer.scope.last = succeeded;
  mapSucceeded(turn, outer, phase.results.flat());
  turn.ready.push(outer);
}

function chunksFor(length: number): readonly (readonly null[])[] {
  const chunks = Math.ceil(length / CHUNK);
  return Array.from({ length: chunks }, (_, chunk) =>
    Array.from({ length: Math.min(CHUNK, length - chunk * CHUNK) }, () => null),
  );
}

function withResult(results: Iterating['results'], index: number, output: Json): Iterating['results'] {
  const chunk = Math.floor(index / CHUNK);
  return results.with(chunk, (results[chunk] as readonly Json[]).with(index % CHUNK, output));
}
