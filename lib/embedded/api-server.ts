/**
 * The run API over HTTP on loopback: node's requests become the API's and its responses node's. It listens on 127.0.0.1
 * only, and everything is bounded: bodies, time, connections, answers that stay open and what they hold unread. It knows
 * nothing of what is answered.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiRequest, type ApiResponse, type EventStream, MOST_BODY_BYTES } from '../api/message.ts';
import { problem } from '../api/problems.ts';
import { bodyTooLarge } from '../api/request-check.ts';
import { Failure } from '../model/failure.ts';
import { refusedByGuard } from './loopback-guard.ts';

export interface ApiServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly answer: (request: ApiRequest) => Promise<ApiResponse>;
  /** Whoever reaches the server is a user of this machine. */
  readonly actor: string;
  /** Told of each request once it is answered. */
  readonly onAnswered?: (answered: Answered) => void;
}

export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
}

export interface ApiServer {
  readonly port: number;
  readonly url: string;
  /** Takes no more; answers that are under way are given, open ones are ended. */
  close(): Promise<void>;
}

export const LOOPBACK = '127.0.0.1';

const MOST_CONNECTIONS = 500;
const MOST_STREAMS = 100;
/** Of a body that is refused for its size. */
const MOST_READ = 4 * MOST_BODY_BYTES;
/** Bytes that wait for a follower who does not read them. */
const MOST_UNREAD = 1024 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;

export async function serveApi(options: ApiServerOptions): Promise<ApiServer> {
  const streams = new Set<ServerResponse>();
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, (incoming, outgoing) => {
    const begun = performance.now();
    const { port } = server.address() as AddressInfo;
    void respond(incoming, outgoing, { options, streams, port }).then((status) => {
      const ms = Math.round(performance.now() - begun);
      options.onAnswered?.({ method: incoming.method ?? '', path: targetOf(incoming).path, status, ms });
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://${LOOPBACK}:${port}`, close: () => closed(server, streams) };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portFailure(port, error)));
    server.listen(port, LOOPBACK, resolve);
  });
}

function portFailure(port: number, cause: Error): Failure {
  return new Failure('port-taken', `Port ${port} of ${LOOPBACK} cannot be listened on`, {
    cause,
    remedy: 'Name another one with --port, or 0 for any that is free.',
  });
}

async function closed(server: Server, streams: ReadonlySet<ServerResponse>): Promise<void> {
  const done = new Promise<void>((resolve) => void server.close(() => resolve()));
  for (const stream of streams) stream.end();
  server.closeIdleConnections();
  await done;
}

interface Serving {
  readonly options: ApiServerOptions;
  readonly streams: Set<ServerResponse>;
  readonly port: number;
}

/** Gives the status, for whoever keeps a log. */
async function respond(incoming: IncomingMessage, outgoing: ServerResponse, serving: Serving): Promise<number> {
  const headers = headersOf(incoming);
  const isHead = incoming.method === 'HEAD';
  const response = refusedByGuard(headers, serving.port) ?? (await answered(incoming, headers, serving.options));
  if (outgoing.destroyed) return response.status;
  // What is left of a body that nobody reads must not be taken for the next request.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  if (typeof response.body === 'string') writeText(outgoing, response, isHead);
  else if (isHead) outgoing.writeHead(response.status, response.headers).end();
  else return writeStream(outgoing, response, { ...serving, stream: response.body });
  return response.status;
}

async function answered(
  incoming: IncomingMessage,
  headers: ReadonlyMap<string, string>,
  { answer, actor }: ApiServerOptions,
): Promise<ApiResponse> {
  const body = await bodyOf(incoming);
  if (body === 'too-large') return bodyTooLarge();
  const { path, query } = targetOf(incoming);
  const method = incoming.method === 'HEAD' ? 'GET' : (incoming.method ?? 'GET');
  const isEmpty = body.length === 0;
  return await answer({ method, path, query, headers, body: isEmpty ? undefined : body.toString('utf8'), actor });
}

/** What is too large is read to its end all the same, within reason: who still writes does not hear an answer. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_READ) break;
      if (size <= MOST_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    // Broken off: nobody waits for an answer.
    return Buffer.alloc(0);
  }
  return size > MOST_BODY_BYTES ? 'too-large' : Buffer.concat(chunks);
}

function targetOf({ url = '/' }: IncomingMessage): Pick<ApiRequest, 'path' | 'query'> {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path, query: mark < 0 ? [] : [...new URLSearchParams(url.slice(mark + 1))] };
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  return new Map(entries);
}

const ALWAYS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

function writeText(outgoing: ServerResponse, { status, headers, body }: ApiResponse, isHead: boolean): void {
  const text = typeof body === 'string' ? body : '';
  outgoing.writeHead(status, { ...ALWAYS, ...headers, 'content-length': Buffer.byteLength(text) });
  outgoing.end(isHead ? undefined : text);
}

function writeStream(
  outgoing: ServerResponse,
  { status, headers }: ApiResponse,
  { streams, stream }: Serving & { readonly stream: EventStream },
): number {
  if (streams.size >= MOST_STREAMS) {
    const busy = problem('service-busy', `${MOST_STREAMS} runs are followed already`);
    writeText(outgoing, busy, false);
    return busy.status;
  }
  streams.add(outgoing);
  outgoing.writeHead(status, { ...ALWAYS, ...headers });
  outgoing.flushHeaders();
  const send = (text: string): void => {
    outgoing.write(text);
    if (outgoing.writableLength > MOST_UNREAD) outgoing.destroy();
  };
  const stop = stream.open(send, () => outgoing.end());
  outgoing.once('close', () => {
    streams.delete(outgoing);
    stop();
  });
  return status;
}
