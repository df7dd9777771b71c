/**
 * Systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]`. One line of JSON on stdout says that they are ready: `{"ready": true, "pid", "servers": {name: url}, "environment": {NAME: value}}`, where
 * the environment holds the credentials that were not set, with the demo values in use; what was set is never printed.
 * Ends with 0 on SIGTERM. If stdin is a pipe, it also ends when that closes, so that it never outlives its parent, and
 * leaves SIGINT to the parent, who may have runs to finish; without a pipe it ends on SIGINT too.
 */
import { fstatSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Clock } from '../../../lib/model/time.ts';
import type { Serving, ServingOptions } from './serving.ts';

class UsageError extends Error {}

const clock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref(); // An effect that is late must not keep stopped servers alive.
    return { cancel: () => clearTimeout(timer) };
  },
};

/** `names` are those of credentials; a variable that is set wins over the demo's value. */
export interface DemoProcess {
  readonly names: readonly string[];
  /** The demo's values, by name. */
  readonly demo: () => Readonly<Record<string, string>>;
  readonly start: (options: ServingOptions) => Promise<Serving>;
}

export function runProcess(demo: DemoProcess): void {
  begin(demo).catch((error: unknown) => {
    process.stderr.write(`The demo systems cannot start: ${messageOf(error)}.\n`);
    process.exitCode = error instanceof UsageError ? 2 : 3;
  });
}

async function begin({ start, ...credentials }: DemoProcess): Promise<void> {
  const systems = await start({ ...optionsOf(process.argv.slice(2)), clock });
  onEnd(() => void systems.stop());
  const ready = { ready: true, pid: process.pid, servers: systems.servers, environment: unset(credentials) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function optionsOf(args: readonly string[]): { readonly portBase: number; readonly latencyMs: number } {
  const options = {
    'port-base': { type: 'string', default: '0' },
    'latency-ms': { type: 'string', default: '0' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    return {
      portBase: numberOf('--port-base', values['port-base'], 65_532),
      latencyMs: numberOf('--latency-ms', values['latency-ms'], 60_000),
    };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(messageOf(error));
  }
}

function numberOf(flag: string, value: string, max: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= max) return number;
  throw new UsageError(`${flag} must be a number from 0 to ${max}, not ${value}`);
}

function unset({ names, demo }: Pick<DemoProcess, 'names' | 'demo'>): Readonly<Record<string, string>> {
  const values = demo();
  const left = names.filter((name) => (process.env[name] ?? '') === '');
  return Object.fromEntries(left.map((name) => [name, values[name] ?? '']));
}

function onEnd(end: () => void): void {
  let ended = false;
  const once = (): void => {
    if (ended) return;
    ended = true;
    process.stdin.destroy();
    end();
  };
  process.once('SIGTERM', once);
  if (stdinIsPipe()) {
    process.on('SIGINT', () => undefined);
    process.stdin.on('end', once).on('error', once).resume();
  } else {
    process.once('SIGINT', once); // And no reading: it would stop a background job, and /dev/null has ended already.
  }
}

function stdinIsPipe(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket();
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
