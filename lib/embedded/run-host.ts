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
import type { CallTask, CoreTask, ExecutionInput } from '../model/task.ts';
import { Tokens } from '../runtime/auth/tokens.ts';
import { type CallPorts, call } from '../runtime/call.ts';
import { core } from '../runtime/core.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Http } from '../runtime/ports/http.ts';
import type { RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';
import { executionName, type InputProblem, startRun } from '../runtime/run.ts';
import { viewFromRecord } from '../runtime/view.ts';
import type { Clock, Random } from '../model/time.ts';
import type { Database } from './database.ts';
import { SqliteEngineLog } from './engine-log.ts';
import { LocalTasks } from './functions.ts';
import { SqliteJournal } from './journal.ts';
import { fileItems, fileResults } from './map-files.ts';
import { RunStore } from './run-store.ts';

/** Where and as whom a run calls its systems. */
export interface Place {
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

export type RunStarted =
  | { readonly kind: 'started'; readonly runId: string }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

type Listener = (event: RunEvent) => void;

export class RunHost {
  private readonly options: HostOptions;
  private readonly journal: SqliteJournal;
  private readonly store: RunStore;
  private readonly engine: Engine;
  private readonly places = new Map<string, PlaceInUse>();
  private readonly listeners = new Set<Listener>();

  constructor(options: HostOptions) {
    this.options = options;
    this.journal = new SqliteJournal(options.database);
    this.store = new RunStore(options.database);
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
        send: (queue, message) => this.store.sendDeadLetter(queue, message, options.clock.now(), options.random.uuid()),
      }),
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
    for (const { planHash } of unfinished) await this.register(planHash);
    await this.engine.recover();
    for (const { runId, planHash, epoch } of unfinished) await this.execute({ run: runId, epoch, plan: planHash });
    return unfinished.map(({ runId }) => runId);
  }

  /** Resolves when the run is durable and its execution begun. */
  async start(request: RunRequest): Promise<RunStarted> {
    const { plan, planHash } = request.workflow;
    const { clock, random } = this.options;
    const runId = request.runId ?? `${plan.workflowId}-${random.uuid()}`;
    this.places.set(runId, inUse(request.place, clock));
    // What a later process needs is written before or with the record that makes it look for the run.
    const kept = Promise.all([this.store.keepWorkflow(request.workflow), this.store.keepPlace(runId, request.kept)]);
    const started = await startRun(
      { plan, planHash, input: request.input, actor: request.actor, runId },
      { journal: this.journal, clock, random, events: this.events() },
    );
    await kept;
    if (started.kind === 'invalid') {
      this.places.delete(runId);
      return started;
    }
    if (started.kind === 'conflict') {
      throw new Failure('run-conflict', `The run ${started.runId} exists with another input`, { kind: 'usage' });
    }
    await this.register(planHash);
    await this.execute(started.execution.input);
    return { kind: 'started', runId };
  }

  private async register(planHash: string): Promise<void> {
    const { workflowId, machine } = await this.store.workflow(planHash);
    this.engine.register(machineName(workflowId, planHash), substituted(machine));
  }

  /** Idempotent: the execution of a run and epoch has one name. */
  private async execute(input: ExecutionInput): Promise<void> {
    const { workflowId } = await this.store.plan(input.plan);
    // An ExecutionInput is plain JSON; it only lacks the index signature.
    const json = input as unknown as Json;
    await this.engine.start({
      machine: machineName(workflowId, input.plan),
      name: executionName(input.run, input.epoch),
      input: json,
    });
  }

  /** The view of a run once its execution is over. */
  async ended(runId: string): Promise<RunView> {
    const execution = await this.executionOf(runId);
    await this.engine.result(execution);
    this.places.delete(runId);
    const view = await this.view(runId);
    if (!view) throw new Failure('run-unknown', `There is no run ${runId}`);
    return view;
  }

  async view(runId: string): Promise<RunView | undefined> {
    const record = await this.journal.record(runId);
    if (!record) return undefined;
    const plan = await this.store.plan(record.header.planHash);
    return viewFromRecord(record, plan, this.options.clock.now());
  }

  async list(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }> {
    return await this.journal.list(query);
  }

  close(): void {
    this.engine.close();
    this.options.database.close();
  }

  private async executionOf(runId: string): Promise<string> {
    const header = await this.journal.header(runId);
    if (!header) throw new Failure('run-unknown', `There is no run ${runId}`, { kind: 'usage' });
    const name = machineName(header.workflowId, header.planHash);
    return `arn:aws:states:local:000000000000:execution:${name}:${executionName(runId, header.epoch)}`;
  }

  private async invoke(name: string, payload: Json): Promise<Json> {
    // The payload was written by our emitter for this very function (lib/model/task.ts).
    const task = payload as unknown as CallTask | CoreTask;
    const ports = this.portsOf(task.run);
    if ((name === CORE) === (task.op === 'call'))
      throw new Failure('function-mismatch', `${name} does not serve ${task.op}`);
    const answer = task.op === 'call' ? await call(task, ports) : await core(task, ports);
    return answer as unknown as Json;
  }

  private portsOf(runId: string): CallPorts {
    const place = this.places.get(runId);
    if (!place) throw new Failure('run-place', `Nothing is known of where the run ${runId} calls its systems`);
    const { clock, random } = this.options;
    return {
      clock,
      random,
      ...place,
      journal: this.journal,
      plans: this.store,
      events: this.events(),
      telemetry: { log: () => undefined },
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

type PlaceInUse = Place & { readonly tokens: Tokens };

const placesInUse = new WeakMap<Place, PlaceInUse>();

/** Runs with one place share its tokens: a token server is not asked for each of a thousand runs. */
function inUse(place: Place, clock: Clock): PlaceInUse {
  const known = placesInUse.get(place) ?? { ...place, tokens: new Tokens({ http: place.http, clock }) };
  placesInUse.set(place, known);
  return known;
}

/** One registered machine per plan: a changed description is another machine, and old runs keep theirs. */
function machineName(workflowId: string, planHash: string): string {
  return `${workflowId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}-${planHash.slice(0, 12)}`;
}

/** On one machine the placeholders stand for themselves: `${Core}` becomes `Core`. */
function substituted(machine: CompiledWorkflow['machine']): CompiledWorkflow['machine'] {
  return JSON.parse(JSON.stringify(machine).replace(/\$\{([A-Za-z0-9]+)\}/g, '$1')) as CompiledWorkflow['machine'];
}
