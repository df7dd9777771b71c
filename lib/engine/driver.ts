/**
 * The engine as a host uses it: registers definitions, starts executions and answers for them. Everything it needs of
 * the world comes in through ports, so the same engine runs on a laptop, in a rehearsal and in a test. It keeps running
 * executions in memory, and of ended ones as many as it is told; the others are read back from the log.
 */
import type { StateMachineDefinition } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Clock, Random } from '../model/time.ts';
import type { MachineType } from './definition/validation.ts';
import type { StartEvent, WaitId } from './event.ts';
import { Execution, type ExecutionHost } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import { exceeds } from './json-size.ts';
import type { EngineLog, ExecutionSummary, ListQuery, Outcome } from './log.ts';
import type { Machine } from './machine.ts';
import { checkName, nameOfTime } from './names.ts';
import { runMap } from './map-run.ts';
import type { ItemSource, ResultStore, TaskResult, TaskRunner } from './ports.ts';
import { HISTORY_EVENTS, PAYLOAD_BYTES, REDRIVE_WINDOW_MS } from './quotas.ts';
import { seedAt } from './random-source.ts';
import { Registry } from './registry.ts';
import { replay } from './replay.ts';
import { Roster, summaryOf } from './roster.ts';
import { isStartExecution, startExecution } from './start-execution.ts';
import { readTaskToken } from './task-token.ts';

export interface EngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly tasks: TaskRunner;
  /** Without one nothing survives the process. */
  readonly log?: EngineLog;
  readonly items?: ItemSource;
  readonly results?: ResultStore;
  /** Live progress: called after each step with its events, in order. It must not throw. */
  readonly onEvent?: (executionId: string, events: readonly HistoryEvent[]) => void;
  readonly region?: string;
  readonly accountId?: string;
  readonly roleArn?: string;
  /** A snapshot after so many events, for a quick recovery. Default 100. */
  readonly snapshotEvery?: number;
  /**
   * How many ended executions stay in memory. Default 1,000, and 10,000 without a log, from which the others could be
   * read again.
   */
  readonly keepEnded?: number;
}

export interface StartOptions {
  /** The registered name, or its ARN. */
  readonly machine: string;
  /** Default: a UUID of version 7. The same name and input again answer with the execution that exists. */
  readonly name?: string;
  readonly input?: Json;
}

export interface Started {
  readonly executionId: string;
  readonly startTime: number;
}

export interface ExecutionDescription extends ExecutionSummary {
  readonly input: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redriveTime?: number;
}

export interface FailureReport {
  readonly error?: string;
  readonly cause?: string;
}

/** A start by the engine itself: of a child by its parent. */
export interface ChildStart {
  readonly machineName: string;
  readonly machine: Machine;
  readonly name: string;
  readonly input: Json;
  readonly parent?: Execution;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #registry: Registry;
  readonly #roster: Roster;
  readonly #host: ExecutionHost;

  constructor(options: EngineOptions) {
    const { clock, log = null, region = 'local', accountId = '000000000000', onEvent } = options;
    this.#options = options;
    this.#registry = new Registry({ log, arn: `arn:aws:states:${region}:${accountId}` });
    this.#host = {
      clock,
      log,
      snapshotEvery: options.snapshotEvery ?? 100,
      task: (execution, id, request, signal) => this.#task(execution, id, request, signal),
      mapRun: (execution, id, request, signal) => this.#mapRun(execution, id, request, signal),
      progressed: ({ id }, events) => onEvent?.(id, events),
      ended: (execution) => this.#roster.retire(execution),
    };
    this.#roster = new Roster({
      log,
      registry: this.#registry,
      host: this.#host,
      keepEnded: options.keepEnded ?? (log === null ? 10_000 : 1_000),
    });
  }

  /** Runs that are under way keep the definition they started with. Throws a Failure when it cannot run here. */
  register(
    name: string,
    definition: StateMachineDefinition,
    type: MachineType = 'STANDARD',
  ): { readonly machineArn: string; readonly hash: string } {
    checkName(name, 'state machine');
    const { hash } = this.#registry.register(name, definition, type);
    return { machineArn: this.#registry.machineArn(name), hash };
  }

  /** Resolves when the start is durable. */
  async start({ machine: wanted, name, input = {} }: StartOptions): Promise<Started> {
    const machineName = this.#registry.nameOf(wanted);
    const machine = this.#registry.find(machineName);
    if (machine === null) throw new Failure('StateMachineDoesNotExist', `State Machine Does Not Exist: '${wanted}'`);
    if (name !== undefined) return this.startChild({ machineName, machine, name, input });
    const { clock, random } = this.#options;
    return this.#begin({ machineName, machine, name: nameOfTime(clock.now(), random.uuid()), input });
  }

  /** For the engine's own parts; hosts use start(). */
  async startChild(start: ChildStart): Promise<Started> {
    checkName(start.name, 'execution');
    const existing = await this.#roster.find(this.#registry.executionId(start.machineName, start.name));
    return existing === null ? this.#begin(start) : sameStart(existing, start.input);
  }

  async #begin({ machineName, machine, name, input, parent }: ChildStart): Promise<Started> {
    if (exceeds(input, PAYLOAD_BYTES))
      throw new Failure('InvalidExecutionInput', `the input is larger than ${PAYLOAD_BYTES} bytes`);
    const id = this.#registry.executionId(machineName, name);
    const beside = this.#roster.known(id);
    if (beside !== null) return beside.begun().then(() => sameStart(beside, input));
    const start = {
      machine: machineName,
      name,
      time: this.#options.clock.now(),
      ...(parent !== undefined && { parent: parent.id }),
    };
    const seed = this.#seedFor(name, parent);
    const execution = new Execution({ id, machine, host: this.#host, start });
    const { roleArn = 'arn:aws:iam::000000000000:role/local' } = this.#options;
    const machineArn = this.#registry.machineArn(machineName);
    const event: StartEvent = {
      type: 'start',
      ...start,
      seed,
      machineArn,
      definitionHash: machine.hash,
      roleArn,
      input,
    };
    await this.#roster.admit(execution, () => execution.begin(event, this.#registry.recordsFor(machine)));
    return { executionId: id, startTime: start.time };
  }

  /** A child's is its parent's and its name's: it does not depend on which of the children begins first. */
  #seedFor(name: string, parent: Execution | undefined): number {
    const given = parent?.snapshot?.seed;
    return given === undefined ? Math.floor(this.#options.random.next() * 2 ** 32) : seedAt(given, name);
  }

  async describe(executionId: string): Promise<ExecutionDescription> {
    const execution = await this.#roster.get(executionId);
    const facts = execution.snapshot?.context.Execution;
    return {
      ...summaryOf(execution),
      input: facts?.Input ?? null,
      redriveCount: facts?.RedriveCount ?? 0,
      ...(facts?.RedriveTime !== undefined && { redriveTime: Date.parse(facts.RedriveTime) }),
      ...execution.outcome(),
    };
  }

  /** All events up to now, from the first. */
  async history(executionId: string): Promise<readonly HistoryEvent[]> {
    const execution = await this.#roster.get(executionId);
    const logged = await this.#options.log?.read(executionId);
    return logged === undefined ? execution.history : (await replay(execution.machine, logged)).history;
  }

  /** Resolves when the execution ends, however it ends. */
  async result(executionId: string): Promise<Outcome> {
    return (await this.#roster.get(executionId)).ended();
  }

  /** Does nothing to an execution that has ended. */
  async stop(executionId: string, report: FailureReport = {}): Promise<void> {
    const execution = await this.#roster.get(executionId);
    if (execution.outcome() === null) await execution.receive({ type: 'stop', ...reported(report) });
  }

  /** An execution that ended without success goes on from where it failed. */
  async redrive(executionId: string): Promise<void> {
    const execution = await this.#roster.get(executionId);
    const outcome = execution.outcome();
    if (outcome === null || outcome.status === 'SUCCEEDED') {
      throw new Failure(
        'ExecutionNotRedrivable',
        `Execution is ${outcome?.status ?? 'RUNNING'} and cannot be redriven`,
      );
    }
    if (this.#options.clock.now() - outcome.stopTime > REDRIVE_WINDOW_MS) {
      throw new Failure('ExecutionNotRedrivable', 'Execution has exceeded its redrivable period');
    }
    if ((execution.snapshot?.lastEventId ?? 0) >= HISTORY_EVENTS - 1) {
      throw new Failure('ExecutionNotRedrivable', 'Execution has reached the maximum number of history events');
    }
    await this.#roster.admit(execution, () => execution.receive({ type: 'redrive' }));
  }

  async sendTaskSuccess(token: string, output: Json): Promise<void> {
    if (exceeds(output, PAYLOAD_BYTES))
      throw new Failure('InvalidOutput', `the output is larger than ${PAYLOAD_BYTES} bytes`);
    const { execution, task } = await this.#awaited(token);
    await execution.receive({ type: 'taskSucceeded', task, output });
  }

  async sendTaskFailure(token: string, report: FailureReport = {}): Promise<void> {
    const { execution, task } = await this.#awaited(token);
    await execution.receive({ type: 'taskFailed', task, ...reported(report) });
  }

  async sendTaskHeartbeat(token: string): Promise<void> {
    const { execution, task } = await this.#awaited(token);
    await execution.receive({ type: 'heartbeat', task });
  }

  /** Newest first, without children. */
  async list(query: ListQuery = {}): Promise<readonly ExecutionSummary[]> {
    return this.#options.log === undefined ? this.#roster.list(query) : this.#options.log.list(query);
  }

  /** Takes up what is unfinished in the log, or what of it is wanted. Call after registering. Gives the ids. */
  async recover(isWanted: (executionId: string) => boolean = () => true): Promise<readonly string[]> {
    return this.#roster.recover(isWanted);
  }

  /** Stops timers and tasks without touching the executions: they go on after the next recover(). */
  close(): void {
    this.#roster.close();
  }

  async #awaited(token: string): Promise<{ readonly execution: Execution; readonly task: WaitId }> {
    const parts = readTaskToken(token);
    const execution = parts === null ? null : await this.#roster.find(parts.executionId);
    if (parts === null || execution === null) throw new Failure('InvalidToken', "Invalid Token: 'Invalid token'");
    if (!execution.waitsFor(parts.task, token)) {
      throw new Failure('TaskTimedOut', 'Task Timed Out: the task is no longer waiting for this token');
    }
    return { execution, task: parts.task };
  }

  async #task(...[execution, id, request, signal]: Parameters<ExecutionHost['task']>): Promise<TaskResult> {
    if (isStartExecution(request.resource))
      return startExecution(this, this.#registry, { execution, id, request, signal });
    const { id: executionId, start } = execution;
    return this.#options.tasks.run({ ...request, taskId: id, executionId, machine: start.machine }, signal);
  }

  #mapRun(...[execution, _id, request, signal]: Parameters<ExecutionHost['mapRun']>): Promise<TaskResult> {
    const { items = null, results = null } = this.#options;
    return runMap({ engine: this, registry: this.#registry, items, results, execution, request, signal });
  }
}

/** The same name again: the same start when the input is the same, else a conflict. */
function sameStart({ id, snapshot, start }: Execution, input: Json): Started {
  const before = snapshot?.context.Execution.Input;
  if (before === undefined || JSON.stringify(before) === JSON.stringify(input))
    return { executionId: id, startTime: start.time };
  throw new Failure('ExecutionAlreadyExists', `Execution Already Exists: '${id}'`);
}

function reported({ error, cause }: FailureReport): FailureReport {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}
