/**
 * What a long list costs over its requests: the items of one run through the embedded host, with synced commits and real
 * HTTP, against the same requests from a plain client, so many at once, in the same process and turn by turn. And what undoing
 * all of them takes. The depot is a process of its own; what it says at the end decides whether a run was right.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../lib/embedded/data-folder.ts';
import { type Placement, placementJson, type Prepared, prepareRun } from '../lib/embedded/prepare-run.ts';
import { realClock, realRandom } from '../lib/embedded/real-clock.ts';
import { RunHost } from '../lib/embedded/run-host.ts';
import { someAtOnce } from '../lib/runtime/some-at-once.ts';
import type { BenchOptions } from './main.ts';
import { post } from './saga-http.ts';
import { cpuOf, ended, freePorts, started, until } from './saga-processes.ts';

/** As the description says (lists-parcels/). */
const AT_ONCE = 40;

interface Took {
  readonly seconds: number;
  /** Of the processor, this process alone. */
  readonly cpu: number;
}

interface Seen {
  readonly made: number;
  readonly standing: number;
}

export async function bench({ flags }: BenchOptions): Promise<string> {
  const items = Number(flags.get('items') ?? 10_000);
  const rounds = Number(flags.get('rounds') ?? 3);
  const [port = 0] = await freePorts(1);
  const depot = started(process.execPath, [join(import.meta.dirname, 'lists-depot.ts'), String(port)]);
  try {
    await until(() => post({ port, path: '/seen' }), 'the depot');
    const placed = await placedAt(port);
    const taken: { readonly plain: Took; readonly list: Took; readonly undone: Took }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const plain = await timed(port, { made: items, standing: items }, () => plainly(port, items));
      const list = await timed(port, { made: items, standing: items }, () =>
        throughInterlock(placed, items, 'succeeded'),
      );
      const both = await timed(port, { made: items, standing: 0 }, () =>
        throughInterlock(placed, items, 'compensated'),
      );
      taken.push({ plain, list, undone: { seconds: both.seconds - list.seconds, cpu: both.cpu - list.cpu } });
    }
    const line = (what: string, of: (one: (typeof taken)[number]) => Took): string => {
      const best = least(taken.map(of));
      const floor = least(taken.map(({ plain }) => plain));
      const each = (1e6 * best.seconds) / items;
      return (
        `  ${what.padEnd(22)} ${best.seconds.toFixed(2).padStart(6)} s, ${each.toFixed(0).padStart(5)} us an item, ` +
        `${(best.seconds / floor.seconds).toFixed(2)} x; of the processor ${(best.cpu / floor.cpu).toFixed(2)} x`
      );
    };
    return [
      `  ${items.toLocaleString('en')} items, ${AT_ONCE} at once, the best of ${rounds}`,
      line('plain requests', ({ plain }) => plain),
      line('a list of one run', ({ list }) => list),
      line('undoing all of it', ({ undone }) => undone),
    ].join('\n');
  } finally {
    await ended(depot);
  }
}

function least(all: readonly Took[]): Took {
  return {
    seconds: Math.min(...all.map(({ seconds }) => seconds)),
    cpu: Math.min(...all.map(({ cpu }) => cpu)),
  };
}

async function timed(port: number, wanted: Seen, act: () => Promise<void>): Promise<Took> {
  await post({ port, path: '/reset' });
  const [begun, used] = [performance.now(), cpuOf([])];
  await act();
  const took = { seconds: (performance.now() - begun) / 1000, cpu: cpuOf([]) - used };
  // Our own depot: it answers with what it has seen.
  const { made, standing } = (await post({ port, path: '/seen' })) as Seen;
  if (made !== wanted.made || standing !== wanted.standing)
    throw new Error(`${made} parcels were sent and ${standing} stand, not ${wanted.made} and ${wanted.standing}`);
  return took;
}

async function plainly(port: number, items: number): Promise<void> {
  const all = Array.from({ length: items }, (_, index) => `s${index}`);
  await someAtOnce(all, AT_ONCE, (sku) =>
    post({ port, path: '/parcels', value: { sku }, headers: { 'idempotency-key': sku } }),
  );
}

interface Placed {
  readonly placement: Placement;
  readonly prepared: Prepared;
}

async function throughInterlock({ placement, prepared }: Placed, items: number, wanted: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-bench-'));
  const database = claimFolder(folder);
  if (!database) throw new Error(`${folder} has another owner`);
  const placeOf = (): Promise<Prepared['place']> => Promise.resolve(prepared.place);
  const host = new RunHost({ database, clock: realClock, random: realRandom, placeOf });
  try {
    const input = { skus: Array.from({ length: items }, (_, index) => `s${index}`), room: wanted === 'succeeded' };
    const { workflow, place } = prepared;
    const begun = await host.start({ workflow, input, actor: 'bench', place, kept: placementJson(placement) });
    if (begun.kind !== 'started') throw new Error(`the run did not start: ${JSON.stringify(begun)}`);
    const { status } = await host.ended(begun.runId);
    if (status !== wanted) throw new Error(`the run is ${status}, not ${wanted}`);
  } finally {
    host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compiled once: it is the run that is measured. */
async function placedAt(port: number): Promise<Placed> {
  const placement: Placement = {
    folder: join(import.meta.dirname, 'lists-parcels'),
    entry: 'workflow.arazzo.yaml',
    workflowId: 'send-all',
    environment: 'local',
    servers: { depot: `http://127.0.0.1:${port}` },
    simulate: false,
    allowOutside: false,
    allowNetwork: false,
  };
  return { placement, prepared: await prepareRun(placement, {}) };
}
