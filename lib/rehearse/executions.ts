/**
 * A rehearsal's executions: the real engine over a log that survives its crashes, and what follows the end of an
 * execution. The event that tells of an end may be lost, come late or come twice; a sweep at long intervals is the
 * guarantee, as in the product. Of an express execution there is no such event, and it may begin again from its start.
 */
import { Engine } from '../engine/driver.ts';
import type { MachineType } from '../engine/definition/validation.ts';
import { MemoryLog } from '../engine/memory-log.ts';
import type { HistoryEvent } from '../engine/history.ts';
import type { TaskRunner } from '../engine/ports.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { ExecutionInput } from '../model/task.ts';
import type { Clock } from '../model/time.ts';
import type { Executions } from '../runtime/ports/executions.ts';
import { executionName, HANDED_OVER, undoExecutionName } from '../runtime/run.ts';
import type { Chance } from './chance.ts';
import { Transitions } from './transitions.ts';
import type { Weather } from './weather.ts';

export interface Machines {
  readonly plan: Pick<Plan, 'mode'>;
  readonly machine: StateMachineDefinition;
  readonly undoMachine: StateMachineDefinition;
}

export interface EndedExecution extends ExecutionInput {
  /** Its id. */
  readonly execution: string;
  /** An express one: nothing follows. */
  readonly unheard: boolean;
}

export interface ExecutionsOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly tasks: TaskRunner;
  /** By plan. */
  readonly machines: (planHash: string) => Machines;
  /** What follows the end of an execution. */
  readonly after: (ended: EndedExecution) => Promise<unknown>;
}

interface Beginning {
  readonly name: string;
  readonly machine: string;
  readonly definition: StateMachineDefinition;
  readonly type: MachineType;
}

const LATEST_EVENT_MS = 600_000;

export class RehearsedExecutions implements Executions {
  /** Started and not ended. */
  readonly open: Map<string, ExecutionInput> = new Map();
  readonly started: string[] = [];
  /** Ends that somebody will yet be told of. */
  untold = 0;
  private restarts = 0;
  private readonly options: ExecutionsOptions;
  private readonly log = new MemoryLog();
  private engine: Engine;
  private readonly told = new Map<string, HistoryEvent[]>();
  private readonly counts = new Map<string, Transitions>();

  constructor(options: ExecutionsOptions) {
    this.options = options;
    this.engine = this.boot();
  }

  async start(input: ExecutionInput): Promise<void> {
    await this.startNamed(input, executionName(input.run, input.epoch));
  }

  /** An express execution begins again from its start, whatever the one before is at; the service tells nobody. */
  async restart(input: ExecutionInput): Promise<void> {
    if (!this.isExpress(input) || this.own(input) === undefined) return;
    this.restarts += 1;
    await this.startNamed(input, `${executionName(input.run, input.epoch)}-again-${this.restarts}`);
  }

  /** Where two of one run are, beside what they have written. */
  positions(): readonly string[] {
    return this.restarts === 0 ? [] : [...this.open.keys()].map((id) => `${id} ${this.told.get(id)?.length ?? 0}`);
  }

  async startUndo(input: ExecutionInput, number: number): Promise<void> {
    const { undoMachine } = this.options.machines(input.plan);
    const name = undoExecutionName(input.run, input.epoch, number);
    await this.begin(input, { name, machine: `undo-${input.plan}`, definition: undoMachine, type: 'STANDARD' });
  }

  /** A state that waits with this token; one that nothing waits with any more is no failure. */
  async wake(
    token: string,
    result: { readonly output: Json } | { readonly error: string; readonly cause: string },
  ): Promise<'woken' | 'gone'> {
    try {
      if ('output' in result) await this.engine.sendTaskSuccess(token, result.output);
      else await this.engine.sendTaskFailure(token, result);
      return 'woken';
    } catch (error) {
      if (error instanceof Failure && (error.code === 'InvalidToken' || error.code === 'TaskTimedOut')) return 'gone';
      throw error;
    }
  }

  /** What a sweep does for a run that is not over and has no execution: what never started is started. */
  async sweep(input: ExecutionInput): Promise<void> {
    if (this.open.size > 0) return;
    const execution = this.isExpress(input) ? (this.settlement(input) ?? this.own(input)) : this.own(input);
    if (execution !== undefined) await this.options.after({ ...input, execution, unheard: false });
    else await this.start(input);
  }

  /** Somebody ends whatever runs. */
  async abort(): Promise<void> {
    for (const id of this.open.keys()) await this.stopNow(id, { error: 'Aborted', cause: 'a fault of the rehearsal' });
  }

  /** Whoever asks a process that dies meanwhile gets no answer: the next one goes on from what the log has. */
  private async stopNow(id: string, why: { readonly error: string; readonly cause: string }): Promise<void> {
    const { engine } = this;
    try {
      await engine.stop(id, why);
    } catch (error) {
      if (this.engine === engine) throw error;
    }
  }

  async stop(input: ExecutionInput, why: { readonly error: string; readonly cause: string }): Promise<void> {
    if (this.isExpress(input)) return await this.startUndo(input, HANDED_OVER);
    const execution = this.own(input);
    if (execution !== undefined) await this.stopNow(execution, why);
  }

  /** The process is gone, and the next one goes on from the log. */
  async crash(): Promise<void> {
    this.engine.close();
    const engine = this.boot();
    this.engine = engine;
    try {
      await engine.recover();
    } catch (error) {
      // Gone again while it read its log: the one after it goes on.
      if (this.engine !== engine) return;
      throw error;
    }
    for (const [id, input] of this.open) this.watch(id, input);
  }

  /** Of all executions so far. */
  get transitions(): number {
    let all = 0;
    for (const { count } of this.counts.values()) all += count;
    return all;
  }

  private counted(id: string): Transitions {
    const known = this.counts.get(id) ?? new Transitions();
    this.counts.set(id, known);
    return known;
  }

  /** As they were told while they happened: reading them again would run each execution a second time. */
  histories(): ReadonlyMap<string, readonly HistoryEvent[]> {
    return new Map(this.started.map((id) => [id, this.told.get(id) ?? []]));
  }

  private note(id: string, events: readonly HistoryEvent[]): void {
    const known = this.told.get(id) ?? [];
    this.told.set(id, known);
    // Who recovers tells once more what was told before the crash.
    for (const event of events) {
      if (event.id <= (known.at(-1)?.id ?? 0)) continue;
      known.push(event);
      this.counted(id).add(event);
    }
  }

  /** Of the run and its epoch, where it has been started. */
  private own({ run, epoch }: ExecutionInput): string | undefined {
    const name = executionName(run, epoch);
    return this.started.findLast((id) => id.endsWith(`:${name}`));
  }

  /** The last undo machine of the run and its epoch. */
  private settlement({ run, epoch }: ExecutionInput): string | undefined {
    return this.started.findLast((id) => id.includes(`:${executionName(run, epoch)}-undo-`));
  }

  private isExpress({ plan }: ExecutionInput): boolean {
    return this.options.machines(plan).plan.mode === 'express';
  }

  private async startNamed(input: ExecutionInput, name: string): Promise<void> {
    const { machine: definition } = this.options.machines(input.plan);
    const type = this.isExpress(input) ? 'EXPRESS' : 'STANDARD';
    await this.begin(input, { name, machine: `main-${input.plan}`, definition, type });
  }

  private boot(): Engine {
    const { clock, chance, tasks } = this.options;
    const onEvent = (id: string, events: readonly HistoryEvent[]): void => this.note(id, events);
    return new Engine({ clock, random: chance.source('engine'), tasks, log: this.log, onEvent });
  }

  private async begin(input: ExecutionInput, { name, machine, definition, type }: Beginning): Promise<void> {
    this.engine.register(machine, definition, type);
    const json = { run: input.run, epoch: input.epoch, plan: input.plan };
    const { executionId } = await this.engine.start({ machine, name, input: json });
    if (this.started.includes(executionId)) return;
    this.started.push(executionId);
    this.open.set(executionId, input);
    this.watch(executionId, input);
  }

  private watch(id: string, input: ExecutionInput): void {
    const unheard = this.isExpress(input) && !id.includes('-undo-');
    void this.engine.result(id).then(() => {
      // A crash has made another engine watch it, too.
      if (this.open.delete(id)) this.tell({ ...input, execution: id, unheard });
    });
  }

  private tell(ended: EndedExecution): void {
    const { chance, weather } = this.options;
    if (chance.fires('event-lost', weather['event-lost'])) return;
    const late = chance.fires('event-late', weather['event-late']);
    this.tellAfter(late ? chance.between('event', 1_000, LATEST_EVENT_MS) : 1, ended);
    if (chance.fires('event-twice', weather['event-twice']))
      this.tellAfter(chance.between('second event', 1, 60_000), ended);
  }

  private tellAfter(ms: number, ended: EndedExecution): void {
    const { clock, after } = this.options;
    this.untold += 1;
    clock.after(ms, () => {
      void after(ended).finally(() => {
        this.untold -= 1;
      });
    });
  }
}
