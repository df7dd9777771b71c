/**
 * One running execution: takes events one after another, has them recorded, lets the core step, performs what it asks
 * for and feeds the answers back. No event takes effect before it is durable, and what arrives while a commit is under
 * way shares the next one. It knows nothing of other executions.
 */
import { assert, unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { Clock } from '../model/time.ts';
import type { Effect } from './effect.ts';
import type { InboundEvent, StartEvent, WaitId } from './event.ts';
import type { HistoryEvent } from './history.ts';
import { sizeWithin } from './json-size.ts';
import type { EngineLog, LogRecord, Outcome } from './log.ts';
import type { Machine } from './machine.ts';
import { pendingEffects, taskAt } from './pending.ts';
import type { TaskResult } from './ports.ts';
import type { Replayed } from './replay.ts';
import type { MapRunRequest, Snapshot, TaskRequest } from './snapshot.ts';
import { type Step, step } from './step.ts';
import { Timers } from './timers.ts';

/** What an execution needs of the engine around it. */
export interface ExecutionHost {
  readonly clock: Clock;
  readonly log: EngineLog | null;
  /** A snapshot is recorded after so many events at the earliest. */
  readonly snapshotEvery: number;
  task(execution: Execution, id: WaitId, request: TaskRequest, signal: AbortSignal): Promise<TaskResult>;
  mapRun(execution: Execution, id: WaitId, request: MapRunRequest, signal: AbortSignal): Promise<TaskResult>;
  progressed(execution: Execution, events: readonly HistoryEvent[]): void;
  ended(execution: Execution): void;
}

export interface ExecutionOptions {
  readonly id: string;
  readonly machine: Machine;
  readonly host: ExecutionHost;
  readonly start: StartFacts;
}

export interface StartFacts {
  readonly machine: string;
  readonly name: string;
  readonly time: number;
  readonly parent?: string;
}

/** What an event says, before the time is put to it. */
export type Message = InboundEvent extends infer E ? (E extends InboundEvent ? Omit<E, 'time'> : never) : never;

export class Execution {
  readonly id: string;
  readonly machine: Machine;
  readonly start: StartFacts;
  /** null until the start event has taken effect. */
  snapshot: Snapshot | null = null;
  /** Kept here where there is no log, from which it could be made again: of thousands of executions it is much. */
  readonly history: HistoryEvent[] = [];
  readonly #host: ExecutionHost;
  readonly #timers: Timers;
  readonly #tasks = new Map<WaitId, AbortController>();
  #begun: Promise<void> = Promise.resolve();
  #inbox: Letter[] = [];
  #sequence = -1;
  #snapshotDue: number;
  #working = false;
  #stalled: unknown = null;
  #waiters: Waiter[] = [];

  constructor({ id, machine, host, start }: ExecutionOptions) {
    this.id = id;
    this.machine = machine;
    this.start = start;
    this.#host = host;
    this.#snapshotDue = host.snapshotEvery;
    this.#timers = new Timers(host.clock, (timer) => this.#post({ type: 'timerFired', timer }));
  }

  /** The first event, with whatever must be durable with it. */
  begin(event: StartEvent, along: readonly LogRecord[]): Promise<void> {
    this.#begun = this.#enqueue(event, along);
    return this.#begun;
  }

  /** Resolves when its start is durable. */
  begun(): Promise<void> {
    return this.#begun;
  }

  /** Resolves when the event is durable and has taken effect. */
  receive(message: Message): Promise<void> {
    return this.#enqueue(this.#stamped(message), NOTHING);
  }

  /** Goes on from what a replay gave: asks again for all that was under way. */
  resume({ snapshot, from, sequence }: Replayed): void {
    this.snapshot = snapshot;
    this.#sequence = sequence;
    if (snapshot === null) return;
    this.#snapshotDue = from + this.#snapshotInterval(snapshot);
    for (const effect of pendingEffects(this.machine, snapshot)) this.#perform(effect);
    if (snapshot.status !== 'RUNNING') this.#end(snapshot);
  }

  /** Whether an answer to this attempt would still be heard. */
  waitsFor(id: WaitId, token: string): boolean {
    return this.snapshot !== null && taskAt(this.machine, this.snapshot, id)?.taskToken === token;
  }

  /** null while it runs. */
  outcome(): Outcome | null {
    return this.snapshot === null || this.snapshot.status === 'RUNNING' ? null : outcomeOf(this.snapshot);
  }

  /** Resolves at the end; rejects when the execution cannot go on here (its log failed). */
  ended(): Promise<Outcome> {
    const outcome = this.outcome();
    if (outcome !== null) return Promise.resolve(outcome);
    if (this.#stalled !== null) return Promise.reject(this.#stalled);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Forgets timers and tasks: the process is going to end, the log has everything. */
  detach(): void {
    this.#timers.cancelAll();
    for (const controller of this.#tasks.values()) controller.abort();
    this.#tasks.clear();
    this.#stalled ??= new Error(`execution ${this.id} was detached`);
  }

  /** An event of our own making: whether it was heard shows in the snapshot. */
  #post(message: Message): void {
    if (this.#stalled === null && this.outcome() === null)
      this.#put({ event: this.#stamped(message), along: NOTHING, resolve: ignore, reject: ignore });
  }

  #stamped(message: Message): InboundEvent {
    return { ...message, time: this.#host.clock.now() };
  }

  #enqueue(event: InboundEvent, along: readonly LogRecord[]): Promise<void> {
    if (this.#stalled !== null) return Promise.reject(this.#stalled);
    return new Promise((resolve, reject) => this.#put({ event, along, resolve, reject }));
  }

  #put(letter: Letter): void {
    this.#inbox.push(letter);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#inbox.length > 0) {
      // What is answered at the same moment (the branches of a Parallel) shares one commit.
      if (this.#host.log !== null) await Promise.resolve();
      const letters = this.#inbox;
      this.#inbox = [];
      try {
        await this.#handle(letters);
      } catch (error) {
        this.#stall(error, letters);
      }
    }
    this.#working = false;
  }

  /**
   * The steps are computed first and recorded with their events, in one commit; only then do they take effect. Until
   * then they exist nowhere: a step is pure.
   */
  async #handle(letters: readonly Letter[]): Promise<void> {
    const steps: Step[] = [];
    for (const { event } of letters)
      steps.push(await step(this.machine, steps.at(-1)?.snapshot ?? this.snapshot, event));
    if (this.#host.log !== null) await this.#host.log.append(this.#recordsOf(letters, steps));
    for (let index = 0; index < steps.length; index += 1) this.#apply(steps[index] as Step, letters[index] as Letter);
  }

  #recordsOf(letters: readonly Letter[], steps: readonly Step[]): readonly LogRecord[] {
    const executionId = this.id;
    let sequence = this.#sequence;
    const records: LogRecord[] = [];
    for (const { event, along } of letters) {
      for (const record of along) records.push(record);
      sequence += 1;
      records.push({ kind: 'event', executionId, sequence, event });
    }
    const { snapshot } = steps.at(-1) as Step;
    if (snapshot.status !== 'RUNNING')
      records.push({ kind: 'end', executionId, sequence, outcome: outcomeOf(snapshot) });
    else if (sequence >= this.#snapshotDue) {
      records.push({ kind: 'snapshot', executionId, sequence, snapshot });
      this.#snapshotDue = sequence + this.#snapshotInterval(snapshot);
    }
    return records;
  }

  /**
   * A large snapshot is taken more rarely: one event for each KiB of it. What all snapshots of a run take is then in
   * proportion to what its events take, and what is replayed after a crash to what is read anyhow.
   */
  #snapshotInterval(snapshot: Snapshot): number {
    const kibibytes = sizeWithin(snapshot as unknown as Json, Number.POSITIVE_INFINITY) / 1024;
    return Math.max(this.#host.snapshotEvery, Math.ceil(kibibytes));
  }

  #apply({ snapshot, effects, history }: Step, { resolve }: Letter): void {
    const wasOver = this.outcome() !== null;
    this.snapshot = snapshot;
    this.#sequence += 1;
    if (this.#host.log === null) for (const event of history) this.history.push(event);
    resolve();
    if (history.length > 0) this.#host.progressed(this, history);
    for (const effect of effects) this.#perform(effect);
    if (snapshot.status !== 'RUNNING' && !wasOver) this.#end(snapshot);
  }

  #end(snapshot: Snapshot): void {
    const outcome = outcomeOf(snapshot);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(outcome);
    this.#host.ended(this);
  }

  /** The log failed (a full disk): this execution stops where it is, and goes on after a restart. */
  #stall(error: unknown, letters: readonly Letter[]): void {
    this.#stalled = error;
    for (const letter of [...letters, ...this.#inbox.splice(0)]) letter.reject(error);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#timers.cancelAll();
    for (const controller of this.#tasks.values()) controller.abort();
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'timer':
        return this.#timers.set(effect.id, effect.at);
      case 'cancelTimer':
        return this.#timers.cancel(effect.id);
      case 'cancel':
        this.#tasks.get(effect.id)?.abort();
        this.#tasks.delete(effect.id);
        return;
      case 'task':
        return this.#await(
          effect.id,
          (signal) => this.#host.task(this, effect.id, effect.request, signal),
          effect.request,
        );
      case 'mapRun':
        return this.#await(effect.id, (signal) => this.#host.mapRun(this, effect.id, effect.request, signal));
      default:
        return unreachable(effect, 'effect');
    }
  }

  #await(id: WaitId, run: (signal: AbortSignal) => Promise<TaskResult>, request?: TaskRequest): void {
    assert(!this.#tasks.has(id), `${id} is asked for once`);
    const controller = new AbortController();
    this.#tasks.set(id, controller);
    const answer = (result: TaskResult): void => {
      if (this.#tasks.get(id) !== controller) return;
      this.#tasks.delete(id);
      this.#post(messageOf(id, result, request?.taskToken !== undefined));
    };
    run(controller.signal).then(answer, (error: unknown) => answer(thrown(error)));
  }
}

const NOTHING: readonly LogRecord[] = [];

function ignore(): void {}

interface Letter {
  readonly event: InboundEvent;
  readonly along: readonly LogRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Waiter {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** With a token the first answer is that of the submission; a failed one ends the task. */
function messageOf(task: WaitId, result: TaskResult, byToken: boolean): Message {
  if (result.output !== undefined)
    return { type: byToken ? 'taskSubmitted' : 'taskSucceeded', task, output: result.output };
  const { error, cause } = result;
  return { type: 'taskFailed', task, error, ...(cause !== undefined && { cause }) };
}

function thrown(error: unknown): TaskResult {
  return { error: 'States.TaskFailed', cause: error instanceof Error ? error.message : String(error) };
}

function outcomeOf({ status, output, error, cause, stopTime }: Snapshot): Outcome {
  assert(status !== 'RUNNING' && stopTime !== undefined, 'only an ended execution has an outcome');
  return {
    status,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    stopTime,
  };
}
