/**
 * The order through Interlock, as a run of the embedded host is: data file with synced commits, real HTTP, the description
 * of saga-order/ compiled as the command line compiles it. A run is over when its view says so.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../lib/embedded/data-folder.ts';
import type { Database } from '../lib/embedded/database.ts';
import { type Placement, placementJson, type Prepared, prepareRun } from '../lib/embedded/prepare-run.ts';
import { realClock, realRandom } from '../lib/embedded/real-clock.ts';
import { RunHost } from '../lib/embedded/run-host.ts';
import type { Open, Order } from './saga-subject.ts';

const SYSTEMS = ['inventory', 'payments', 'fraud', 'shipping'];

export const open: Open = async (mock) => {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const database = claimFolder(folder);
  if (!database) throw new Error(`${folder} has another owner`);
  const placement = placementAt(mock);
  const prepared = await prepareRun(placement, {});
  const placeOf = (): Promise<Prepared['place']> => Promise.resolve(prepared.place);
  const host = new RunHost({ database, clock: realClock, random: realRandom, placeOf });
  return {
    version: 'this checkout',
    durable: 'SQLite, fdatasync before each answer',
    processes: [],
    run: (order) => run(host, placement, prepared, order),
    totals: () => totalsOf(database),
    close: async () => {
      host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

function placementAt(port: number): Placement {
  const server = `http://127.0.0.1:${port}`;
  return {
    folder: join(import.meta.dirname, 'saga-order'),
    entry: 'workflow.arazzo.yaml',
    workflowId: 'order',
    environment: 'local',
    servers: Object.fromEntries(SYSTEMS.map((system) => [system, server])),
    simulate: false,
    allowOutside: false,
    allowNetwork: false,
  };
}

async function run(
  host: RunHost,
  placement: Placement,
  { workflow, place }: Prepared,
  { orderId, fail }: Order,
): Promise<'completed' | 'compensated' | 'wrong'> {
  const input = { orderId, fail };
  const started = await host.start({ workflow, input, actor: 'bench', place, kept: placementJson(placement) });
  if (started.kind !== 'started') return 'wrong';
  const { status } = await host.ended(started.runId);
  if (status === 'succeeded') return 'completed';
  return status === 'compensated' ? 'compensated' : 'wrong';
}

const TABLES = ['runs', 'records', 'executions', 'events', 'snapshots', 'items'];

function totalsOf(database: Database): { readonly [what: string]: number } {
  const { commits, writes } = database.counts;
  const rows = TABLES.map((table): [string, number] => {
    const counted = database.get(`SELECT count(*) AS rows FROM ${table}`);
    return [`rows of ${table}`, Number(counted?.['rows'])];
  });
  return { commits, writes, ...Object.fromEntries(rows) };
}
