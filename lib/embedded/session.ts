/**
 * Runs as the commands see them, whoever owns the data folder: this process, or another one that answers on the folder's
 * socket. When the owner dies while a client waits, the client claims the folder, recovers, and goes on with the run.
 */
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { LetterView, RunEvent, RunView, UnclaimedMessage } from '../model/run.ts';
import type { RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import type { InputProblem } from '../runtime/run.ts';
import { claimFolder, socketPath } from './data-folder.ts';
import type { LetterQuery } from './dead-letters.ts';
import type { Placement } from './prepare-run.ts';
import { realClock } from './real-clock.ts';
import type { Operated, OperatorAsked } from './operate.ts';
import { type Asks, callOwner, Owner } from './owner.ts';
import type { LeftAlone } from './recovery.ts';
import type { Variables } from './secrets.ts';
import { WireClient } from './wire.ts';

export interface RunAsked {
  readonly placement: Placement;
  readonly input: Json;
  readonly actor: string;
  /** Chosen by the asker, so that asking again after an owner's death is asking for the same run. */
  readonly runId: string;
  /** The variables that the environment file names, as the asker has them. */
  readonly variables: Variables;
  /** Of many runs asked for together: the plan that all of them are to have, compiled once. */
  readonly planHash?: string;
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

/** Where a run that is not at hand calls its systems: whose credentials whoever acts on it has to bring along. */
export interface Placing {
  readonly placement: Placement;
  readonly systems: readonly string[];
}

export interface Session {
  run(asked: RunAsked, onEvent: (event: RunEvent) => void): Promise<RunEnded>;
  list(query: RunQuery): Promise<RunPage>;
  view(runId: string): Promise<RunView | null>;
  /** The view with everything that was done to the run, and its dead letters. */
  detail(runId: string): Promise<RunView | null>;
  /** Ids of runs that begin so, the first few; one where it is a whole id. */
  named(prefix: string): Promise<readonly string[]>;
  /** Null: the owner has it at hand, or never had. */
  placing(runId: string): Promise<Placing | null>;
  /** A run's outputs with their sensitive values; who asked is written down. Null where it has none. */
  reveal(asked: RevealAsked): Promise<JsonObject | null>;
  /** Resolves when the run is at rest again. */
  operate(asked: OperatorAsked, onEvent: (event: RunEvent) => void): Promise<Operated>;
  letters(query: LetterQuery): Promise<readonly LetterView[]>;
  /** Messages that nobody took, the newest first. */
  unclaimed(limit: number): Promise<readonly UnclaimedMessage[]>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly folder: string;
  /** What a recovered run may read its credentials from. */
  readonly variables: Variables;
  /** Go on with what an earlier process left unfinished; a command that only looks does not. */
  readonly recover: boolean;
  /** Said when runs of an earlier process go on. */
  readonly onRecovered?: (runIds: readonly string[]) => void;
  /** Said of those that cannot go on here. */
  readonly onLeft?: (left: readonly LeftAlone[]) => void;
  /** Said when the data file ended with something that could not be taken up. */
  readonly onDropped?: (what: string) => void;
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

/** How long a command that is just ending may still have the folder. */
const OWNER_TRIES = 20;

/** For what has to be the owner itself, since it serves others for as long as it lives. */
export async function openOwner(options: SessionOptions): Promise<Owner> {
  for (let tried = 0; tried < OWNER_TRIES; tried += 1) {
    const database = claimFolder(options.folder);
    if (database) return await Owner.begin(database, options);
    await new Promise<void>((resolve) => void realClock.after(PAUSE_MS, resolve));
  }
  throw new Failure('folder-owned', `Another process has runs going on in ${options.folder}`, {
    remedy: 'Wait for it or end it, or name another folder with --data.',
  });
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

  detail(runId: string): Promise<RunView | null> {
    return this.call('detail', runId, () => undefined);
  }

  named(prefix: string): Promise<readonly string[]> {
    return this.call('named', prefix, () => undefined);
  }

  placing(runId: string): Promise<Placing | null> {
    return this.call('placing', runId, () => undefined);
  }

  letters(query: LetterQuery): Promise<readonly LetterView[]> {
    return this.call('letters', query, () => undefined);
  }

  unclaimed(limit: number): Promise<readonly UnclaimedMessage[]> {
    return this.call('unclaimed', limit, () => undefined);
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
