/** The four systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]` (process.ts). */
import { credentialNames, credentialsFrom, demoCredentials } from './credentials.ts';
import { runProcess } from './process.ts';
import { startSystems } from './start.ts';

runProcess({
  names: credentialNames,
  demo: demoCredentials,
  start: (options) => startSystems({ ...options, credentials: credentialsFrom(process.env) }),
});
