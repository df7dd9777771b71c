/**
 * The executions an engine has at hand: all that run, and of the ended ones the latest few. An ended one that is asked
 * for later is built again from the log; memory does not grow with the number of runs that are kept there.
 */
import { Failure } from '../model/failure.ts';
import { Execution, type ExecutionHost } from './execution.ts';
import type { EngineLog, ExecutionSummary, ListQuery, LoggedExecution } from './log.ts';
import type { Registry } from './registry.ts';
import { replay } from './replay.ts';

export interface RosterOptions {
  readonly log: EngineLog | null;
  readonly registry: Registry;
  readonly host: ExecutionHost;
  readonly keepEnded: number;
}

export class Roster {
  readonly #options: RosterOptions;
  readonly #executions = new Map<string, Execution>();
  /** Oldest first. */
  readonly #ended = new Set<string>();
  #closed = false;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** In memory or in the log. */
  async find(id: string): Promise<Execution | null> {
    this.#refuseWhenClosed();
    const known = this.#executions.get(id);
    if (known !== undefined) return known;
    const logged = await this.#options.log?.read(id);
    return this.#executions.get(id) ?? (logged === undefined ? null : this.#revive(logged));
  }

  /** In memory only. */
  known(id: string): Execution | null {
    return this.#executions.get(id) ?? null;
  }

  async get(id: string): Promise<Execution> {
    const execution = await this.find(id);
    if (execution === null) throw new Failure('ExecutionDoesNotExist', `Execution Does Not Exist: '${id}'`);
    return execution;
  }

  /** Takes an execution in as running; out again when its first event cannot be recorded. */
  async admit(execution: Execution, first: () => Promise<void>): Promise<void> {
    this.#refuseWhenClosed();
    this.#executions.set(execution.id, execution);
    this.#ended.delete(execution.id);
    await first().catch((error: unknown) => {
      if (execution.snapshot === null) this.#executions.delete(execution.id);
      throw error;
    });
  }

  retire({ id }: Execution): void {
    this.#ended.delete(id);
    this.#ended.add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= this.#options.keepEnded) return;
      this.#ended.delete(oldest);
      this.#executions.delete(oldest);
    }
  }

  async recover(isWanted: (executionId: string) => boolean): Promise<readonly string[]> {
    const unfinished = (await this.#options.log?.load()) ?? [];
    const ids: string[] = [];
    for (const logged of unfinished) {
      if (this.#executions.has(logged.executionId) || !isWanted(logged.executionId)) continue;
      const execution = await this.#revive(logged);
      ids.push(execution.id);
    }
    return ids;
  }

  list({ machine, status, limit = 100 }: ListQuery): readonly ExecutionSummary[] {
    return [...this.#executions.values()]
      .filter(({ start }) => start.parent === undefined && (machine === undefined || start.machine === machine))
      .map(summaryOf)
      .filter((summary) => status === undefined || summary.status === status)
      .toReversed()
      .slice(0, limit);
  }

  /**
   * Whatever still runs in the background (a Map run whose signal was aborted wants to stop its children) finds nothing
   * here any more: an execution that was let go must not be changed behind the back of whoever takes it up next.
   */
  close(): void {
    this.#closed = true;
    for (const execution of this.#executions.values()) execution.detach();
    this.#executions.clear();
    this.#ended.clear();
  }

  async #revive(logged: LoggedExecution): Promise<Execution> {
    const { executionId: id, start } = logged;
    const machine = await this.#options.registry.byHash(start.definitionHash);
    const replayed = await replay(machine, logged);
    this.#refuseWhenClosed();
    const known = this.#executions.get(id);
    if (known !== undefined) return known;
    const execution = new Execution({ id, machine, host: this.#options.host, start });
    this.#executions.set(id, execution);
    execution.resume(replayed);
    return execution;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Failure('EngineClosed', 'The engine is closed: its executions go on in the next one');
  }
}

export function summaryOf(execution: Execution): ExecutionSummary {
  const { id, start } = execution;
  const outcome = execution.outcome();
  return {
    executionId: id,
    machine: start.machine,
    name: start.name,
    status: outcome?.status ?? 'RUNNING',
    startTime: start.time,
    ...(outcome !== null && { stopTime: outcome.stopTime }),
  };
}
