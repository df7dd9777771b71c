/** Starts the three systems on loopback, all or none, on what the first example's systems are made of. */
import { type Serving, type ServingOptions, startServers } from '../../order-fulfilment/systems/serving.ts';
import { createCore } from './core.ts';
import { createIdentity, type Verdict } from './identity.ts';
import { createVault } from './vault.ts';

export const CREDENTIAL_NAMES = [
  'ONBOARDING_DEMO_CORE_CLIENT_ID',
  'ONBOARDING_DEMO_CORE_CLIENT_SECRET',
  'ONBOARDING_DEMO_VAULT_KEY',
  'ONBOARDING_DEMO_IDENTITY_TOKEN',
  'ONBOARDING_DEMO_VERDICT_SECRET',
] as const;

export interface StartOptions extends ServingOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly vaultKey: string;
  readonly identityToken: string;
  readonly tell: (verdict: Verdict) => void;
}

export async function startSystems(options: StartOptions): Promise<Serving> {
  const { clock, clientId, clientSecret, vaultKey, identityToken, tell } = options;
  const systems = [
    createCore({ clock, client: { clientId, clientSecret } }),
    createVault({ clock, key: vaultKey }),
    createIdentity({ clock, token: identityToken, tell }),
  ];
  return await startServers(systems, options);
}
