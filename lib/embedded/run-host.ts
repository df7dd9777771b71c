/**
 * Runs on one machine: engine, handlers, journal and queue in one process over one data file. It takes compiled
 * workflows with their place (environment, servers, simulation), so that several descriptions and environments can run
 * side by side; a plan and its place are kept with the run, so that a later process can go on with what this one began.
 */
import { Engine } from '../engine/driver.ts';
import type { CompiledWorkflow } from '../compile/compile.ts';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { CORE } from '../model/placeholders.ts';
import type { RunView, UnclaimedMessage } from '../model/run.ts';
import type { CoreTask, SystemTask } from '../model/task.ts';
import type { CallPorts } from '../runtime/call.ts';
import { core } from '../runtime/core.ts';
import { plansOf } from '../runtime/effects.ts';
import { afterExecution } from '../runtime/lifecycle.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { BreakerState } from '../runtime/ports/breakers.ts';
import type { AuditEntry, RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import {
  HANDED_OVER,
  type InputProblem,
  newRunId,
  type StartAnswer,
  startRun,
  type StartRequest,
} from '../runtime/run.ts';
import { batch } from '../runtime/batch.ts';
import { system } from '../runtime/system.ts';
import { revealedOutputs, shownOutputs } from '../runtime/shown-outputs.ts';
import { trailOf } from '../runtime/trail.ts';
import { clearMailboxes } from '../runtime/unclaimed.ts';
import { waitsOf } from '../runtime/waits.ts';
import { viewFromRecord } from '../runtime/view.ts';
import { type HealthRecord, healthRecord, type RecordingPorts } from '../runtime/upkeep/health-record.ts';
import { calledSystems } from '../model/dependencies.ts';
import type { Clock, Random } from '../model/time.ts';
import type { Database } from './database.ts';
import { SqliteCallbacks } from './callbacks.ts';
import { LocalMessages } from './local-messages.ts';
import { LocalQueues, queueingHttp } from './local-queues.ts';
import { SqliteMailboxes } from './mailboxes.ts';
import { EngineTokens } from './engine-tokens.ts';
import { SqliteEngineLog } from './engine-log.ts';
import { DeadLetters } from './dead-letters.ts';
import { LocalTasks } from './functions.ts';
import { LocalExecutions } from './local-executions.ts';
import { SqliteBlobs } from './blobs.ts';
import { SqliteJournal } from './journal.ts';
import { fileItems, fileResults } from './map-files.ts';
import { type Place, type PlaceOf, Places } from './places.ts';
import { recover, type Recovered } from './recovery.ts';
import { type Listener, RunListeners } from './run-listeners.ts';
import { RunStore } from './run-store.ts';
import type { Variables } from './secrets.ts';
import { SqliteBreakers } from './protection-stores.ts';
import { renewalsOver, SharedByScope } from './shared-protection.ts';

export interface HostOptions {
  readonly database: Database;
  /** Those beside the data file where none are given. */
  readonly blobs?: Blobs;
  readonly clock: Clock;
  readonly random: Random;
  /** Used when a run of an earlier process goes on. */
  readonly placeOf: PlaceOf;
  /** Where a Distributed Map finds its items and leaves its results: a folder for each bucket. */
  readonly objects?: string;
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

interface Placed {
  readonly place: Place;
  readonly kept: Json;
  readonly keeping?: Promise<void>;
}

export type RunStarted =
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

/** How often a run that may wait for a person is looked at, and how often in a row it does. */
const LOOK_MS = 100;
const CALM_LOOKS = 3;

/** Of one run, in its detail. */
const MOST_LETTERS = 100;
/** Boxes looked through at once. */
const BOXES = 1_000;

export class RunHost {
  readonly letters: DeadLetters;
  private readonly options: HostOptions;
  private readonly journal: SqliteJournal;
  private readonly ownBlobs: SqliteBlobs;
  private readonly blobs: Blobs;
  private readonly store: RunStore;
  private readonly engine: Engine;
  private readonly executions: LocalExecutions;
  private readonly callbacks: SqliteCallbacks;
  private readonly mailboxes: SqliteMailboxes;
  private readonly waking: EngineTokens = new EngineTokens(() => this.engine);
  private readonly places: Places;
  private readonly messages: LocalMessages;
  private readonly shared: SharedByScope;
  private readonly listeners: RunListeners;
  /** Invocations under way, by run. */
  private readonly running = new Map<string, number>();

  constructor(options: HostOptions) {
    this.options = options;
    this.listeners = new RunListeners(options.clock);
    this.shared = new SharedByScope(options, this.listeners);
    this.journal = new SqliteJournal(options.database);
    this.ownBlobs = SqliteBlobs.beside(options.database);
    this.blobs = options.blobs ?? this.ownBlobs;
    this.store = new RunStore(options.database);
    this.callbacks = new SqliteCallbacks(options.database);
    this.mailboxes = new SqliteMailboxes(options.database);
    this.letters = new DeadLetters(options.database);
    this.places = new Places({ ...options, store: this.store, renewals: renewalsOver(options) });
    this.engine = new Engine({
      clock: options.clock,
      random: options.random,
      // What has ended is read back from the log when somebody asks for it.
      keepEnded: 50,
      log: new SqliteEngineLog(options.database),
      ...(options.objects !== undefined && {
        items: fileItems(options.objects),
        results: fileResults(options.objects),
      }),
      tasks: new LocalTasks({
        function: (name) => (payload) => this.invoke(name, payload),
        send: (queue, message) => this.letters.send(queue, message, options.clock.now(), options.random.uuid()),
        handOver: (input) => this.executions.startUndo(input, HANDED_OVER),
      }),
    });
    this.executions = new LocalExecutions({
      engine: this.engine,
      store: this.store,
      after: ({ run, epoch }, execution) => afterExecution({ run, epoch, execution }, this.operatorPorts()),
    });
    this.messages = new LocalMessages({
      queues: new LocalQueues(options.database),
      store: this.store,
      clock: options.clock,
      random: options.random,
      telemetry: this.listeners,
      ports: () => this.operatorPorts(),
    });
  }

  onEvent(listener: Listener): () => void {
    return this.listeners.add(listener);
  }

  /** Goes on with what an earlier process left unfinished, begun or only recorded; or with that run, if it was. */
  async recover(only?: string): Promise<Recovered> {
    const { store, engine, executions, places, letters } = this;
    if (only !== undefined && executions.isUnderWay(only)) return { resumed: [], left: [] };
    await this.messages.handOutOpen();
    return await recover({ store, engine, executions, places, letters, ports: this.operatorPorts() }, only);
  }

  /** Resolves when the run is durable and its execution begun. */
  async start({ workflow, place, kept, input, actor, runId }: RunRequest): Promise<RunStarted> {
    const { plan, planHash } = workflow;
    // What a later process needs is written before or with the record that makes it look for the run.
    const keeping = this.store.keepWorkflow(workflow);
    const id = runId ?? newRunId(plan.workflowId, this.options.random.uuid());
    const started = await this.startPlanned({ plan, planHash, input, actor, runId: id }, { place, kept, keeping });
    if (started.kind === 'invalid') return started;
    if (started.kind === 'conflict') {
      throw new Failure('run-conflict', `The run ${started.runId} exists with another input`, { kind: 'usage' });
    }
    return { kind: 'started', runId: started.runId };
  }

  /** The same of a plan that is kept already, or will be by the end of `keeping`. */
  async startPlanned(request: StartRequest & { readonly runId: string }, placed: Placed): Promise<StartAnswer> {
    const { clock, random } = this.options;
    const { runId } = request;
    this.places.use(runId, placed.place);
    const kept = Promise.all([placed.keeping, this.store.keepPlace(runId, placed.kept)]);
    const { journal, blobs } = this;
    const started = await startRun(request, { journal, blobs, clock, random, events: this.listeners });
    await kept;
    if (started.kind === 'invalid') this.places.forget(runId);
    else if (Object.values(request.plan.steps).some(({ receive }) => receive)) await this.messages.handOutOpen();
    if ('execution' in started) await this.executions.start(started.execution.input);
    return started;
  }

  /** The view of a run once nothing of it is under way. */
  async ended(runId: string): Promise<RunView> {
    await this.executions.idle(runId);
    this.places.forget(runId);
    return await this.viewOf(runId);
  }

  /**
   * The view of a run once it waits for a person and nothing of it is under way, or is over. Looked at now and then: what
   * goes on between two invocations leaves no trace.
   */
  async waits(runId: string): Promise<RunView> {
    for (let calm = 0; ; ) {
      await new Promise<void>((resolve) => void this.options.clock.after(LOOK_MS, resolve));
      const view = await this.viewOf(runId);
      if (view.endedAt !== null) return view;
      calm = view.waitsFor && !this.running.has(runId) ? calm + 1 : 0;
      if (calm === CALM_LOOKS) return view;
    }
  }

  async viewOf(runId: string): Promise<RunView> {
    const view = await this.view(runId);
    if (!view) throw new Failure('run-unknown', `There is no run ${runId}`);
    return view;
  }

  async view(runId: string): Promise<RunView | undefined> {
    const record = await this.journal.record(runId);
    if (!record) return undefined;
    const { outputs } = record.header;
    const shown = outputs && (await shownOutputs(outputs, runId, this.blobs));
    const now = this.options.clock.now();
    const { journal, blobs, callbacks, store } = this;
    const waits = await waitsOf(record, now, { journal, blobs, callbacks, plans: store });
    return viewFromRecord(record, await plansOf(record.header, store), now, shown, waits);
  }

  /** The outputs with their sensitive values, for an actor who is written down; undefined where the run has none. */
  async reveal(runId: string, actor: string): Promise<JsonObject | undefined> {
    const header = await this.journal.header(runId);
    return header && (await revealedOutputs(header, actor, this.operatorPorts()));
  }

  /** The view with everything that was done to the run. */
  async detail(runId: string): Promise<RunView | undefined> {
    const record = await this.journal.record(runId);
    const view = await this.view(runId);
    if (!record || !view) return undefined;
    const audit = trailOf(record, await this.journal.audits(runId));
    const letters = this.letters.letters({ run: runId, limit: MOST_LETTERS });
    return { ...view, audit, deadLetters: letters.map(({ id, at, state }) => ({ id, at, state })).reverse() };
  }

  async list(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }> {
    return await this.journal.list(query);
  }

  /** Ids of runs that begin so; just that one where it is a whole id. */
  named(prefix: string, limit: number): readonly string[] {
    const found = this.store.named(prefix, limit);
    return found.includes(prefix) ? [prefix] : found;
  }

  /** What was kept of where a run calls its systems, and which these are; nothing where this process has it at hand. */
  async placing(runId: string): Promise<{ readonly kept: Json; readonly systems: readonly string[] } | undefined> {
    const header = this.places.has(runId) ? undefined : await this.journal.header(runId);
    const kept = header && this.store.place(runId);
    if (!header || kept === undefined) return undefined;
    return { kept, systems: calledSystems(await this.store.plan(header.planHash)) };
  }

  /** Makes sure that the run can call its systems, with these variables where it is not at hand. */
  async place(runId: string, variables: Variables): Promise<void> {
    await this.places.of(runId, variables);
  }

  /** A corrected workflow, before a run goes on with it. */
  async keep(workflow: CompiledWorkflow): Promise<void> {
    await this.store.keepWorkflow(workflow);
  }

  /** As all runs of a scope share it. */
  async breaker(scope: string, key: string): Promise<BreakerState> {
    return await new SqliteBreakers(this.options.database).read(`${scope}/${key}`);
  }

  async health(scope: string, key: string): Promise<HealthRecord | undefined> {
    return await healthRecord(key, this.options.clock.now(), this.shared.in(scope).healths);
  }

  /** To ask after the health of systems where a run of this place would call them. */
  healthPorts(place: Place): RecordingPorts {
    const { http, environments, secrets, tokens, scope } = this.places.inUseOf(place);
    const { protection, healths } = this.shared.in(scope);
    return { clock: this.options.clock, http, environments, secrets, tokens, protection, healths };
  }

  /** Nobody looks after boxes by the clock here: who looks at the list has it brought up to date. */
  async unclaimed(limit: number): Promise<readonly UnclaimedMessage[]> {
    const ports = { mailboxes: this.mailboxes, telemetry: this.listeners };
    await clearMailboxes({ at: this.options.clock.now(), limit: BOXES }, ports);
    return this.mailboxes.unclaimed(limit);
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
      blobs: this.blobs,
      plans: this.store,
      callbacks: this.callbacks,
      mailboxes: this.mailboxes,
      waking: this.waking,
      executions: this.executions,
      events: this.listeners,
      telemetry: this.listeners,
    };
  }

  close(): void {
    this.engine.close();
    this.ownBlobs.close();
    this.options.database.close();
  }

  private async invoke(name: string, payload: Json): Promise<Json> {
    // The payload was written by our emitter for this very function (lib/model/task.ts).
    const task = payload as unknown as SystemTask | CoreTask;
    return await this.counted(task.run, () => this.served(name, task));
  }

  private async counted<T>(run: string, work: () => Promise<T>): Promise<T> {
    this.running.set(run, (this.running.get(run) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.running.get(run) ?? 1) - 1;
      if (left > 0) this.running.set(run, left);
      else this.running.delete(run);
    }
  }

  private async served(name: string, task: SystemTask | CoreTask): Promise<Json> {
    const ports = await this.portsOf(task.run);
    const isSystem = task.op === 'call' || task.op === 'undo';
    if ((name === CORE) === isSystem) throw new Failure('function-mismatch', `${name} does not serve ${task.op}`);
    return isSystem ? await system(task, ports, batch) : await core(task, ports);
  }

  private async portsOf(runId: string): Promise<CallPorts> {
    const { says, ...place } = await this.places.of(runId);
    const { clock, random } = this.options;
    return {
      clock,
      random,
      ...place,
      http: queueingHttp(place.http, clock, (queue, message) => this.messages.take(queue, message)),
      ...(says && { senders: { awaited: (message) => this.messages.send(message, says(message)) } }),
      ...this.shared.in(place.scope),
      journal: this.journal,
      blobs: this.blobs,
      plans: this.store,
      callbacks: this.callbacks,
      mailboxes: this.mailboxes,
      waking: this.waking,
      events: this.listeners,
      telemetry: this.listeners,
    };
  }
}
