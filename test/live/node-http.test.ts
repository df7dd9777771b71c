import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeHttp } from '../../lib/embedded/node-http.ts';
import type { HttpAnswer, HttpLimits, HttpRequest } from '../../lib/runtime/ports/http.ts';

/** Real servers on loopback, one for each way that an exchange can end. */
const http = nodeHttp();
const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  open.push({ server, sockets });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}/`;
}

/** A server that writes these bytes once something has arrived. */
async function writing(...chunks: readonly string[]): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const chunk of chunks) socket.write(chunk);
      socket.end();
    });
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

/** A port that nobody listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function send(url: string, request: Partial<HttpRequest> = {}, limits: Partial<HttpLimits> = {}): Promise<HttpAnswer> {
  return http.send(
    { method: 'GET', url, headers: [], ...request },
    { timeoutMs: 5_000, maxResponseBytes: 1_000, ...limits },
  );
}

describe('an exchange with an answer', () => {
  it('carries method, headers and body there, and status, headers and body back', async () => {
    const url = await serving((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(
          201,
          [
            ['X-Method', String(request.method)],
            ['X-Key', String(request.headers['idempotency-key'])],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ].flat(),
        );
        response.end(Buffer.concat(chunks));
      });
    });
    const body = Uint8Array.of(0, 255, 10);
    const answer = await send(url, { method: 'POST', headers: [['Idempotency-Key', 'k']], body });
    if (answer.kind !== 'response') throw new Error(answer.why);
    expect([answer.status, [...answer.body]]).toEqual([201, [0, 255, 10]]);
    const listed = answer.headers.filter(([name]) => /^x-|set-cookie/.test(name));
    expect(listed.sort((one, other) => one.join().localeCompare(other.join()))).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-key', 'k'],
      ['x-method', 'POST'],
    ]);
  });

  it('asks for the path and query of the URL', async () => {
    const seen: unknown[] = [];
    const url = await serving(({ url: path, headers }, response) => {
      seen.push([path, headers.host]);
      response.end();
    });
    await send(`${url}a%20b/c?d=e%2Ff#g`);
    expect(seen).toEqual([['/a%20b/c?d=e%2Ff', new URL(url).host]]);
  });

  it('does not follow a redirect: it is the answer', async () => {
    let asked = 0;
    const url = await serving((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/other' }).end();
    });
    expect(await send(url)).toMatchObject({ kind: 'response', status: 302 });
    expect(asked).toBe(1);
  });
});

describe('an answer that comes compressed', () => {
  const body = Buffer.from(JSON.stringify({ text: 'again and '.repeat(50) }));
  const small = gzipSync(Buffer.alloc(100_000));

  function compressed(coding: string, bytes: Uint8Array): Promise<string> {
    return serving((_, response) => void response.writeHead(200, { 'content-encoding': coding }).end(bytes));
  }

  it.each([
    ['gzip', gzipSync(body)],
    ['br', brotliCompressSync(body)],
    ['deflate', deflateSync(body)],
    ['gzip, br', brotliCompressSync(gzipSync(body))],
  ])('is given as what it holds: %s', async (coding, bytes) => {
    const answer = await send(await compressed(coding, bytes));
    expect(answer.kind === 'response' && Buffer.from(answer.body).equals(body)).toBe(true);
  });

  it('is left as it is in a coding that nobody knows, and where there is no body', async () => {
    const unknown = await send(await compressed('x-own', Uint8Array.of(1, 2)));
    expect(unknown).toMatchObject({ kind: 'response', body: Buffer.of(1, 2) });
    const empty = await serving((_, response) => void response.writeHead(204, { 'content-encoding': 'gzip' }).end());
    expect(await send(empty)).toMatchObject({ kind: 'response', status: 204 });
  });

  it.each([
    ['gzip', Buffer.from('no gzip')],
    ['gzip', gzipSync(body).subarray(0, 20)],
    ['br', Buffer.from('no brotli at all')],
  ])('is no answer to trust where it is damaged: %s', async (coding, bytes) => {
    expect(await send(await compressed(coding, bytes))).toEqual({ kind: 'no-answer', why: 'malformed' });
  });

  it('is bounded by what it holds, not by what comes', async () => {
    expect(await send(await compressed('gzip', small))).toEqual({ kind: 'no-answer', why: 'too-large' });
  });
});

describe('connections', () => {
  it('are kept for the next request, and say who asks and what may be answered', async () => {
    const sockets = new Set<Socket>();
    const asked: unknown[] = [];
    const url = await serving(({ socket, headers }, response) => {
      sockets.add(socket);
      asked.push([headers['user-agent'], headers['accept-encoding'], headers['content-length']]);
      response.end('ok');
    });
    await send(url);
    await send(url, { method: 'POST', headers: [['User-Agent', 'somebody']] });
    expect([sockets.size, asked]).toEqual([
      1,
      [
        ['interlock', 'gzip, br', undefined],
        ['somebody', 'gzip, br', '0'],
      ],
    ]);
  });
});

describe('nothing was sent', () => {
  it('when the connection is refused', async () => {
    expect(await send(`http://127.0.0.1:${await closedPort()}/`)).toEqual({
      kind: 'not-sent',
      why: 'connection-refused',
    });
  });

  it('when the host has no address', async () => {
    expect(await send('http://nobody.invalid/')).toEqual({ kind: 'not-sent', why: 'dns' });
  });

  it('when TLS fails', async () => {
    const url = await serving((_, response) => void response.end());
    expect(await send(url.replace('http:', 'https:'))).toEqual({ kind: 'not-sent', why: 'tls' });
  });

  it('when the connection breaks during the TLS handshake', async () => {
    const server = createTcpServer((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const answer = await send(`https://127.0.0.1:${await listen(server)}/`);
    expect(answer.kind).toBe('not-sent');
  });

  it('when the time is up before there is a connection', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => undefined));
    const answer = await send(`https://127.0.0.1:${await listen(server)}/`, {}, { timeoutMs: 100 });
    expect(answer).toEqual({ kind: 'not-sent', why: 'connect-timeout' });
  });

  it.each<readonly [string, Partial<HttpRequest>]>([
    ['a header with a line break', { headers: [['X-A', 'a\r\nb']] }],
    ['no URL', { url: 'nonsense' }],
    ['a URL of another scheme', { url: 'ftp://127.0.0.1/' }],
    ['a name of a header with a space', { headers: [['X A', 'a']] }],
    ['a method that is no token', { method: 'GET /' }],
  ])('for %s', async (_, request) => {
    expect(await send('http://127.0.0.1:9/', request)).toEqual({ kind: 'not-sent', why: 'invalid-request' });
  });
});

describe('there is no answer to trust', () => {
  it('when the time is up', async () => {
    const url = await serving(() => undefined);
    expect(await send(url, {}, { timeoutMs: 100 })).toEqual({ kind: 'no-answer', why: 'timeout' });
  });

  it('when the time is up within the body', async () => {
    const url = await serving((_, response) => void response.write('{'));
    expect(await send(url, {}, { timeoutMs: 100 })).toEqual({ kind: 'no-answer', why: 'timeout' });
  });

  it('when the connection is reset before the head', async () => {
    const url = await serving((request) => void request.socket.resetAndDestroy());
    expect(await send(url)).toEqual({ kind: 'no-answer', why: 'reset' });
  });

  it('when the connection is closed before the head', async () => {
    const url = await serving((request) => void request.socket.end());
    expect(await send(url)).toEqual({ kind: 'no-answer', why: 'reset' });
  });

  it('when it is shorter than it says', async () => {
    expect(await send(await writing('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'))).toEqual({
      kind: 'no-answer',
      why: 'reset',
    });
  });

  it('when its chunks break off', async () => {
    expect(await send(await writing('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'))).toEqual({
      kind: 'no-answer',
      why: 'reset',
    });
  });

  it.each(['HTTP/1.1 abc\r\n\r\n', 'hello\r\n', 'HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n'])(
    'when it is no HTTP: %j',
    async (text) => {
      expect(await send(await writing(text))).toEqual({ kind: 'no-answer', why: 'malformed' });
    },
  );

  it('when it is larger than allowed, and the rest is not read', async () => {
    const chunk = 'x'.repeat(600);
    let ended = false;
    const url = await serving((_, response) => {
      response.write(chunk);
      response.write(chunk);
      response.on('close', () => (ended = true));
    });
    expect(await send(url)).toEqual({ kind: 'no-answer', why: 'too-large' });
    await expect.poll(() => ended).toBe(true);
  });

  it('when the caller breaks it off', async () => {
    const controller = new AbortController();
    const url = await serving(() => controller.abort());
    expect(await send(url, {}, { signal: controller.signal })).toEqual({ kind: 'no-answer', why: 'aborted' });
  });

  it('on a kept connection that the server closes under the request', async () => {
    const url = await serving((request, response) => {
      if (request.method === 'GET') response.end('ok');
      else request.socket.resetAndDestroy();
    });
    expect(await send(url)).toMatchObject({ kind: 'response' });
    expect(await send(url, { method: 'POST' })).toEqual({ kind: 'no-answer', why: 'reset' });
  });
});
