/**
 * Runs as the commands see them, whoever owns the data folder: this process, or another one that answers on the folder's
 * socket. When the owner dies while a client waits, the client claims the folder, recovers, and goes on with the run.
 */
import type { Server } from 'node:net';
import { unreachable } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { RunEvent, RunView } from '../model/run.ts';
import type { AuditEntry, RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import type { InputProblem } from '../runtime/run.ts';
import { claimFolder, socketPath } from './data-folder.ts';
import { type Placement, placementJson, prepareRun } from './prepare-run.ts';
import { realClock, realRandom } from './real-clock.ts';
import { operate, type Operated, type OperatorAsked } from './operate.ts';
import { RunHost } from './run-host.ts';
import type { DeadLetter } from './run-store.ts';
import type { Variables } from './secrets.ts';
import { type Method, serveWire, WireClient } from './wire.ts';

export interface RunAsked {
  readonly placement: Placement;
  readonly input: Json;
  readonly actor: string;
  /** Chosen by the asker, so that asking again after an owner's death is asking for the same run. */
  readonly runId: string;
  /** The variables that the environment file names, as the asker has them. */
  readonly variables: Variables;
}

export type RunEnded =
  | { readonly kind: 'ended'; readonly view: RunView }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

export interface RevealAsked {
  readonly run: string;
  readonly actor: string;
}

export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly next?: string;
}

export interface Session {
  run(asked: RunAsked, onEvent: (event: RunEvent) => void): Promise<RunEnded>;
  list(query: RunQuery): Promise<RunPage>;
  view(runId: string): Promise<RunView | null>;
  /** A run's outputs with their sensitive values; who asked is written down. Null where it has none. */
  reveal(asked: RevealAsked): Promise<JsonObject | null>;
  /** Resolves when the run is at rest again. */
  operate(asked: OperatorAsked, onEvent: (event: RunEvent) => void): Promise<Operated>;
  audits(runId: string): Promise<readonly AuditEntry[]>;
  letters(): Promise<readonly DeadLetter[]>;
  /** False: there is no such letter. */
  discard(letter: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What a client may ask of the owner, by name. */
type Asks = Omit<Session, 'close'>;

export interface SessionOptions {
  readonly folder: string;
  /** What a recovered run may read its credentials from. */
  readonly variables: Variables;
  /** Go on with what an earlier process left unfinished; a command that only looks does not. */
  readonly recover: boolean;
  /** Said when runs of an earlier process go on. */
  readonly onRecovered?: (runIds: readonly string[]) => void;
}

/** How often and how long an owner that is starting or dying is waited for. */
const TRIES = 100;
const PAUSE_MS = 50;

export async function openSession(options: SessionOptions): Promise<Session> {
  const client = await attach(options);
  return client instanceof Owner ? client : new Follower(options, client);
}

async function attach(options: SessionOptions): Promise<Owner | WireClient> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const database = claimFolder(options.folder);
    if (database) return await Owner.begin(database, options);
    const client = await WireClient.connect(socketPath(options.folder));
    if (client) return client;
    await new Promise<void>((resolve) => void realClock.after(PAUSE_MS, resolve));
  }
  throw new Failure('owner-silent', `Another process owns ${options.folder} and does not answer`, {
    remedy: 'End that process, or name another folder with --data.',
  });
}

class Owner implements Session {
  private readonly host: RunHost;
  private readonly server: Server;
  /** Asked for by clients and not ended yet: the owner stays until they are. */
  private readonly serving = new Set<Promise<unknown>>();

  private constructor(host: RunHost, server: Server) {
    this.host = host;
    this.server = server;
  }

  static async begin(database: NonNullable<ReturnType<typeof claimFolder>>, options: SessionOptions): Promise<Owner> {
    const host = new RunHost({
      database,
      clock: realClock,
      random: realRandom,
      // Only this module writes placements.
      placeOf: async (kept) => (await prepareRun(kept as unknown as Placement, options.variables)).place,
    });
    const methods = new Map<string, Method>();
    const server = await serveWire(socketPath(options.folder), methods);
    const owner = new Owner(host, server);
    for (const [name, method] of owner.methods()) methods.set(name, method);
    const recovered = options.recover ? await host.recover() : [];
    if (recovered.length > 0) options.onRecovered?.(recovered);
    return owner;
  }

  private methods(): ReadonlyMap<string, Method> {
    return new Map<string, Method>([
      ['run', (params, onEvent) => this.tracked(this.run(params as RunAsked, onEvent))],
      ['list', (params) => this.list(params as RunQuery)],
      ['view', (params) => this.view(String(params))],
      ['reveal', (params) => this.reveal(params as RevealAsked)],
      ['operate', (params, onEvent) => this.tracked(this.operate(params as OperatorAsked, onEvent))],
      ['audits', (params) => this.audits(String(params))],
      ['letters', () => this.letters()],
      ['discard', (params) => this.discard(String(params))],
    ]);
  }

  private tracked<T>(work: Promise<T>): Promise<T> {
    this.serving.add(work);
    const done = (): void => void this.serving.delete(work);
    work.then(done, done);
    return work;
  }

  async run(asked: RunAsked, onEvent: (event: RunEvent) => void): Promise<RunEnded> {
    const { placement, input, actor, runId, variables } = asked;
    const { workflow, place } = await prepareRun(placement, variables);
    const stop = this.host.onEvent((event) => {
      if (event.runId === runId) onEvent(event);
    });
    try {
      const started = await this.host.start({ workflow, input, actor, runId, place, kept: placementJson(placement) });
      if (started.kind === 'invalid') return started;
      return { kind: 'ended', view: await this.host.ended(runId) };
    } finally {
      stop();
    }
  }

  list(query: RunQuery): Promise<RunPage> {
    return this.host.list(query);
  }

  async view(runId: string): Promise<RunView | null> {
    return (await this.host.view(runId)) ?? null;
  }

  async reveal({ run, actor }: RevealAsked): Promise<JsonObject | null> {
    return (await this.host.reveal(run, actor)) ?? null;
  }

  operate(asked: OperatorAsked, onEvent: (event: RunEvent) => void): Promise<Operated> {
    return operate(this.host, asked, onEvent);
  }

  audits(runId: string): Promise<readonly AuditEntry[]> {
    return this.host.audits(runId);
  }

  letters(): Promise<readonly DeadLetter[]> {
    return Promise.resolve(this.host.deadLetters());
  }

  discard(letter: string): Promise<boolean> {
    return this.host.discardLetter(letter);
  }

  async close(): Promise<void> {
    while (this.serving.size > 0) await Promise.allSettled(this.serving);
    this.server.close();
    this.host.close();
  }
}

/** A client. Each call is made again with the new owner when the old one dies; run ids make that harmless. */
class Follower implements Session {
  private readonly options: SessionOptions;
  private current: Owner | WireClient;

  constructor(options: SessionOptions, client: WireClient) {
    this.options = options;
    this.current = client;
  }

  run(asked: RunAsked, onEvent: (event: RunEvent) => void): Promise<RunEnded> {
    return this.call('run', asked, (event) => onEvent(event as RunEvent));
  }

  list(query: RunQuery): Promise<RunPage> {
    return this.call('list', query, () => undefined);
  }

  view(runId: string): Promise<RunView | null> {
    return this.call('view', runId, () => undefined);
  }

  reveal(asked: RevealAsked): Promise<JsonObject | null> {
    return this.call('reveal', asked, () => undefined);
  }

  operate(asked: OperatorAsked, onEvent: (event: RunEvent) => void): Promise<Operated> {
    return this.call('operate', asked, (event) => onEvent(event as RunEvent));
  }

  audits(runId: string): Promise<readonly AuditEntry[]> {
    return this.call('audits', runId, () => undefined);
  }

  letters(): Promise<readonly DeadLetter[]> {
    return this.call('letters', null, () => undefined);
  }

  discard(letter: string): Promise<boolean> {
    return this.call('discard', letter, () => undefined);
  }

  async close(): Promise<void> {
    await this.current.close();
  }

  private async call<T>(method: keyof Asks, params: unknown, onEvent: (event: unknown) => void): Promise<T> {
    for (;;) {
      const { current } = this;
      if (current instanceof Owner) return (await callOwner(current, method, params, onEvent)) as T;
      try {
        return (await current.call(method, params, onEvent)) as T;
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'owner-gone') throw error;
        this.current = await attach(this.options);
      }
    }
  }
}

function callOwner(
  owner: Owner,
  method: keyof Asks,
  params: unknown,
  onEvent: (event: unknown) => void,
): Promise<unknown> {
  switch (method) {
    case 'run':
      return owner.run(params as RunAsked, onEvent);
    case 'list':
      return owner.list(params as RunQuery);
    case 'view':
      return owner.view(String(params));
    case 'reveal':
      return owner.reveal(params as RevealAsked);
    case 'operate':
      return owner.operate(params as OperatorAsked, onEvent);
    case 'audits':
      return owner.audits(String(params));
    case 'letters':
      return owner.letters();
    case 'discard':
      return owner.discard(String(params));
    default:
      return unreachable(method, 'call of a client');
  }
}
