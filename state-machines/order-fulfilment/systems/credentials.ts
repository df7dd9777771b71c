/**
 * The credentials that the demo systems ask for, by the names under which environments/local.yaml looks for them.
 * environments/demo.env is the one place of their demo values; a variable that is set already wins over it.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export const credentialNames = [
  'ORDER_DEMO_INVENTORY_KEY',
  'ORDER_DEMO_PAYMENTS_CLIENT_ID',
  'ORDER_DEMO_PAYMENTS_CLIENT_SECRET',
  'ORDER_DEMO_FRAUD_TOKEN',
  'ORDER_DEMO_SHIPPING_USERNAME',
  'ORDER_DEMO_SHIPPING_PASSWORD',
] as const;

export type CredentialName = (typeof credentialNames)[number];
export type Credentials = Readonly<Record<CredentialName, string>>;

export function demoCredentials(): Credentials {
  const values = parseEnv(readFileSync(new URL('../environments/demo.env', import.meta.url), 'utf8'));
  const entries = credentialNames.map((name) => [name, values[name] ?? '']);
  return Object.fromEntries(entries) as Credentials; // The entries are exactly credentialNames.
}

/** What is set, and the demo value for what is not. */
export function credentialsFrom(environment: Readonly<Record<string, string | undefined>>): Credentials {
  const demo = demoCredentials();
  const entries = credentialNames.map((name) => [name, environment[name] || demo[name]]);
  return Object.fromEntries(entries) as Credentials; // The entries are exactly credentialNames.
}
