/**
 * Whether a run costs the same however many are kept: the same load over stores that hold 100, 1,000 and 10,000 ended runs,
 * in turn, each figure that of its best round; and what the store takes on disk for each run.
 */
import type { BenchOptions } from './main.ts';
import { type OpenLog, openSqlite } from './engine-logs.ts';
import { ourEngine, type Subject } from './engine-subjects.ts';

interface Store {
  readonly kept: number;
  readonly subject: Subject;
  readonly log: OpenLog;
  readonly times: number[];
}

const KEPT = [100, 1_000, 10_000];
const IN_FLIGHT = 50;

export async function bench({ flags }: BenchOptions): Promise<string> {
  const runs = Number(flags.get('runs') ?? 200);
  const rounds = Number(flags.get('rounds') ?? 15);
  const machine = flags.get('machine') ?? 'saga';
  const stores = await Promise.all(KEPT.map((kept) => filled(kept, machine)));
  for (let round = 0; round < rounds; round += 1) {
    for (const { subject, times } of stores) {
      const begun = performance.now();
      await many(subject, machine, runs);
      times.push((performance.now() - begun) / runs);
    }
  }
  const least = bestOf(stores[0] as Store);
  const rows = stores.map((store) => {
    const best = bestOf(store);
    const kilobytes = store.log.bytes() / 1024 / (store.kept + rounds * runs);
    return (
      `  ${machine}, ${store.kept.toLocaleString('en').padStart(6)} kept  ${(1000 * best).toFixed(0)} us a run, ` +
      `${(best / least).toFixed(2)} x  (${kilobytes.toFixed(1)} KiB on disk a run)`
    );
  });
  for (const { subject, log } of stores) {
    subject.close();
    await log.close();
  }
  return rows.join('\n');
}

async function filled(kept: number, machine: string): Promise<Store> {
  const log = await openSqlite();
  const subject = ourEngine('durable', log);
  await many(subject, machine, kept);
  return { kept, subject, log, times: [] };
}

async function many(subject: Subject, machine: string, runs: number): Promise<void> {
  let left = runs;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await subject.run(machine);
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, runs) }, worker));
}

function bestOf({ times }: Store): number {
  return Math.min(...times);
}
