/**
 * One turn: what a single event sets going, until every scope waits for something or has ended. A turn owns the nodes of
 * the snapshot that it may change (copied when they were loaded) and gathers the history and the effects. It is data;
 * what happens in it is in step.ts and states/.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Effect } from './effect.ts';
import type { InboundEvent, WaitId } from './event.ts';
import type { DetailsByType, Entered, Exited, ExitDetails, BareType, HistoryEvent } from './history.ts';
import type { ExecutionStatus } from './log.ts';
import type { Machine, Region } from './machine.ts';
import { HISTORY_EVENTS } from './quotas.ts';
import { RandomSource } from './random-source.ts';
import type { View } from './query/language.ts';
import type { ExecutionContext, Frame, Scope } from './snapshot.ts';

export interface Turn {
  readonly machine: Machine;
  readonly event: InboundEvent;
  context: ExecutionContext;
  status: ExecutionStatus;
  lastEventId: number;
  variablesSize: number;
  deadline: number | undefined;
  root: Scope;
  /** How it ended, once it has. */
  end: { readonly output?: Json; readonly error?: string; readonly cause?: string } | null;
  readonly history: HistoryEvent[];
  readonly effects: Effect[];
  /** Strands that can go on, first come first served. */
  readonly ready: Strand[];
  /** The quota of events is used up: nothing more is recorded but the end. */
  full: boolean;
  readonly seed: number;
}

/** A scope loaded into a turn, with what surrounds it. */
export interface Strand {
  readonly region: Region;
  readonly scope: Scope;
  readonly outer: Strand | null;
  /** Which branch of the outer strand's Parallel, which item of its Map. */
  readonly index: number;
  /** From the root, as wait ids spell it. */
  readonly path: string;
  /** All visible variables. */
  variables: JsonObject;
  /** `Map.Item` of the context object, inside an iteration. */
  readonly item: JsonObject | null;
  /** Once something was drawn in this turn. */
  source: RandomSource | null;
}

/** Seeded by where the strand is and how far it has come, so that the order of other strands' events is of no account. */
export function randomOf(turn: Turn, strand: Strand): RandomSource {
  strand.source ??= RandomSource.of(turn.seed, nextWaitId(strand));
  return strand.source;
}

export function nextWaitId(strand: Strand): WaitId {
  return `${strand.path}#${nextSerial(strand)}`;
}

export function nextSerial({ scope }: Strand): number {
  scope.serial += 1;
  return scope.serial;
}

/** Adds an event after another and returns its id. */
export function emit<T extends keyof DetailsByType>(
  turn: Turn,
  after: number,
  type: T,
  details: DetailsByType[T],
): number;
export function emit(
  turn: Turn,
  after: number,
  type: Entered,
  details: { readonly name: string; readonly input: Json },
): number;
export function emit(turn: Turn, after: number, type: Exited, details: ExitDetails): number;
export function emit(turn: Turn, after: number, type: BareType): number;
export function emit(turn: Turn, after: number, type: HistoryEvent['type'], details?: object): number {
  // The last event may only be the success of the execution: anything else there is its failure.
  if (turn.lastEventId >= HISTORY_EVENTS - 1 && type !== 'ExecutionSucceeded') turn.full = true;
  if (turn.full) return turn.lastEventId;
  turn.lastEventId += 1;
  const id = turn.lastEventId;
  const timestamp = turn.event.time;
  // The overloads tie the details to the type.
  turn.history.push(
    (details === undefined
      ? { id, previousEventId: after, timestamp, type }
      : { id, previousEventId: after, timestamp, type, details }) as HistoryEvent,
  );
  return id;
}

export interface ViewOptions {
  readonly result?: Json | undefined;
  readonly errorOutput?: Json | undefined;
  readonly taskToken?: string;
  readonly item?: JsonObject;
}

/** What the expressions of a strand's current state see. */
export function viewOf(turn: Turn, strand: Strand, options: ViewOptions = {}): View {
  let context: JsonObject | null = null;
  return {
    variables: strand.variables,
    input: strand.scope.frame.input,
    result: options.result,
    errorOutput: options.errorOutput,
    time: turn.event.time,
    context: () => {
      context ??= contextOf(turn, strand, options);
      return context;
    },
    random: () => randomOf(turn, strand),
  };
}

function contextOf(turn: Turn, strand: Strand, { taskToken, item }: ViewOptions): JsonObject {
  if (turn.context.given !== undefined) return turn.context.given;
  const { frame } = strand.scope;
  const mapItem = item ?? strand.item;
  return {
    ...(turn.context as unknown as JsonObject),
    State: stateContext(strand, frame),
    ...(mapItem !== null && { Map: { Item: mapItem } }),
    ...(taskToken !== undefined && { Task: { Token: taskToken } }),
  };
}

/** RetryCount is there only where a state can be retried. */
function stateContext(strand: Strand, frame: Frame): JsonObject {
  const EnteredTime = isoTime(frame.enteredTime);
  const type = strand.region.states.get(frame.name)?.type;
  const retriable = type === 'Task' || type === 'Parallel' || type === 'Map';
  return { Name: frame.name, EnteredTime, ...(retriable && { RetryCount: frame.retryCount }) };
}

let latest = { time: 0, text: '1970-01-01T00:00:00.000Z' };

/** Remembers the latest: most states of a step are entered in the same millisecond. */
export function isoTime(time: number): string {
  if (time !== latest.time) latest = { time, text: new Date(time).toISOString() };
  return latest.text;
}
