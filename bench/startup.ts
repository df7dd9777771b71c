/**
 * How long `interlock run` takes on a small file until its first request reaches a system, beyond what an empty Node
 * takes to come and go: both in turn, so many times, and the median of the differences. The system is a loopback server
 * of this process. The first two rounds only prepare the command and fill the compile cache, as the first commands after an
 * installation do. Processor time says more than the clock on a busy machine; Linux tells it of a process that still runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
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
    await launched(folder, system);
    const empty: Launch[] = [];
    const runs: Launch[] = [];
    const short: Launch[] = [];
    for (let round = 0; round < rounds; round += 1) {
      empty.push(await ended(['-e', '0']));
      runs.push(await launched(folder, system));
      short.push(await ended([INTERLOCK, 'runs', '--data', join(folder, 'data')]));
    }
    const beyond = runs.map(({ requestMs }, index) => requestMs - (empty[index]?.endMs ?? 0));
    const cpu = (launches: readonly Launch[]): string => median(launches.map(({ cpuMs }) => cpuMs));
    const wall = (launches: readonly Launch[]): string => median(launches.map(({ endMs }) => endMs));
    const atRequest = median(runs.map(({ requestMs }) => requestMs));
    return [
      `  node -e 0                  ${wall(empty)} ms, processor ${cpu(empty)} ms`,
      `  first request of a run     ${atRequest} ms after its start, processor ${cpu(runs)} ms (the run ends after ${wall(runs)} ms)`,
      `  beyond an empty node       ${median(beyond)} ms, median of ${rounds}; best ${Math.min(...beyond).toFixed(0)} ms`,
      `  first run of all           ${firstMs.toFixed(0)} ms`,
      `  interlock runs             ${wall(short)} ms, processor ${cpu(short)} ms`,
      `  loaded by a run            ${await loadedBy(folder, system)}`,
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

interface Launch {
  /** For a process that asks nothing, when it ended. */
  readonly requestMs: number;
  readonly endMs: number;
  /** Until the request, or as near to the end as could be seen. */
  readonly cpuMs: number;
}

async function launched(folder: string, { port, next }: System, before: readonly string[] = []): Promise<Launch> {
  const words = ['run', join(folder, 'flow'), '--server', `shop=http://127.0.0.1:${port}`, '--input', '{"id":"a"}'];
  return await ended([...before, INTERLOCK, ...words, '--data', join(folder, 'data'), '--json'], next());
}

async function ended(words: readonly string[], arrived?: Promise<void>): Promise<Launch> {
  const begun = performance.now();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  // While it has ended and nobody has taken notice, the system still tells its time.
  const exited = once(child, 'exit');
  let cpuMs = Number.NaN;
  let requestMs = Number.NaN;
  const look = (): void => {
    requestMs = performance.now() - begun;
    cpuMs = processorMs(child.pid);
  };
  void arrived?.then(look);
  const looking =
    arrived === undefined ? setInterval(() => (cpuMs = latest(cpuMs, processorMs(child.pid))), 5) : undefined;
  const [code] = (await exited) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${code}`);
  return { requestMs, endMs: performance.now() - begun, cpuMs };
}

function latest(known: number, seen: number): number {
  return Number.isNaN(seen) ? known : seen;
}

/** Of all its threads until now, in nanoseconds as the scheduler counts them; NaN where nobody tells. */
function processorMs(pid: number | undefined): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const spent = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds), 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** Modules and their bytes, counted by the command itself in a run of its own. */
async function loadedBy(folder: string, system: System): Promise<string> {
  const record = join(folder, 'loaded.json');
  await launched(folder, system, ['--import', `data:text/javascript,${encodeURIComponent(counterInto(record))}`]);
  const { modules, bytes } = JSON.parse(readFileSync(record, 'utf8')) as { modules: number; bytes: number };
  return `${modules} modules, ${(bytes / 1024).toFixed(0)} KiB`;
}

function counterInto(record: string): string {
  return `import { registerHooks } from 'node:module';
    import { writeFileSync } from 'node:fs';
    let modules = 0, bytes = 0;
    registerHooks({ load(url, context, next) {
      const loaded = next(url, context);
      if (!url.startsWith('node:')) { modules += 1; bytes += loaded.source?.length ?? 0; }
      return loaded;
    } });
    process.on('exit', () => writeFileSync(${JSON.stringify(record)}, JSON.stringify({ modules, bytes })));`;
}

function median(values: readonly number[]): string {
  return (values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN).toFixed(0);
}
