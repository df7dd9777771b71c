/** Runs the real command in a process of its own: what a user's terminal would show, stream by stream. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './source-tree.ts';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Spawned {
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
  readonly input?: string;
}

export async function interlock(words: readonly string[], options: Spawned = {}): Promise<Said> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'interlock.js'), ...words], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
  // A command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() };
}

/** A folder that is gone when the work with it is done. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-test-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
