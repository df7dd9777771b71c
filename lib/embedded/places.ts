/**
 * Where and as whom the runs of this process call their systems. A run that was begun here has the place that it was begun
 * with; one of an earlier process gets it made from what was kept of it, perhaps with variables of who asks for it.
 */
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { CarrierEndpoints } from '../model/carriers.ts';
import type { Clock } from '../model/time.ts';
import type { Renewals } from '../runtime/auth/renewal.ts';
import { Tokens } from '../runtime/auth/tokens.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Http } from '../runtime/ports/http.ts';
import type { Awaited } from '../runtime/ports/senders.ts';
import type { SimulatedMessage } from '../simulate/simulated-messages.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';
import type { RunStore } from './run-store.ts';
import type { Variables } from './secrets.ts';

export interface Place {
  /** What shares breakers, limits and locks: the environment's name, or the simulation. */
  readonly scope: string;
  readonly environments: Environments;
  readonly secrets: Secrets;
  readonly http: Http;
  readonly endpoints?: CarrierEndpoints;
  /** What simulated systems say to a step that waits for a message. */
  readonly says?: (message: Awaited) => SimulatedMessage;
}

export type PlaceInUse = Place & { readonly tokens: Tokens };

/** Makes a place from what was kept of it; `variables` where somebody else than the owner has its credentials. */
export type PlaceOf = (kept: Json, variables?: Variables) => Promise<Place>;

export class Places {
  private readonly known = new Map<string, PlaceInUse>();
  private readonly inUse = new WeakMap<Place, PlaceInUse>();
  private readonly options: {
    readonly store: RunStore;
    readonly clock: Clock;
    readonly placeOf: PlaceOf;
    /** Where what token servers rotate is shared. */
    readonly renewals: Renewals;
  };

  constructor(options: Places['options']) {
    this.options = options;
  }

  has(runId: string): boolean {
    return this.known.has(runId);
  }

  /** Runs with one place share its tokens: a token server is not asked for each of a thousand runs. */
  use(runId: string, place: Place): void {
    this.known.set(runId, this.inUseOf(place));
  }

  inUseOf(place: Place): PlaceInUse {
    const { clock, renewals } = this.options;
    const known = this.inUse.get(place) ?? { ...place, tokens: new Tokens({ http: place.http, clock, renewals }) };
    this.inUse.set(place, known);
    return known;
  }

  async of(runId: string, variables?: Variables): Promise<PlaceInUse> {
    const known = this.known.get(runId);
    if (known) return known;
    const kept = this.options.store.place(runId);
    if (kept === undefined) {
      throw new Failure('run-place', `Nothing is known of where the run ${runId} calls its systems`);
    }
    this.use(runId, await this.options.placeOf(kept, variables));
    return await this.of(runId);
  }

  forget(runId: string): void {
    this.known.delete(runId);
  }
}
