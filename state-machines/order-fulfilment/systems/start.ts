/** Starts the four systems on loopback, all or none. */
import type { Clock } from '../../../lib/model/time.ts';
import type { Credentials } from './credentials.ts';
import { createFraud } from './fraud.ts';
import { createInventory } from './inventory.ts';
import { createPayments } from './payments.ts';
import { type RunningSystem, startServer } from './server.ts';
import { createShipping } from './shipping.ts';
import type { System, SystemName } from './system.ts';

export interface StartOptions {
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** The port of inventory; payments, fraud and shipping take the next three. 0 takes free ones. */
  readonly portBase: number;
  readonly latencyMs: number;
}

export interface RunningSystems {
  readonly servers: Readonly<Record<SystemName, string>>;
  stop(): Promise<void>;
}

export async function startSystems(options: StartOptions): Promise<RunningSystems> {
  const { clock, latencyMs, portBase } = options;
  const portOf = (i: number): number => (portBase === 0 ? 0 : portBase + i);
  const starting = Object.values(SYSTEMS).map((create, i) =>
    startServer(create(options), { port: portOf(i), clock, latencyMs }),
  );
  const started = await Promise.allSettled(starting);
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((system) => system.stop()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed === undefined) return { servers: urlsOf(running), stop };
  await stop();
  throw failed.reason;
}

type CreateOptions = Pick<StartOptions, 'clock' | 'credentials'>;

/** In the order of their ports. */
const SYSTEMS: { readonly [S in SystemName]: (options: CreateOptions) => System } = {
  inventory: ({ clock, credentials }) => createInventory({ clock, apiKey: credentials.ORDER_DEMO_INVENTORY_KEY }),
  payments: ({ clock, credentials }) =>
    createPayments({
      clock,
      client: {
        clientId: credentials.ORDER_DEMO_PAYMENTS_CLIENT_ID,
        clientSecret: credentials.ORDER_DEMO_PAYMENTS_CLIENT_SECRET,
      },
    }),
  fraud: ({ clock, credentials }) => createFraud({ clock, token: credentials.ORDER_DEMO_FRAUD_TOKEN }),
  shipping: ({ clock, credentials }) =>
    createShipping({
      clock,
      login: {
        username: credentials.ORDER_DEMO_SHIPPING_USERNAME,
        password: credentials.ORDER_DEMO_SHIPPING_PASSWORD,
      },
    }),
};

/** It looks at the credentials of its own only. */
export function createSystem(name: SystemName, options: CreateOptions): System {
  return SYSTEMS[name](options);
}

function urlsOf(running: readonly RunningSystem[]): Readonly<Record<SystemName, string>> {
  const entries = running.map(({ name, url }) => [name, url]);
  return Object.fromEntries(entries) as Record<SystemName, string>; // All four are running.
}
