/**
 * HTTP by node:http and node:https. What a failure means depends on one thing: was the request written? Here it is
 * known, because a request is written as soon as its connection is there and not before. One timer bounds the whole
 * exchange. Redirects are answers, so a request's credentials never follow one. Needs Node alone: lib/aws uses it too.
 */
import { hash } from 'node:crypto';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type {
  ClientCertificate,
  Http,
  HttpAnswer,
  HttpHeader,
  HttpLimits,
  HttpRequest,
} from '../runtime/ports/http.ts';
import type { Readable } from 'node:stream';
import { ACCEPTED_ENCODINGS, decoded } from './content-encoding.ts';
import { failedAnswer } from './http-failures.ts';

/**
 * Not by `import`: that reads every export of the module, and `WebSocket` among them loads the whole of undici, which is
 * half of what the start of a function takes.
 */
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http');

/** Shorter than what servers keep connections for, so that few requests meet one that is just being closed. */
const KEPT_IDLE_MS = 4_000;
const KEPT = { keepAlive: true, timeout: KEPT_IDLE_MS } as const;

interface Transport {
  readonly request: typeof httpRequest;
  readonly agent: Agent;
  /** When a new connection can be written to. */
  readonly ready: 'connect' | 'secureConnect';
}

export function nodeHttp(): Http {
  const plain: Transport = { request: httpRequest, agent: new HttpAgent(KEPT), ready: 'connect' };
  const secure: Transport = { request: httpsRequest, agent: new HttpsAgent(KEPT), ready: 'secureConnect' };
  const presenting = new Presenting();
  const transportFor = (protocol: string | undefined, certificate?: ClientCertificate): Transport | undefined => {
    if (protocol === 'http:') return certificate ? undefined : plain;
    if (protocol !== 'https:') return undefined;
    return certificate ? presenting.as(certificate) : secure;
  };
  return {
    send(request, limits) {
      const url = URL.parse(request.url);
      const transport = transportFor(url?.protocol, request.certificate);
      if (!url || !transport) return Promise.resolve(INVALID);
      return new Promise((resolve) => new Exchange(limits, resolve).begin(transport, url, request));
    },
  };
}

/** Systems that want a certificate are few; this only bounds how many rotated ones are kept. */
const MAX_PRESENTING = 50;

/**
 * Connections by whom they present themselves as: one of the pool is never used for anybody else. The one that was not
 * used for longest goes; what is under way on it ends by itself.
 */
class Presenting {
  private readonly transports = new Map<string, Transport>();

  as({ cert, key, ca }: ClientCertificate): Transport {
    const name = hash('sha256', JSON.stringify([cert, key, ca ?? null]));
    const agent = (): HttpsAgent => new HttpsAgent({ ...KEPT, cert, key, ...(ca !== undefined && { ca }) });
    const known = this.transports.get(name) ?? { request: httpsRequest, agent: agent(), ready: 'secureConnect' };
    this.transports.delete(name);
    this.transports.set(name, known);
    const [oldest] = this.transports.keys();
    if (oldest !== undefined && this.transports.size > MAX_PRESENTING) this.transports.delete(oldest);
    return known;
  }
}

const INVALID: HttpAnswer = { kind: 'not-sent', why: 'invalid-request' };

/** Connections that could be written to once, and so still can when they are used again. */
const established = new WeakSet<Socket>();

/** One request on its way to its one answer; whatever comes first ends it. */
class Exchange {
  private readonly limits: HttpLimits;
  private readonly resolve: (answer: HttpAnswer) => void;
  private readonly timer: NodeJS.Timeout;
  private readonly onAbort = (): void => this.breakOff();
  private request: ClientRequest | null = null;
  private written = false;
  private timedOut = false;
  private isOver = false;

  constructor(limits: HttpLimits, resolve: (answer: HttpAnswer) => void) {
    this.limits = limits;
    this.resolve = resolve;
    this.timer = setTimeout(() => {
      this.timedOut = true;
      this.breakOff();
    }, limits.timeoutMs);
    limits.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  begin({ request, agent, ready }: Transport, url: URL, asked: HttpRequest): void {
    if (this.limits.signal?.aborted === true) return this.breakOff();
    const { method, body } = asked;
    try {
      const { port, pathname, search } = url;
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      this.request = request({ host, port, path: pathname + search, method, agent, headers: headersOf(url, asked) });
    } catch {
      // Node has looked at method, headers and path before it did anything.
      return this.end(INVALID);
    }
    this.request
      .on('error', (error) => this.fail(error))
      .on('socket', (socket: Socket) => this.watch(socket, ready))
      .on('response', (response: IncomingMessage) => void this.read(response, asked))
      .end(body);
  }

  private watch(socket: Socket, ready: Transport['ready']): void {
    if (established.has(socket)) {
      this.written = true;
      return;
    }
    socket.once(ready, () => {
      established.add(socket);
      this.written = true;
    });
  }

  private async read(response: IncomingMessage, { method, url }: HttpRequest): Promise<void> {
    try {
      const body = await bodyOf(decoded(response, method), this.limits.maxResponseBytes);
      if (body === undefined) return this.end({ kind: 'no-answer', why: 'too-large' });
      const status = response.statusCode ?? 0;
      this.end({ kind: 'response', status, headers: headersIn(response), body, url });
    } catch (error) {
      this.fail(error);
    }
  }

  private breakOff(): void {
    this.fail(undefined);
  }

  private fail(error: unknown): void {
    const { written, timedOut } = this;
    const aborted = this.limits.signal?.aborted === true;
    this.end(failedAnswer(error, { written, timedOut: timedOut && !aborted, aborted }));
  }

  private end(answer: HttpAnswer): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.limits.signal?.removeEventListener('abort', this.onAbort);
    // What was answered whole gives its connection back; nothing more is read of anything else.
    if (answer.kind !== 'response') this.request?.destroy();
    this.resolve(answer);
  }
}

/** Methods that Node sends without a body unless it is given one; of the others it would send an empty one in chunks. */
const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** Names and values in turns: so Node writes them as they are, repeated ones too. */
function headersOf(url: URL, { method, headers, body }: HttpRequest): readonly string[] {
  const flat = ['Host', url.host];
  const given = new Set<string>();
  for (const [name, value] of headers) {
    flat.push(name, value);
    given.add(name.toLowerCase());
  }
  for (const [name, value] of USUAL) if (!given.has(name.toLowerCase())) flat.push(name, value);
  if (body || !BODYLESS.has(method)) flat.push('Content-Length', String(body?.byteLength ?? 0));
  return flat;
}

/** Some servers refuse a client without a name. */
const USUAL: readonly HttpHeader[] = [
  ['Accept-Encoding', ACCEPTED_ENCODINGS],
  ['User-Agent', 'interlock'],
];

function headersIn({ rawHeaders }: IncomingMessage): readonly HttpHeader[] {
  const headers: HttpHeader[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([(rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

/** Undefined when it is larger than allowed. */
function bodyOf(stream: Readable, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream
      .on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > limit) resolve(undefined);
        else chunks.push(chunk);
      })
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject);
  });
}
