/** What all runs of a scope on one machine share: what one of them finds out about a system is known to the others at once. */
import type { Clock, Random } from '../model/time.ts';
import type { Renewals } from '../runtime/auth/renewal.ts';
import type { CallPorts } from '../runtime/call.ts';
import type { SharedValues } from '../runtime/ports/shared-values.ts';
import type { Telemetry } from '../runtime/ports/telemetry.ts';
import { Protector } from '../runtime/protect/protector.ts';
import type { Database } from './database.ts';
import { SqliteLocks } from './locks.ts';
import { SqliteBreakers, SqlitePermits, SqliteRates } from './protection-stores.ts';
import { SqliteSharedValues } from './shared-values.ts';

interface Sharing {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}

export type Shared = Pick<CallPorts, 'protection' | 'locks' | 'answers'> & {
  /** What answers after the systems' health came to. */
  readonly healths: SharedValues;
};

export class SharedByScope {
  private readonly known = new Map<string, Shared>();
  private readonly sharing: Sharing;
  private readonly telemetry: Telemetry;

  constructor(sharing: Sharing, telemetry: Telemetry) {
    this.sharing = sharing;
    this.telemetry = telemetry;
  }

  in(scope: string): Shared {
    const known = this.known.get(scope) ?? this.over(scope);
    this.known.set(scope, known);
    return known;
  }

  private over(scope: string): Shared {
    const { database, clock, random } = this.sharing;
    const stores = {
      breakers: new SqliteBreakers(database),
      rates: new SqliteRates(database),
      permits: new SqlitePermits(database),
    };
    return {
      protection: new Protector({ ...stores, clock, random, telemetry: this.telemetry, scope }),
      locks: new SqliteLocks(database, scope),
      answers: new SqliteSharedValues(database, `cache/${scope}`),
      healths: new SqliteSharedValues(database, `health/${scope}`),
    };
  }
}

/** Of all scopes: a client's secrets are in the name under which its token is kept. */
export function renewalsOver({ database, clock, random }: Sharing): Renewals {
  const values = new SqliteSharedValues(database, 'tokens');
  return { values, permits: new SqlitePermits(database), clock, random };
}
