/**
 * Restate: its server with its default configuration but for the ports and the telemetry (one node, its log on disk, synced),
 * the order as a service of its SDK in a process of its own, called through the server's ingress.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { post } from './saga-http.ts';
import { RESTATE_SERVER, VERSIONS } from './saga-peers.ts';
import { ended, freePorts, type Started, started, until } from './saga-processes.ts';
import type { Open } from './saga-subject.ts';
import type { Ended } from './saga-undo-list.ts';

export const open: Open = async (mock, peers) => {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-restate-'));
  const [fabric = 0, ingress = 0, admin = 0, service = 0] = await freePorts(4);
  const server = startServer(folder, peers, { fabric, ingress, admin });
  const file = join(import.meta.dirname, 'saga-restate-service.ts');
  const env = { RESTATE_LOGGING: 'ERROR', NODE_ENV: 'production' };
  const handler = started(process.execPath, [file, String(service), String(mock), peers], env);
  const close = async (): Promise<void> => {
    await Promise.all([ended(server), ended(handler)]);
    await rm(folder, { recursive: true, force: true });
  };
  const call = (orderId: string, fail: boolean): Promise<unknown> =>
    post({ port: ingress, path: '/order/run', value: { orderId, fail }, headers: { 'idempotency-key': orderId } });
  try {
    const deployment = { uri: `http://127.0.0.1:${service}`, force: true };
    await until(() => post({ port: admin, path: '/deployments', value: deployment }), 'the admin port of Restate');
    await until(() => call(`start-${process.pid}`, false), 'the ingress of Restate');
  } catch (error) {
    await close();
    throw new Error(`Restate does not start:\n${server.said()}\n${handler.said()}`, { cause: error });
  }
  return {
    version: `server ${VERSIONS.restateServer}, SDK ${VERSIONS.restateSdk}`,
    durable: 'RocksDB log, synced',
    processes: [server, handler].flatMap(({ child }) => child.pid ?? []),
    run: async ({ orderId, fail }) => ((await call(orderId, fail)) as Ended).status,
    close,
  };
};

function startServer(
  folder: string,
  peers: string,
  { fabric, ingress, admin }: { readonly fabric: number; readonly ingress: number; readonly admin: number },
): Started {
  const program = join(peers, 'node_modules', RESTATE_SERVER, 'bin', 'restate-server');
  const fixed = ['--no-logo', '--listen-mode', 'tcp', '--bind-ip', '127.0.0.1', '--bind-port', String(fabric)];
  return started(program, [...fixed, '--base-dir', folder], {
    RESTATE_DISABLE_TELEMETRY: 'true',
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_LOG_FILTER: 'error',
  });
}
