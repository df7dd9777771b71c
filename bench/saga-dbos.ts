/**
 * DBOS, a library in this process over a PostgreSQL of its own with its default configuration (fsync and synchronous_commit
 * on), which has to be on the machine: `PGBIN`, else Debian's.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Answered, post } from './saga-http.ts';
import { peer, VERSIONS } from './saga-peers.ts';
import { ended, freePorts, type Started, started, until } from './saga-processes.ts';
import type { Open, Order } from './saga-subject.ts';
import { type Durably, type Ended, order } from './saga-undo-list.ts';

interface Dbos {
  setConfig(config: object): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  runStep(work: () => Promise<unknown>, options: object): Promise<unknown>;
  registerWorkflow(work: (asked: Order) => Promise<Ended>, options: object): unknown;
  startWorkflow(
    workflow: unknown,
    options: { readonly workflowID: string },
  ): (asked: Order) => Promise<{ getResult(): Promise<Ended> }>;
}

const DEBIAN = '/usr/lib/postgresql';

/** Undefined where the machine has none. */
export function postgresFolder(): string | undefined {
  const { PGBIN } = process.env;
  if (PGBIN !== undefined) return PGBIN;
  if (!existsSync(DEBIAN)) return undefined;
  const newest = readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one))[0];
  return newest === undefined ? undefined : join(DEBIAN, newest, 'bin');
}

export const open: Open = async (mock, peers) => {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-dbos-'));
  const [port = 0] = await freePorts(1);
  const { server, version } = await startPostgres(folder, port);
  const { DBOS } = peer<{ readonly DBOS: Dbos }>(peers, '@dbos-inc/dbos-sdk');
  const systemDatabaseUrl = `postgresql://postgres@127.0.0.1:${port}/bench`;
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl, systemDatabasePoolSize: 20, logLevel: 'error' });
  const workflow = DBOS.registerWorkflow((asked) => order(asked, durably(mock, DBOS)), { name: 'order' });
  await DBOS.launch();
  return {
    version: `SDK ${VERSIONS.dbos}, ${version}`,
    durable: 'PostgreSQL, synced',
    processes: server.child.pid === undefined ? [] : [server.child.pid],
    run: async (asked) => {
      const handle = await DBOS.startWorkflow(workflow, { workflowID: asked.orderId })(asked);
      return (await handle.getResult()).status;
    },
    close: async () => {
      await DBOS.shutdown();
      await ended(server, 'SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
};

function durably(mock: number, dbos: Dbos): Durably {
  const shouldRetry = (error: unknown): boolean => !(error instanceof Answered && error.status < 500);
  const call: Durably['call'] = (name, path, value) =>
    dbos.runStep(() => post({ port: mock, path, value }), { name, retriesAllowed: true, maxAttempts: 3, shouldRetry });
  return {
    call,
    together: async (steps, value) => {
      const branches = await Promise.allSettled(steps.map(([step, path]) => call(step, path, value)));
      const failed = branches.find((branch) => branch.status === 'rejected');
      if (failed) throw failed.reason;
    },
    isFailure: () => true,
  };
}

async function startPostgres(
  folder: string,
  port: number,
): Promise<{ readonly server: Started; readonly version: string }> {
  const programs = postgresFolder();
  if (programs === undefined) throw new Error('there is no PostgreSQL on this machine: name its programs by PGBIN');
  const data = join(folder, 'data');
  // PostgreSQL refuses to be run by root.
  const asOther = process.getuid?.() === 0;
  const command = (name: string): readonly [string, ...string[]] =>
    asOther
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', join(programs, name)]
      : [join(programs, name)];
  const [init, ...words] = command('initdb');
  if (asOther) chmodSync(folder, 0o777);
  execFileSync(init, [...words, '-D', data, '-U', 'postgres', '-A', 'trust'], { stdio: 'ignore' });
  const [program, ...before] = command('postgres');
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
  const server = started(program, [...before, '-D', data, '-p', String(port), ...settings]);
  const probe = async (): Promise<unknown> =>
    execFileSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-q']);
  await until(probe, 'PostgreSQL');
  const version = execFileSync(join(programs, 'postgres'), ['-V']).toString().trim();
  return { server, version };
}
