/** An engine in virtual time with scripted tasks: what the engine's own tests run machines in. */
import { Engine, type EngineOptions } from '../../lib/engine/driver.ts';
import type { HistoryEvent } from '../../lib/engine/history.ts';
import type { Outcome } from '../../lib/engine/log.ts';
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import type { State, StateMachineDefinition } from '../../lib/model/asl.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Clock } from '../../lib/model/time.ts';

export const START: number = Date.UTC(2026, 0, 1);

export interface Harness {
  readonly engine: Engine;
  readonly clock: VirtualClock;
  /** Every call that the engine made of the task runner, in order. */
  readonly calls: TaskCall[];
  /** Registers and runs a machine to its end. */
  readonly run: (definition: StateMachineDefinition, input?: Json, name?: string) => Promise<Ended>;
}

export interface Ended {
  readonly executionId: string;
  readonly outcome: Outcome;
  readonly history: readonly HistoryEvent[];
}

export type Script = (call: TaskCall, signal: AbortSignal) => TaskResult | Promise<TaskResult>;

export interface HarnessOptions extends Partial<Omit<EngineOptions, 'clock' | 'tasks'>> {
  readonly task?: Script;
  readonly clock?: VirtualClock;
  /** What the engine takes for its clock, where that is not the one that lets time pass. */
  readonly engineClock?: Clock;
}

export function newClock(): VirtualClock {
  return new VirtualClock({ start: START, idle: () => new Promise((resolve) => setImmediate(resolve)) });
}

export function engineHarness({
  task = echo,
  clock = newClock(),
  engineClock = clock,
  ...options
}: HarnessOptions = {}): Harness {
  const calls: TaskCall[] = [];
  const run = async (call: TaskCall, signal: AbortSignal): Promise<TaskResult> => {
    calls.push(call);
    return task(call, signal);
  };
  const engine = new Engine({ clock: engineClock, random: new RandomSource(7), tasks: { run }, ...options });
  return {
    engine,
    clock,
    calls,
    run: async (definition, input = {}, name = 'one') => {
      engine.register('machine', definition);
      const { executionId } = await clock.runUntil(engine.start({ machine: 'machine', name, input }));
      const outcome = await clock.runUntil(engine.result(executionId));
      return { executionId, outcome, history: await engine.history(executionId) };
    },
  };
}

/** Answers with what it was given. */
function echo(call: TaskCall): TaskResult {
  return { output: call.arguments };
}

export function machineOf(states: { readonly [name: string]: object }, more: object = {}): StateMachineDefinition {
  const [StartAt = ''] = Object.keys(states);
  return { QueryLanguage: 'JSONata', StartAt, States: states as { readonly [name: string]: State }, ...more };
}

/** `previous -> id type`, one event a line, with the state's name where it has one. */
export function outline(history: readonly HistoryEvent[]): readonly string[] {
  return history.map(({ id, previousEventId, type, details }) => {
    const name = details !== undefined && 'name' in details ? ` ${details.name}` : '';
    const index = details !== undefined && 'index' in details ? `[${details.index}]` : '';
    return `${previousEventId} -> ${id} ${type}${name}${index}`;
  });
}

export const INVOKE = 'arn:aws:states:::lambda:invoke';
