/**
 * The three systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]`. Verdicts go to the run
 * API at its usual port, or to `ONBOARDING_DEMO_RUN_API`.
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { runProcess } from '../../order-fulfilment/systems/process.ts';
import { CREDENTIAL_NAMES, startSystems } from './start.ts';
import { bring } from './webhook.ts';

function demo(): Readonly<Record<string, string>> {
  const values = parseEnv(readFileSync(new URL('../environments/demo.env', import.meta.url), 'utf8'));
  return Object.fromEntries(CREDENTIAL_NAMES.map((name) => [name, values[name] ?? '']));
}

runProcess({
  names: CREDENTIAL_NAMES,
  demo,
  start: (options) => {
    const values = demo();
    const of = (name: string): string => process.env[name] || (values[name] ?? '');
    const [id, clientSecret, key, token, secret] = CREDENTIAL_NAMES;
    const api = process.env['ONBOARDING_DEMO_RUN_API'] || 'http://127.0.0.1:4170';
    const webhook = { url: `${api}/webhooks/verdicts/checkCompleted`, secret: of(secret), clock: options.clock };
    return startSystems({
      ...options,
      clientId: of(id),
      clientSecret: of(clientSecret),
      vaultKey: of(key),
      identityToken: of(token),
      tell: (verdict) => void bring(verdict, webhook),
    });
  },
});
