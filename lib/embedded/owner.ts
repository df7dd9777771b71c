/**
 * The owner of a data folder: it runs and operates what it is asked for, by its own command and by clients on the folder's
 * socket, and stays until what clients have asked for has ended. Runs of earlier processes get their place again here.
 */
import { join } from 'node:path';
import { unreachable } from '../model/assert.ts';
import { calledSystems } from '../model/dependencies.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { LetterView, RunEvent, RunView, UnclaimedMessage } from '../model/run.ts';
import type { RunQuery } from '../runtime/ports/journal.ts';
import { socketPath } from './data-folder.ts';
import type { Database } from './database.ts';
import type { LetterQuery } from './dead-letters.ts';
import { requireVariables } from './environment-file.ts';
import { describeDroppedTail } from './log-tail.ts';
import { operate, type Operated, type OperatorAsked } from './operate.ts';
import type { Place } from './places.ts';
import { type Placement, placementJson, prepareRun } from './prepare-run.ts';
import { PreparedRuns } from './prepared-runs.ts';
import { realClock, realRandom } from './real-clock.ts';
import { RunHost } from './run-host.ts';
import type { Variables } from './secrets.ts';
import type { Placing, RevealAsked, RunAsked, RunEnded, RunPage, Session, SessionOptions } from './session.ts';
import { type Method, serveWire, type WireServer } from './wire.ts';

/** What a client may ask of the owner, by name. */
export type Asks = Omit<Session, 'close'>;

/** Ids that are named for one beginning: enough to see that it is not enough. */
const NAMED_AT_MOST = 10;

export class Owner implements Session {
  /** For who serves more than a session from this process. */
  readonly host: RunHost;
  private readonly server: WireServer;
  /** Asked for by clients and not ended yet: the owner stays until they are. */
  private readonly serving = new Set<Promise<unknown>>();
  private readonly prepared = new PreparedRuns();

  private constructor(host: RunHost, server: WireServer) {
    this.host = host;
    this.server = server;
  }

  static async begin(database: Database, options: SessionOptions): Promise<Owner> {
    if (database.dropped !== null) options.onDropped?.(describeDroppedTail(database.dropped));
    const host = new RunHost({
      database,
      clock: realClock,
      random: realRandom,
      objects: join(options.folder, 'objects'),
      placeOf: (kept, variables = options.variables) => placeAgain(placementOf(kept), variables),
    });
    const methods = new Map<string, Method>();
    const server = await serveWire(socketPath(options.folder), methods);
    const owner = new Owner(host, server);
    for (const [name, method] of owner.methods()) methods.set(name, method);
    if (options.recover) await owner.recover(options);
    return owner;
  }

  private async recover({ onRecovered, onLeft }: SessionOptions): Promise<void> {
    const { resumed, left } = await this.host.recover();
    if (resumed.length > 0) onRecovered?.(resumed);
    if (left.length > 0) onLeft?.(left);
  }

  private methods(): ReadonlyMap<string, Method> {
    return new Map<string, Method>([
      ['run', (params, onEvent) => this.tracked(this.run(params as RunAsked, onEvent))],
      ['list', (params) => this.list(params as RunQuery)],
      ['view', (params) => this.view(String(params))],
      ['reveal', (params) => this.reveal(params as RevealAsked)],
      ['detail', (params) => this.detail(String(params))],
      ['named', (params) => this.named(String(params))],
      ['placing', (params) => this.placing(String(params))],
      ['operate', (params, onEvent) => this.tracked(this.operate(params as OperatorAsked, onEvent))],
      ['letters', (params) => this.letters(params as LetterQuery)],
      ['unclaimed', (params) => this.unclaimed(Number(params))],
    ]);
  }

  private tracked<T>(work: Promise<T>): Promise<T> {
    this.serving.add(work);
    const done = (): void => void this.serving.delete(work);
    work.then(done, done);
    return work;
  }

  async run(asked: RunAsked, onEvent: (event: RunEvent) => void): Promise<RunEnded> {
    const { placement, input, actor, runId } = asked;
    const { workflow, place } = await this.prepared.prepared(asked);
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

  operate(asked: OperatorAsked, onEvent: (event: RunEvent) => void): Promise<Operated> {
    return operate(this.host, asked, onEvent);
  }

  async reveal({ run, actor }: RevealAsked): Promise<JsonObject | null> {
    return (await this.host.reveal(run, actor)) ?? null;
  }

  async detail(runId: string): Promise<RunView | null> {
    return (await this.host.detail(runId)) ?? null;
  }

  named(prefix: string): Promise<readonly string[]> {
    return Promise.resolve(this.host.named(prefix, NAMED_AT_MOST));
  }

  async placing(runId: string): Promise<Placing | null> {
    const placing = await this.host.placing(runId);
    return placing ? { placement: placementOf(placing.kept), systems: placing.systems } : null;
  }

  letters(query: LetterQuery): Promise<readonly LetterView[]> {
    return Promise.resolve(this.host.letters.letters(query));
  }

  unclaimed(limit: number): Promise<readonly UnclaimedMessage[]> {
    return this.host.unclaimed(limit);
  }

  async close(): Promise<void> {
    while (this.serving.size > 0) await Promise.allSettled(this.serving);
    this.server.close();
    this.host.close();
  }
}

export function callOwner(
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
    case 'operate':
      return owner.operate(params as OperatorAsked, onEvent);
    case 'reveal':
      return owner.reveal(params as RevealAsked);
    case 'detail':
      return owner.detail(String(params));
    case 'named':
      return owner.named(String(params));
    case 'placing':
      return owner.placing(String(params));
    case 'letters':
      return owner.letters(params as LetterQuery);
    case 'unclaimed':
      return owner.unclaimed(Number(params));
    default:
      return unreachable(method, 'call of a client');
  }
}

/** Only this module keeps placements. */
function placementOf(kept: Json): Placement {
  return kept as unknown as Placement;
}

/** For a run of an earlier process: without its credentials it would only fail. */
async function placeAgain(placement: Placement, variables: Variables): Promise<Place> {
  const { workflow, place } = await prepareRun(placement, variables);
  await requireVariables(placement, calledSystems(workflow.plan), variables);
  return place;
}
