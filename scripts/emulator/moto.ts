/**
 * moto, an emulator of AWS (Python), as a process of ours on loopback: found, started on a free port, stopped by the handle
 * that it was started with. Whoever uses it talks to nothing else: the environment that is made here holds made-up
 * credentials and names no file in which real ones might lie.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PSEUDO } from './template-values.ts';

const PROGRAM = 'moto_server';
const PAUSE_MS = 200;
const LONGEST_START_MS = 60_000;

/** Its path; undefined where it is not installed. */
export function findMoto(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.pyenv', 'shims')];
  return folders.map((folder) => join(folder, PROGRAM)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class Moto implements AsyncDisposable {
  /** By the name `localhost`: buckets are hosts below it. */
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly said: Buffer[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.url = `http://localhost:${port}`;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.said.push(chunk));
  }

  static async start(program: string): Promise<Moto> {
    const port = await freePort();
    const env = { ...process.env, MOTO_ACCOUNT_ID: PSEUDO['AWS::AccountId'] };
    const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'pipe', 'pipe'], env });
    child.once('error', () => undefined);
    const moto = new Moto(child, port);
    await moto.ready();
    return moto;
  }

  /** What a program needs to take this for AWS, and nothing by which it would find another. */
  environment(): NodeJS.ProcessEnv {
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
    return {
      ...own,
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: PSEUDO['AWS::Region'],
      AWS_ACCESS_KEY_ID: 'emulated',
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** The end of what it printed. */
  lastWords(): string {
    return Buffer.concat(this.said).toString().slice(-4_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(patience);
  }

  private async ready(): Promise<void> {
    for (let waited = 0; waited < LONGEST_START_MS; waited += PAUSE_MS) {
      if (this.child.exitCode !== null) break;
      if (await this.answers()) return;
      await pause(PAUSE_MS);
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`${PROGRAM} does not answer at ${this.url}: ${this.lastWords()}`);
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/moto-api/data.json`)).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
