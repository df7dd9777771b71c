/**
 * One function as Lambda runs it: its code in processes of their own, each of which asks the Runtime API on loopback for
 * its next invocation; a further process where all are busy, up to a few. A process has the function's variables and what
 * Lambda adds, nothing of ours. What they print is kept: it is the function's log.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../lib/model/json.ts';

export interface FunctionCode {
  readonly name: string;
  /** `call.handler`. */
  readonly handler: string;
  /** What the deployed zip unpacks to. */
  readonly folder: string;
  readonly timeoutSeconds: number;
  readonly environment: { readonly [name: string]: string };
}

export type Invoked =
  | { readonly ok: true; readonly payload: Json }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string; readonly text: string };

interface Invocation {
  readonly id: string;
  readonly payload: string;
  readonly answered: (answer: Invoked) => void;
}

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.ts', import.meta.url));
const MOST_PROCESSES = 4;

export class LambdaFunction {
  readonly log: string[] = [];
  private readonly code: FunctionCode;
  private readonly waiting: ServerResponse[] = [];
  private readonly queued: Invocation[] = [];
  private readonly running = new Map<string, Invocation>();
  private readonly children = new Set<ChildProcess>();
  private readonly server = createServer((request, response) => void this.answer(request, response));
  private readonly listening: Promise<void>;

  constructor(code: FunctionCode) {
    this.code = code;
    this.listening = new Promise((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
  }

  async invoke(payload: Json): Promise<Invoked> {
    await this.listening;
    return await new Promise((answered) => {
      this.queued.push({ id: randomUUID(), payload: JSON.stringify(payload), answered });
      this.handOut();
      if (this.queued.length > 0 && this.children.size < MOST_PROCESSES) this.begin();
    });
  }

  /** What the largest of its processes has taken, in MB as Lambda counts; undefined where the system does not tell. */
  peakMb(): number | undefined {
    const peaks = [...this.children].flatMap(({ pid }) => {
      const file = `/proc/${pid}/status`;
      const [, kib] = existsSync(file) ? (/VmHWM:\s+(\d+)/.exec(readFileSync(file, 'utf8')) ?? []) : [];
      return kib === undefined ? [] : [Math.ceil(Number(kib) / 1024)];
    });
    return peaks.length === 0 ? undefined : Math.max(...peaks);
  }

  async stop(): Promise<void> {
    await this.listening;
    for (const child of this.children) child.kill('SIGKILL');
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private begin(): void {
    const { folder, handler, name, environment } = this.code;
    const { port } = this.server.address() as AddressInfo;
    const child = spawn(process.execPath, [BOOTSTRAP], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environment,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: handler,
      },
    });
    this.children.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.log.push(chunk.toString()));
    child.once('exit', (code) => this.ended(child, code));
  }

  /** Lambda fails what was under way in a process that is gone. */
  private ended(child: ChildProcess, code: number | null): void {
    this.children.delete(child);
    if (this.children.size > 0) return;
    const lost = [...this.running.values(), ...this.queued.splice(0)];
    this.running.clear();
    const errorMessage = `the process of ${this.code.name} ended with ${code}: ${this.log.join('').slice(-2_000)}`;
    for (const { answered } of lost)
      answered({ ok: false, errorType: 'Runtime.ExitError', errorMessage, text: errorMessage });
  }

  private handOut(): void {
    while (this.queued.length > 0 && this.waiting.length > 0) {
      const invocation = this.queued.shift() as Invocation;
      this.running.set(invocation.id, invocation);
      const deadline = Date.now() + this.code.timeoutSeconds * 1_000;
      this.waiting
        .shift()
        ?.writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': invocation.id,
          'lambda-runtime-deadline-ms': String(deadline),
        })
        .end(invocation.payload);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id, what] =
      /^\/2018-06-01\/runtime\/(?:invocation\/)?([^/]+)(?:\/([^/]+))?$/.exec(request.url ?? '') ?? [];
    if (id === 'next') {
      this.waiting.push(response);
      this.handOut();
      return;
    }
    const said = await text(request);
    const invocation = this.running.get(id ?? '');
    this.running.delete(id ?? '');
    response.writeHead(202).end();
    invocation?.answered(what === 'response' ? { ok: true, payload: JSON.parse(said) as Json } : failed(said));
  }
}

function failed(text: string): Invoked {
  const { errorType, errorMessage } = JSON.parse(text) as { readonly errorType: string; readonly errorMessage: string };
  return { ok: false, errorType, errorMessage, text };
}
