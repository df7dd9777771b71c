/**
 * The credentials that the demo systems ask for, by the names under which environments/local.yaml looks for them.
 * environments/demo.env is the one place of their demo values; a variable that is set already wins over it.
 */
import { demoValues, type Values, valuesOver } from './demo-values.ts';

export const credentialNames = [
  'ORDER_DEMO_INVENTORY_KEY',
  'ORDER_DEMO_PAYMENTS_CLIENT_ID',
  'ORDER_DEMO_PAYMENTS_CLIENT_SECRET',
  'ORDER_DEMO_FRAUD_TOKEN',
  'ORDER_DEMO_SHIPPING_USERNAME',
  'ORDER_DEMO_SHIPPING_PASSWORD',
] as const;

export type CredentialName = (typeof credentialNames)[number];
export type Credentials = Values<CredentialName>;

export function demoCredentials(): Credentials {
  return demoValues(new URL('../environments/demo.env', import.meta.url), credentialNames);
}

/** What is set, and the demo value for what is not. */
export function credentialsFrom(environment: Readonly<Record<string, string | undefined>>): Credentials {
  return valuesOver(demoCredentials(), credentialNames, environment);
}
