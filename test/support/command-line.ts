/** Runs the real command in a process of its own: what a user's terminal would show, stream by stream. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { main } from '../../lib/cli/main.ts';
import type { Terminal } from '../../lib/cli/terminal.ts';
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
  return await begun(words, options).ended;
}

export interface Begun {
  readonly ended: Promise<Said>;
  /** Resolves once it has said so on stderr; rejects when it has ended without. */
  saying(what: RegExp): Promise<void>;
  /** The same on stdout; gives what it printed. */
  printing(what: RegExp): Promise<string>;
  /** Asks it to stop. */
  stop(): void;
  kill(): void;
}

interface Collected {
  /** So far. */
  readonly out: () => string;
  readonly error: () => string;
  readonly ended: Promise<Said>;
}

function collected(child: ChildProcessWithoutNullStreams): Collected {
  const [chunks, errorChunks]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errorChunks.push(chunk));
  const out = (): string => Buffer.concat(chunks).toString();
  const error = (): string => Buffer.concat(errorChunks).toString();
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { out, error, ended: closed.then((code) => ({ code, out: out(), error: error() })) };
}

/** The command while it goes on. */
export function begun(words: readonly string[], options: Spawned = {}): Begun {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'interlock.js'), ...words], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { out: printed, error: said, ended } = collected(child);
  // A command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const until = (stream: Readable, isSo: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (isSo()) resolve();
      };
      stream.on('data', look);
      look();
      void ended.then(() => reject(new Error(`it ended before it said so, with: ${said()}`)));
    });
  return {
    ended,
    saying: (what) => until(child.stderr, () => what.test(said())),
    printing: async (what) => {
      await until(child.stdout, () => what.test(printed()));
      return printed();
    },
    stop: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** A script of this repository as `npm run` calls it, in a process of its own. */
export async function script(
  file: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Said> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', file), ...words], { cwd: ROOT, env });
  return await collected(child).ended;
}

/** The command in this process, for many short ones: what it says and the code that it would end with. */
export async function interlockHere(words: readonly string[], { env = {} }: Pick<Spawned, 'env'> = {}): Promise<Said> {
  const said = { out: '', error: '' };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => void (said.error += text),
    screen: { out: false, error: false },
    colour: { out: false, error: false },
    width: 100,
  };
  const code = await main({ words, terminal, version: 'test', variables: env });
  return { code, ...said };
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
