/**
 * The owner's socket: JSON lines both ways. A client calls a method, gets events while it runs and one answer at the
 * end; failures cross with their code, kind and remedy, never with a stack. Only processes of the same user reach the
 * socket (the folder is 0700). Lines are bounded, so a confused peer cannot fill the memory.
 */
import { existsSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { Failure, type FailureKind } from '../model/failure.ts';

/** More than the largest input plus an environment; what is longer closes the connection. */
const MAX_LINE = 64 * 1024 * 1024;

interface CallLine {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

type AnswerLine =
  | { readonly id: number; readonly event: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: WireFailure };

interface WireFailure {
  readonly code: string;
  readonly message: string;
  readonly kind: FailureKind;
  readonly remedy?: string;
}

export type Method = (params: unknown, onEvent: (event: unknown) => void) => Promise<unknown>;

/** Listens as the owner; a socket left behind by a dead owner is removed first (the caller holds the folder's lock). */
export async function serveWire(path: string, methods: ReadonlyMap<string, Method>): Promise<Server> {
  if (existsSync(path)) unlinkSync(path);
  const server = createServer((socket) => serveConnection(socket, methods));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Failure('owner-socket', `The socket ${path} cannot be opened`, { cause: error })),
    );
    server.listen(path, resolve);
  });
  return server;
}

function serveConnection(socket: Socket, methods: ReadonlyMap<string, Method>): void {
  const send = (line: AnswerLine): void => {
    if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
  };
  onLines(socket, (text) => {
    const { id, method, params } = JSON.parse(text) as CallLine;
    const serve = methods.get(method);
    if (!serve)
      return send({
        id,
        failure: { code: 'unknown-method', message: `The owner does not know ${method}`, kind: 'world' },
      });
    serve(params, (event) => send({ id, event })).then(
      (result) => send({ id, result: result ?? null }),
      (error: unknown) => send({ id, failure: wireFailure(error) }),
    );
  });
  socket.on('error', () => socket.destroy());
}

/** A connection to the owner. Calls on it fail with `owner-gone` when the owner dies: the caller may take over. */
export class WireClient {
  private readonly socket: Socket;
  private readonly open = new Map<number, Pending>();
  private last = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    onLines(socket, (text) => this.receive(JSON.parse(text) as AnswerLine));
    socket.on('close', () => this.abandon());
    socket.on('error', () => socket.destroy());
  }

  /** Undefined: nobody answers there (an owner that is starting or has just died). */
  static connect(path: string): Promise<WireClient | undefined> {
    return new Promise((resolve) => {
      const socket = createConnection(path);
      socket.once('error', () => resolve(undefined));
      socket.once('connect', () => resolve(new WireClient(socket)));
    });
  }

  call(method: string, params: unknown, onEvent: (event: unknown) => void): Promise<unknown> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.open.set(id, { resolve, reject, onEvent });
      const line: CallLine = { id, method, params };
      this.socket.write(`${JSON.stringify(line)}\n`);
    });
  }

  close(): void {
    this.socket.end();
  }

  private receive(line: AnswerLine): void {
    const pending = this.open.get(line.id);
    if (!pending) return;
    if ('event' in line) return pending.onEvent(line.event);
    this.open.delete(line.id);
    if ('result' in line) pending.resolve(line.result);
    else pending.reject(new Failure(line.failure.code, line.failure.message, line.failure));
  }

  private abandon(): void {
    const gone = new Failure('owner-gone', 'The process that owned the data folder has ended');
    for (const { reject } of this.open.values()) reject(gone);
    this.open.clear();
  }
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: (event: unknown) => void;
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) return void socket.destroy();
    try {
      for (const line of lines) if (line !== '') take(line);
    } catch {
      socket.destroy();
    }
  });
}

function wireFailure(error: unknown): WireFailure {
  if (error instanceof Failure) {
    const { code, message, kind, remedy } = error;
    return { code, message, kind, ...(remedy !== undefined && { remedy }) };
  }
  return { code: 'owner-bug', message: `The owner of the data folder failed: ${String(error)}`, kind: 'world' };
}
