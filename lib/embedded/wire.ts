/**
 * The owner's socket: JSON lines both ways. A client calls a method, gets events while it runs and one answer at the
 * end; failures cross with their code, kind and remedy, never with a stack. Only processes of the same user reach the
 * socket, and only a socket of the same user is trusted. Lines, calls, connections and unread answers are bounded, so a
 * confused peer cannot fill the memory; what is no line of ours closes its connection and harms no other.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { Failure, type FailureKind } from '../model/failure.ts';
import { LineReader } from './line-reader.ts';

export interface WireLimits {
  /** Characters of one line: more than the largest input plus an environment. */
  readonly line: number;
  readonly connections: number;
  /** Of one connection, at the same time. */
  readonly calls: number;
  /** Bytes that wait for a client which does not read them. */
  readonly unread: number;
}

export const wireLimits: WireLimits = {
  line: 64 * 1024 * 1024,
  connections: 200,
  calls: 1000,
  unread: 64 * 1024 * 1024,
};

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

export interface WireServer {
  /** Clients see their owner gone, and look for the next one. */
  close(): void;
}

/** Listens as the owner; a socket left behind by a dead owner is removed first (the caller holds the folder's lock). */
export async function serveWire(
  path: string,
  methods: ReadonlyMap<string, Method>,
  limits: WireLimits = wireLimits,
): Promise<WireServer> {
  removeStale(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection(socket, methods, limits);
  });
  server.maxConnections = limits.connections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(socketFailure(path, error)));
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw socketFailure(path, error);
  }
}

function socketFailure(path: string, cause: unknown): Failure {
  return new Failure('owner-socket', `The socket ${path} cannot be opened`, { cause });
}

function serveConnection(socket: Socket, methods: ReadonlyMap<string, Method>, limits: WireLimits): void {
  let open = 0;
  const send = (line: AnswerLine): void => {
    if (!socket.writable) return;
    socket.write(`${JSON.stringify(line)}\n`);
    if (socket.writableLength > limits.unread) socket.destroy();
  };
  onLines(socket, limits, (text) => {
    const { id, method, params } = callOf(JSON.parse(text));
    const serve = methods.get(method);
    const refused = serve === undefined ? unknownMethod(method) : open >= limits.calls ? tooManyCalls(limits) : null;
    if (serve === undefined || refused !== null) return send({ id, failure: wireFailure(refused) });
    open += 1;
    serve(params, (event) => send({ id, event }))
      .then(
        (result) => send({ id, result: result ?? null }),
        (error: unknown) => send({ id, failure: wireFailure(error) }),
      )
      .finally(() => {
        open -= 1;
      });
  });
  socket.on('error', () => socket.destroy());
}

/** Throws on what no client of ours writes. */
function callOf(line: unknown): CallLine {
  const { id, method, params } = line as Partial<CallLine>;
  if (typeof id !== 'number' || typeof method !== 'string') throw new TypeError('no call');
  return { id, method, params };
}

function unknownMethod(method: string): Failure {
  return new Failure('unknown-method', `The owner of the data folder does not know ${method.slice(0, 40)}`, {
    remedy: 'It is another version of Interlock: end it, or use that one.',
  });
}

function tooManyCalls({ calls }: WireLimits): Failure {
  return new Failure('too-many-calls', `The owner of the data folder serves ${calls} calls of one client at a time`);
}

/** A connection to the owner. Calls on it fail with `owner-gone` when the owner dies: the caller may take over. */
export class WireClient {
  private readonly socket: Socket;
  private readonly open = new Map<number, Pending>();
  private last = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    onLines(socket, wireLimits, (text) => this.receive(JSON.parse(text) as AnswerLine));
    socket.on('close', () => this.abandon());
    socket.on('error', () => socket.destroy());
  }

  /**
   * Undefined: nobody answers there (an owner that is starting or has just died). Secrets cross this socket, so one that
   * another user put there is refused.
   */
  static connect(path: string): Promise<WireClient | undefined> {
    const owner = ownerOf(path);
    if (owner !== undefined && owner !== process.getuid?.()) return Promise.reject(foreign(path, owner));
    return new Promise((resolve) => {
      const socket = createConnection(path);
      const failed = (): void => resolve(undefined);
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.off('error', failed);
        resolve(new WireClient(socket));
      });
    });
  }

  call(method: string, params: unknown, onEvent: (event: unknown) => void): Promise<unknown> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(ownerGone());
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
    for (const { reject } of this.open.values()) reject(ownerGone());
    this.open.clear();
  }
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: (event: unknown) => void;
}

function ownerGone(): Failure {
  return new Failure('owner-gone', 'The process that owned the data folder has ended');
}

function ownerOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.uid;
}

function foreign(path: string, owner: number): Failure {
  return new Failure('owner-foreign', `The socket ${path} belongs to another user (${owner})`, {
    remedy: 'Name a data folder of your own with --data.',
  });
}

/** A peer that writes no lines of ours is left. */
function onLines(socket: Socket, { line: longest }: WireLimits, take: (line: string) => void): void {
  const reader = new LineReader(longest);
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    try {
      const lines = reader.read(chunk);
      if (lines === null) socket.destroy();
      else for (const line of lines) take(line);
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
