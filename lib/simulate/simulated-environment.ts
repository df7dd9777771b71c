/** The environment of simulated systems: servers that no network knows, and made-up credentials for every scheme. */
import type { SecretRef, SystemEnvironment } from '../model/environment.ts';
import type { Plan } from '../model/plan.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import { SIMULATED_CERTIFICATE, SIMULATED_KEY } from './simulated-certificate.ts';
import { simulatedServer } from './simulated-http.ts';

const SIMULATED = { env: 'SIMULATED' };
const CERTIFICATE = { env: 'SIMULATED_CERTIFICATE' };
const KEY = { env: 'SIMULATED_KEY' };

/** What a made-up reference stands for: whoever sends it looks at its form, and nobody else at all. */
export function simulatedSecret(reference: SecretRef, secret: string): string {
  const name = 'env' in reference ? reference.env : '';
  if (name === CERTIFICATE.env) return SIMULATED_CERTIFICATE;
  return name === KEY.env ? SIMULATED_KEY : secret;
}

export function simulatedEnvironments(plan: Plan): Environments {
  const systems = new Map<string, SystemEnvironment>();
  return {
    system: (name) => {
      const known = systems.get(name) ?? { server: serverOf(plan, name), auth: simulatedAuth(plan, name) };
      systems.set(name, known);
      return known;
    },
  };
}

/** A certificate is presented over TLS only; nothing is connected to in either case. */
function serverOf(plan: Plan, system: string): string {
  const schemes = Object.values(plan.systems[system]?.securitySchemes ?? {});
  const server = simulatedServer(system);
  return schemes.some(({ type }) => type === 'mutualTLS') ? server.replace(/^http:/, 'https:') : server;
}

function simulatedAuth(plan: Plan, system: string): NonNullable<SystemEnvironment['auth']> {
  const schemes = Object.entries(plan.systems[system]?.securitySchemes ?? {});
  return Object.fromEntries(
    schemes.map(([name, scheme]) => {
      if (scheme.type === 'http' && scheme.scheme.toLowerCase() === 'basic') {
        return [name, { username: SIMULATED, password: SIMULATED }];
      }
      if (scheme.type === 'oauth2' || scheme.type === 'openIdConnect') {
        return [
          name,
          { clientId: SIMULATED, clientSecret: SIMULATED, tokenUrl: 'http://token.simulated.invalid/token' },
        ];
      }
      if (scheme.type === 'sigv4') return [name, { region: 'simulated', service: 'simulated' }];
      if (scheme.type === 'mutualTLS') return [name, { cert: CERTIFICATE, key: KEY }];
      return [name, SIMULATED];
    }),
  );
}
