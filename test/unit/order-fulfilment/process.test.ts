import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../../state-machines/order-fulfilment/systems/credentials.ts';
import type { SystemName } from '../../../state-machines/order-fulfilment/systems/system.ts';
import { credentials, folder, request } from './demo.ts';

interface Spawned {
  readonly child: ChildProcess;
  readonly ready: {
    readonly servers: Readonly<Record<SystemName, string>>;
    readonly environment: Partial<Credentials>;
  };
}

const main = fileURLToPath(new URL('systems/main.ts', folder));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function launch(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: 'pipe' });
  started.push(child);
  return child;
}

async function launched(args?: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Spawned> {
  const child = launch(args, environment);
  const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
  return { child, ready: JSON.parse(String(line)) };
}

async function end(child: ChildProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

describe('the process of the four systems', () => {
  it('says in one line where they are and which credentials open them', async () => {
    const { child, ready } = await launched();
    expect(ready).toEqual({
      ready: true,
      pid: child.pid,
      servers: {
        inventory: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        payments: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        fraud: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        shipping: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      },
      environment: credentials,
    });
    const headers = { 'X-Api-Key': ready.environment.ORDER_DEMO_INVENTORY_KEY ?? '' };
    expect(await request(ready.servers.inventory, 'GET /items/CHR-1001', { headers })).toMatchObject({ status: 200 });
  });

  it('uses a credential that is set already, and does not print it', async () => {
    const { ready } = await launched([], { ORDER_DEMO_INVENTORY_KEY: 'my-own-key' });
    expect(JSON.stringify(ready)).not.toContain('my-own-key');
    expect(Object.keys(ready.environment)).not.toContain('ORDER_DEMO_INVENTORY_KEY');
    const headers = { 'X-Api-Key': 'my-own-key' };
    expect(await request(ready.servers.inventory, 'GET /items', { headers })).toMatchObject({ status: 200 });
  });

  it('ends with 0 on SIGTERM, also with a client connected', async () => {
    const { child, ready } = await launched();
    await request(ready.servers.fraud, 'GET /health');
    child.kill('SIGTERM');
    expect(await end(child)).toEqual({ code: 0, said: '' });
  });

  it('ends with 0 when its parent closes the pipe, and leaves SIGINT to the parent', async () => {
    const { child, ready } = await launched();
    child.kill('SIGINT');
    expect(await request(ready.servers.fraud, 'GET /health')).toMatchObject({ status: 200 });
    child.stdin?.end();
    expect(await end(child)).toEqual({ code: 0, said: '' });
  });

  it('fails with 2 for a bad flag, before it starts anything', async () => {
    const said = 'The demo systems cannot start: --port-base must be a number from 0 to 65532, not high.\n';
    expect(await end(launch(['--port-base', 'high']))).toEqual({ code: 2, said });
  });

  it('fails with 3 when one of its ports is taken, and leaves none of the others open', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo; // A listening TCP server has one.
    const { code, said } = await end(launch(['--port-base', String(port)]));
    taken.close();
    expect([code, said]).toEqual([3, expect.stringContaining(`EADDRINUSE`)]);
  });
});
