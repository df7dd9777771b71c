/** Starts the four systems on loopback, all or none. */
import type { Clock } from '../../../lib/model/time.ts';
import type { Credentials } from './credentials.ts';
import { createFraud } from './fraud.ts';
import { createInventory } from './inventory.ts';
import { createPayments } from './payments.ts';
import { startServers } from './serving.ts';
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
  // All four are running.
  return await startServers(
    Object.values(SYSTEMS).map((create) => create(options)),
    options,
  );
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
