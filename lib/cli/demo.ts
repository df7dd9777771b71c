/**
 * The systems that an example brings along: `systems/main.ts` in its folder, started in a process of its own. It says
 * on one line when it is ready, where its servers are and which variables hold the demo's credentials, and ends when its
 * standard input does, so it never outlives the command.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../model/failure.ts';
import { usageFailure } from './command.ts';

export interface Demo {
  readonly servers: { readonly [name: string]: string };
  readonly environment: { readonly [name: string]: string };
  stop(): Promise<void>;
}

interface ReadyLine {
  readonly ready: true;
  readonly servers: Demo['servers'];
  readonly environment: Demo['environment'];
}

export function hasDemo(folder: string): boolean {
  return existsSync(programIn(folder));
}

function programIn(folder: string): string {
  return join(folder, 'systems', 'main.ts');
}

export async function startDemo(folder: string): Promise<Demo> {
  const program = programIn(folder);
  if (!hasDemo(folder)) {
    throw usageFailure(`${folder} brings no systems along`, 'Use --simulate, or name servers by --env and --server.');
  }
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await Promise.race([readyLine(child), ended.then(() => undefined)]);
  if (!line) throw new Failure('demo-failed', `The systems of ${folder} ended before they were ready`);
  return {
    servers: line.servers,
    environment: line.environment,
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}

async function readyLine(child: ChildProcess): Promise<ReadyLine | undefined> {
  if (!child.stdout) return undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    const said: unknown = JSON.parse(text);
    // The line's shape is the example's own contract (its README).
    if (typeof said === 'object' && said && 'ready' in said) return said as ReadyLine;
  }
  return undefined;
}
