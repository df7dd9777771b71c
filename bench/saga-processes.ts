/**
 * Processes of a bench: started, waited for and ended by their number; and what they have used of processor and memory, by
 * proc(5), where there is one. A process's share counts what it shares with others only in part, so that shares add up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

export interface Memory {
  /** MiB at the end. */
  readonly now: number;
  /** MiB at most; of several processes the sum of their peaks. */
  readonly peak: number;
}

/** A process and all that it has started. */
export function processTree(pid: number): readonly number[] {
  if (!existsSync('/proc/self/stat')) return [pid];
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const one of tree) tree.push(...(children.get(one) ?? []));
  return tree;
}

/** Microseconds that this process, these and all that they started have used. */
export function cpuOf(processes: readonly number[]): number {
  const { user, system } = process.cpuUsage();
  const ticks = processes.flatMap(processTree).reduce((sum, pid) => sum + ticksOf(statOf(pid)), 0);
  return user + system + ticks * 10_000;
}

/** User and system time, its own and that of its children that have ended, in hundredths of a second. */
function ticksOf(stat: readonly string[]): number {
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(stat[index] ?? 0), 0);
}

/** The fields after the command's name; none where the process is gone. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

export function memoryOf(processes: readonly number[]): Memory {
  const sum = (file: string, field: string): number =>
    processes.reduce((total, pid) => total + kibibytes(`/proc/${pid}/${file}`, field), 0) / 1024;
  return { now: sum('smaps_rollup', 'Pss'), peak: sum('status', 'VmHWM') };
}

function kibibytes(path: string, field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? Number.NaN);
  } catch {
    return Number.NaN;
  }
}

/** Ports that nobody uses at this moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise<void>((resolve) => void server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))));
  return ports;
}

export interface Started {
  readonly child: ChildProcess;
  /** What it has said, for when it goes wrong. */
  readonly said: () => string;
}

const KEPT_CHARACTERS = 20_000;

export function started(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-KEPT_CHARACTERS)));
  }
  return { child, said: () => said };
}

/** Asks it to end, and ends it where it does not. */
export async function ended({ child }: Started, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await over;
  clearTimeout(late);
}

const LONGEST_START_MS = 60_000;

/** Asks again until it succeeds. */
export async function until(ready: () => Promise<unknown>, what: string): Promise<void> {
  const from = performance.now();
  for (;;) {
    try {
      await ready();
      return;
    } catch (error) {
      if (performance.now() - from > LONGEST_START_MS) throw new Error(`${what} does not answer`, { cause: error });
      await new Promise((resolve) => void setTimeout(resolve, 20));
    }
  }
}
