/** The environment of simulated systems: servers that no network knows, and made-up credentials for every scheme. */
import type { SystemEnvironment } from '../model/environment.ts';
import type { Plan } from '../model/plan.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import { simulatedServer } from './simulated-http.ts';

const SIMULATED = { env: 'SIMULATED' };

export function simulatedEnvironments(plan: Plan): Environments {
  const systems = new Map<string, SystemEnvironment>();
  return {
    system: (name) => {
      const known = systems.get(name) ?? { server: simulatedServer(name), auth: simulatedAuth(plan, name) };
      systems.set(name, known);
      return known;
    },
  };
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
      // Nothing is connected to, so nobody presents a certificate.
      return [name, SIMULATED];
    }),
  );
}
