/** The three systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]`. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { runProcess } from '../../order-fulfilment/systems/process.ts';
import { CREDENTIAL_NAMES, startSystems } from './start.ts';

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
    const [key, token] = CREDENTIAL_NAMES;
    return startSystems({ ...options, supplierKey: of(key), shopToken: of(token) });
  },
});
