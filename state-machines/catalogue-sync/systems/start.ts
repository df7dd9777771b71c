/** Starts the three systems on loopback, all or none, on what the first example's systems are made of. */
import { type Serving, type ServingOptions, startServers } from '../../order-fulfilment/systems/serving.ts';
import { createShop } from './shop.ts';
import { createSupplier } from './supplier.ts';
import { createTaxonomy } from './taxonomy.ts';

export const CREDENTIAL_NAMES = ['CATALOGUE_DEMO_SUPPLIER_KEY', 'CATALOGUE_DEMO_SHOP_TOKEN'] as const;

export interface StartOptions extends ServingOptions {
  readonly supplierKey: string;
  readonly shopToken: string;
}

export async function startSystems(options: StartOptions): Promise<Serving> {
  const { clock, supplierKey, shopToken } = options;
  const systems = [
    createSupplier({ clock, key: supplierKey }),
    createTaxonomy({ clock }),
    createShop({ clock, token: shopToken }),
  ];
  return await startServers(systems, options);
}
