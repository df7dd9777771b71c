/**
 * How long `interlock run` takes on a small file until its first request reaches a system, beyond what an empty Node
 * takes to come and go: both in turn, so many times, and the median of the differences. The system is a loopback server
 * of this process. The first round only fills the compile cache, as the first command after an installation does.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSmallFlow } from '../test/support/small-flow.ts';
import type { BenchOptions } from './main.ts';

const INTERLOCK = fileURLToPath(new URL('../bin/interlock.js', import.meta.url));

export async function bench({ flags }: BenchOptions): Promise<string> {
  const rounds = Number(flags.get('rounds') ?? 7);
  const folder = await mkdtemp(join(tmpdir(), 'interlock-startup-'));
  writeSmallFlow(join(folder, 'flow'));
  const system = await listening();
  try {
    const firstMs = (await launched(folder, system)).requestMs;
    const empty: number[] = [];
    const request: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      empty.push(await emptyNodeMs());
      const { requestMs, endMs } = await launched(folder, system);
      request.push(requestMs);
      whole.push(endMs);
    }
    const beyond = request.map((ms, index) => ms - (empty[index] ?? 0));
    return [
      `  node -e 0                  ${median(empty)} ms`,
      `  first request of a run     ${median(request)} ms after its start (the run ends after ${median(whole)} ms)`,
      `  beyond an empty node       ${median(beyond)} ms, median of ${rounds}; best ${Math.min(...beyond).toFixed(0)} ms`,
      `  first run of all           ${firstMs.toFixed(0)} ms`,
    ].join('\n');
  } finally {
    system.server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface System {
  readonly server: Server;
  readonly port: number;
  /** Resolves when the next request comes. */
  readonly next: () => Promise<void>;
}

async function listening(): Promise<System> {
  let arrived = (): void => undefined;
  const server = createServer((_request, response) => {
    arrived();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"a","next":"b"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      arrived = resolve;
    });
  return { server, port: (server.address() as AddressInfo).port, next };
}

async function launched(folder: string, { port, next }: System): Promise<{ requestMs: number; endMs: number }> {
  const words = ['run', join(folder, 'flow'), '--server', `shop=http://127.0.0.1:${port}`, '--input', '{"id":"a"}'];
  const arrived = next();
  const begun = performance.now();
  const ended = nodeEnds([INTERLOCK, ...words, '--data', join(folder, 'data'), '--json']);
  await Promise.race([arrived, ended]);
  const requestMs = performance.now() - begun;
  await ended;
  return { requestMs, endMs: performance.now() - begun };
}

async function emptyNodeMs(): Promise<number> {
  const begun = performance.now();
  await nodeEnds(['-e', '0']);
  return performance.now() - begun;
}

async function nodeEnds(words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${code}`);
}

function median(values: readonly number[]): string {
  return (values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN).toFixed(0);
}
