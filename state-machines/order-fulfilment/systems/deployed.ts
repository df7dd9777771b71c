/**
 * What each demo system needs where it is put up on AWS: which of its credentials is made there, and how the workflow's
 * call function says who it is. Names only; the values are made by Secrets Manager and seen by nobody.
 */
import type { Credential } from '../../../lib/model/environment.ts';
import type { CredentialName } from './credentials.ts';
import type { SystemName } from './system.ts';

export interface DeployedSystem {
  /** Made on AWS. */
  readonly generated: CredentialName;
  /** The half of a credential that is no secret. */
  readonly fixed: Readonly<Partial<Record<CredentialName, string>>>;
  /** By security scheme, for the ARN of the secret. */
  readonly auth: (secret: string) => { readonly [scheme: string]: Credential };
}

export const deployedSystems: { readonly [S in SystemName]: DeployedSystem } = {
  inventory: {
    generated: 'ORDER_DEMO_INVENTORY_KEY',
    fixed: {},
    auth: (secret) => ({ inventoryKey: { secret, field: 'ORDER_DEMO_INVENTORY_KEY' } }),
  },
  payments: {
    generated: 'ORDER_DEMO_PAYMENTS_CLIENT_SECRET',
    fixed: { ORDER_DEMO_PAYMENTS_CLIENT_ID: 'demo-shop' },
    auth: (secret) => ({
      paymentsOAuth: {
        clientId: { secret, field: 'ORDER_DEMO_PAYMENTS_CLIENT_ID' },
        clientSecret: { secret, field: 'ORDER_DEMO_PAYMENTS_CLIENT_SECRET' },
      },
    }),
  },
  fraud: {
    generated: 'ORDER_DEMO_FRAUD_TOKEN',
    fixed: {},
    auth: (secret) => ({ fraudToken: { secret, field: 'ORDER_DEMO_FRAUD_TOKEN' } }),
  },
  shipping: {
    generated: 'ORDER_DEMO_SHIPPING_PASSWORD',
    fixed: { ORDER_DEMO_SHIPPING_USERNAME: 'demo-shop' },
    auth: (secret) => ({
      shippingLogin: {
        username: { secret, field: 'ORDER_DEMO_SHIPPING_USERNAME' },
        password: { secret, field: 'ORDER_DEMO_SHIPPING_PASSWORD' },
      },
    }),
  },
};
