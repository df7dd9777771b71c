/** What durable runs take: resident memory with 2,000 of them waiting for tasks, and the most until all have ended. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { InFlight } from './in-flight.ts';
import type { BenchOptions } from './main.ts';

const RUNS = [1, 500, 2000];

export async function bench({ flags }: BenchOptions): Promise<string> {
  const machine = flags.get('machine') ?? 'saga';
  const rows: string[] = [];
  for (const count of RUNS) {
    const program = fileURLToPath(new URL('./in-flight.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(count), machine]);
    const { waitingBytes, mostBytes, emptyBytes } = JSON.parse(stdout) as InFlight;
    const label = `${count.toLocaleString('en')} in flight`;
    rows.push(
      `  ${machine}, ${label.padEnd(16)}${mebibytes(waitingBytes)} MiB waiting, ${mebibytes(mostBytes)} MiB at most (${mebibytes(emptyBytes)} MiB before the engine)`,
    );
  }
  return rows.join('\n');
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
