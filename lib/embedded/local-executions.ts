/**
 * Executions of runs in the embedded engine: started under names that make starting idempotent, watched to their end, and
 * followed by what the run then needs. A run is over when its last execution has ended and nothing followed it.
 */
import type { Engine } from '../engine/driver.ts';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { Bug } from '../model/assert.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Json } from '../model/json.ts';
import type { ExecutionInput } from '../model/task.ts';
import type { Executions } from '../runtime/ports/executions.ts';
import { executionName, HANDED_OVER, undoExecutionName } from '../runtime/run.ts';
import type { RunStore } from './run-store.ts';

export interface LocalExecutionsOptions {
  readonly engine: Engine;
  readonly store: RunStore;
  /** What follows the end of an execution; it may start another one. */
  readonly after: (input: ExecutionInput, executionId: string) => Promise<unknown>;
}

/** Their names in the engine. */
interface Machines {
  readonly run: string;
  readonly undo: string;
}

export class LocalExecutions implements Executions {
  private readonly options: LocalExecutionsOptions;
  /** By run: everything that has been started for it and what follows, one after another. */
  private readonly watched = new Map<string, Promise<void>>();
  /** By run: the execution that was started or taken up last. */
  private readonly latest = new Map<string, string>();
  /** By plan hash: a plan's machines are registered once. */
  private readonly machines = new Map<string, Machines>();

  constructor(options: LocalExecutionsOptions) {
    this.options = options;
  }

  async start(input: ExecutionInput): Promise<void> {
    await this.begin(input, { machine: 'run', name: executionName(input.run, input.epoch) });
  }

  async startUndo(input: ExecutionInput, number: number): Promise<void> {
    await this.begin(input, { machine: 'undo', name: undoExecutionName(input.run, input.epoch, number) });
  }

  /**
   * One that no process here has taken up is stopped when one does (`RunHost.recover`). An express one is stopped by nobody,
   * here as on AWS.
   */
  async stop(input: ExecutionInput, why: { readonly error: string; readonly cause: string }): Promise<void> {
    const { plan } = await this.options.store.workflow(input.plan);
    if (plan.mode === 'express') return await this.startUndo(input, HANDED_OVER);
    const id = this.latest.get(input.run);
    if (id !== undefined && nameIn(id) === executionName(input.run, input.epoch))
      await this.options.engine.stop(id, why);
  }

  /**
   * A run of an earlier process: those of its executions that go on are watched; where none does and the run is not over,
   * its own is started. One that has ended already is followed by what the run needs, as if it had ended just now.
   */
  async resume(input: ExecutionInput, open: readonly string[], isOver: boolean): Promise<void> {
    if (this.watched.has(input.run)) return;
    const mine = open.filter((id) => isExecutionOf(input, id));
    for (const id of mine) this.watch(input, id);
    if (mine.length === 0 && !isOver) await this.start(input);
  }

  isUnderWay(run: string): boolean {
    return this.watched.has(run);
  }

  /** Resolves when nothing of the run is under way here. */
  async idle(run: string): Promise<void> {
    for (let last = this.watched.get(run); last !== undefined; ) {
      await last;
      const next = this.watched.get(run);
      last = next === last ? undefined : next;
    }
  }

  async register(planHash: string): Promise<Machines> {
    const known = this.machines.get(planHash);
    if (known) return known;
    const { engine, store } = this.options;
    const workflow = await store.workflow(planHash);
    const machines = { run: machineName(workflow, false), undo: machineName(workflow, true) };
    const type = workflow.plan.mode === 'express' ? 'EXPRESS' : 'STANDARD';
    engine.register(machines.run, substituted(workflow.machine), type);
    engine.register(machines.undo, substituted(workflow.undoMachine));
    this.machines.set(planHash, machines);
    return machines;
  }

  private async begin(
    input: ExecutionInput,
    { machine, name }: { readonly machine: keyof Machines; readonly name: string },
  ): Promise<void> {
    const machines = await this.register(input.plan);
    // An ExecutionInput is plain JSON; it only lacks the index signature.
    const json = { run: input.run, epoch: input.epoch, plan: input.plan } as unknown as Json;
    const started = await this.options.engine.start({ machine: machines[machine], name, input: json });
    this.watch(input, started.executionId);
  }

  private watch(input: ExecutionInput, executionId: string): void {
    const before = this.watched.get(input.run) ?? Promise.resolve();
    const ended = this.options.engine.result(executionId).then(() => this.options.after(input, executionId));
    const all = Promise.all([before, ended]).then(() => undefined);
    this.watched.set(input.run, all);
    this.latest.set(input.run, executionId);
    void all.then(
      () => {
        if (this.watched.get(input.run) !== all) return;
        this.watched.delete(input.run);
        this.latest.delete(input.run);
      },
      // Whoever waits for the run hears of it; nobody else has to.
      () => undefined,
    );
  }
}

/** Its own, or an undo machine's, of that epoch. */
export function isExecutionOf({ run, epoch }: Pick<ExecutionInput, 'run' | 'epoch'>, executionId: string): boolean {
  const name = executionName(run, epoch);
  const last = nameIn(executionId);
  return last.startsWith(name) && /^(-undo-\d+)?$/.test(last.slice(name.length));
}

function nameIn(executionId: string): string {
  return executionId.slice(executionId.lastIndexOf(':') + 1);
}

/** One registered machine per plan: a changed description is another machine, and old runs keep theirs. */
function machineName({ workflowId, planHash }: CompiledWorkflow, undo: boolean): string {
  const name = workflowId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
  return `${name}-${planHash.slice(0, 12)}${undo ? '-undo' : ''}`;
}

/** On one machine the placeholders stand for themselves: `${Core}` becomes `Core`. */
function substituted(machine: StateMachineDefinition): StateMachineDefinition {
  const text = JSON.stringify(machine).replace(/\$\{([A-Za-z0-9]+)\}/g, '$1');
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Bug('a machine is an object');
  return parsed as StateMachineDefinition;
}
