/**
 * Runs on one machine: engine, handlers, journal and queue in one process over one data file. It takes compiled
 * workflows with their place (environment, servers, simulation), so that several descriptions and environments can run
 * side by side; a plan and its place are kept with the run, so that a later process can go on with what this one began.
 */
import { Engine } from '../engine/driver.ts';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { CORE } from '../model/placeholders.ts';
import type { RunEvent, RunView } from '../model/run.ts';
import type { CoreTask, SystemTask } from '../model/task.ts';
import { Tokens } from '../runtime/auth/tokens.ts';
import type { CallPorts } from '../runtime/call.ts';
import { core } from '../runtime/core.ts';
import { plansOf } from '../runtime/effects.ts';
import { afterExecution } from '../runtime/lifecycle.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Http } from '../runtime/ports/http.ts';
import type { AuditEntry, RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';
import type { Telemetry } from '../runtime/ports/telemetry.ts';
import { Protector } from '../runtime/protect/protector.ts';
import { type InputProblem, newRunId, startRun } from '../runtime/run.ts';
import { system } from '../runtime/system.ts';
import { viewFromRecord } from '../runtime/view.ts';
import type { Clock, Random } from '../model/time.ts';
import type { Database } from './database.ts';
import { SqliteEngineLog } from './engine-log.ts';
import { LocalTasks } from './functions.ts';
import { LocalExecutions } from './local-executions.ts';
import { SqliteJournal } from './journal.ts';
import { SqliteLocks } from './locks.ts';
import { SqliteBreakers, SqlitePermits, SqliteRates } from './protection-stores.ts';
import { type DeadLetter, RunStore } from './run-store.ts';

/** Where and as whom a run calls its systems. */
export interface Place {
  /** What shares breakers, limits and locks: the environment's name, or the simulation. */
  readonly scope: string;
  readonly environments: Environments;
  readonly secrets: Secrets;
  readonly http: Http;
}

export interface HostOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Makes a place from what was kept of it; used when a run of an earlier process goes on. */
  readonly placeOf: (kept: Json) => Promise<Place>;
}

export interface RunRequest {
  readonly workflow: CompiledWorkflow;
  readonly input: Json;
  readonly actor: string;
  readonly runId?: string;
  readonly place: Place;
  /** What `placeOf` makes the same place from; no secret is in it. */
  readonly kept: Json;
}

export type RunStarted =
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

type Listener = (event: RunEvent) => void;

export class RunHost {
  private readonly options: HostOptions;
  private readonly journal: SqliteJournal;
  private readonly store: RunStore;
  private readonly engine: Engine;
  private readonly executions: LocalExecutions;
  private readonly places = new Map<string, PlaceInUse>();
  private readonly shared = new Map<string, Shared>();
  private readonly listeners = new Set<Listener>();

  constructor(options: HostOptions) {
    this.options = options;
    this.journal = new SqliteJournal(options.database);
    this.store = new RunStore(options.database);
    this.engine = new Engine({
      clock: options.clock,
      random: options.random,
      log: new SqliteEngineLog(options.database),
      tasks: new LocalTasks({
        function: (name) => (payload) => this.invoke(name, payload),
        send: (queue, message) => this.store.sendDeadLetter(queue, message, options.clock.now(), options.random.uuid()),
      }),
    });
    this.executions = new LocalExecutions({
      engine: this.engine,
      store: this.store,
      after: (input) => afterExecution(input, this.operatorPorts()),
    });
  }

  onEvent(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Goes on with every run that an earlier process left unfinished, begun or only recorded; names them. */
  async recover(): Promise<readonly string[]> {
    const unfinished = this.store.unfinished();
    for (const { runId, kept } of unfinished) {
      this.places.set(runId, inUse(await this.options.placeOf(kept), this.options.clock));
    }
    for (const { planHash } of unfinished) await this.executions.register(planHash);
    const open = await this.engine.recover();
    for (const { runId, planHash, epoch } of unfinished) {
      await this.executions.resume({ run: runId, epoch, plan: planHash }, open);
    }
    return unfinished.map(({ runId }) => runId);
  }

  /** Resolves when the run is durable and its execution begun. */
  async start(request: RunRequest): Promise<RunStarted> {
    const { plan, planHash } = request.workflow;
    const { clock, random } = this.options;
    const runId = request.runId ?? newRunId(plan.workflowId, random.uuid());
    this.places.set(runId, inUse(request.place, clock));
    // What a later process needs is written before or with the record that makes it look for the run.
    const kept = Promise.all([this.store.keepWorkflow(request.workflow), this.store.keepPlace(runId, request.kept)]);
    const started = await startRun(
      { plan, planHash, input: request.input, actor: request.actor, runId },
      { journal: this.journal, clock, random, events: this.events() },
    );
    await kept;
    if (started.kind === 'invalid') return started;
    if (started.kind === 'conflict') {
      throw new Failure('run-conflict', `The run ${started.runId} exists with another input`, { kind: 'usage' });
    }
    await this.executions.start(started.execution.input);
    return { kind: 'started', runId };
  }

  /** The view of a run once nothing of it is under way. */
  async ended(runId: string): Promise<RunView> {
    await this.executions.idle(runId);
    this.places.delete(runId);
    const view = await this.view(runId);
    if (!view) throw new Failure('run-unknown', `There is no run ${runId}`);
    return view;
  }

  async view(runId: string): Promise<RunView | undefined> {
    const record = await this.journal.record(runId);
    if (!record) return undefined;
    return viewFromRecord(record, await plansOf(record.header, this.store), this.options.clock.now());
  }

  async list(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }> {
    return await this.journal.list(query);
  }

  /** A corrected workflow, before a run goes on with it. */
  async keep(workflow: CompiledWorkflow): Promise<void> {
    await this.store.keepWorkflow(workflow);
  }

  deadLetters(): readonly DeadLetter[] {
    return this.store.deadLetters();
  }

  async discardLetter(id: string): Promise<boolean> {
    return await this.store.discardLetter(id);
  }

  async audits(runId: string): Promise<readonly AuditEntry[]> {
    return await this.journal.audits(runId);
  }

  /** What the operator's actions need: of the run's systems they know nothing. */
  operatorPorts(): OperatorPorts {
    const { clock, random } = this.options;
    return {
      clock,
      random,
      journal: this.journal,
      plans: this.store,
      executions: this.executions,
      events: this.events(),
      telemetry: this.telemetry(),
    };
  }

  close(): void {
    this.engine.close();
    this.options.database.close();
  }

  private async invoke(name: string, payload: Json): Promise<Json> {
    // The payload was written by our emitter for this very function (lib/model/task.ts).
    const task = payload as unknown as SystemTask | CoreTask;
    const ports = await this.portsOf(task.run);
    const isSystem = task.op === 'call' || task.op === 'undo';
    if ((name === CORE) === isSystem) throw new Failure('function-mismatch', `${name} does not serve ${task.op}`);
    return isSystem ? await system(task, ports) : await core(task, ports);
  }

  /** Where a run calls its systems: as it was started, or, in a later process, as it was kept. */
  private async placeOf(runId: string): Promise<PlaceInUse> {
    const known = this.places.get(runId);
    if (known) return known;
    const kept = this.store.place(runId);
    if (kept === undefined) {
      throw new Failure('run-place', `Nothing is known of where the run ${runId} calls its systems`);
    }
    const place = inUse(await this.options.placeOf(kept), this.options.clock);
    this.places.set(runId, place);
    return place;
  }

  private async portsOf(runId: string): Promise<CallPorts> {
    const place = await this.placeOf(runId);
    const { clock, random } = this.options;
    return {
      clock,
      random,
      ...place,
      ...this.sharedIn(place.scope),
      journal: this.journal,
      plans: this.store,
      events: this.events(),
      telemetry: this.telemetry(),
    };
  }

  /** One protection for all runs of a scope, so that what one of them finds out is known to the others at once. */
  private sharedIn(scope: string): Shared {
    const known = this.shared.get(scope) ?? sharedOver(this.options, this.telemetry(), scope);
    this.shared.set(scope, known);
    return known;
  }

  /** Whoever follows a run reads its notes with its events: there is no other log on one machine. */
  private telemetry(): Telemetry {
    return {
      log: ({ run: runId, step, message }) => {
        const at = new Date(this.options.clock.now()).toISOString();
        this.events().emit({ type: 'noted', runId, at, message, ...(step !== undefined && { step }) });
      },
    };
  }

  private events(): { emit(event: RunEvent): void } {
    return {
      emit: (event) => {
        for (const listener of this.listeners) listener(event);
      },
    };
  }
}

type Shared = Pick<CallPorts, 'protection' | 'locks'>;

function sharedOver({ database, clock, random }: HostOptions, telemetry: Telemetry, scope: string): Shared {
  const stores = {
    breakers: new SqliteBreakers(database),
    rates: new SqliteRates(database),
    permits: new SqlitePermits(database),
  };
  return {
    protection: new Protector({ ...stores, clock, random, telemetry, scope }),
    locks: new SqliteLocks(database, scope),
  };
}

type PlaceInUse = Place & { readonly tokens: Tokens };

function inUse(place: Place, clock: Clock): PlaceInUse {
  return { ...place, tokens: new Tokens({ http: place.http, clock }) };
}
