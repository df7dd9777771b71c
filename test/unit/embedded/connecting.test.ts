/** Connections that are looked at, over real sockets on loopback. */
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeConnecting } from '../../../lib/embedded/connecting.ts';
import { authority } from '../../support/certificates.ts';

const AUTHORITY = authority('Tests');
const open: Server[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('a connection', () => {
  it('is there, in clear', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    expect(await nodeConnecting.connect(`http://127.0.0.1:${port}/v1`, { timeoutMs: 5_000 })).toMatchObject({
      kind: 'plain',
    });
  });

  it('shows its certificate, and is trusted by the authority that is given', async () => {
    const port = await listening(createTlsServer(AUTHORITY.issue('shop'), (socket) => socket.end()));
    const seen = await nodeConnecting.connect(`https://127.0.0.1:${port}`, { timeoutMs: 5_000, ca: AUTHORITY.cert });
    expect(seen).toMatchObject({
      kind: 'tls',
      certificate: { subject: 'shop', issuer: 'Tests', validTo: Date.UTC(2099, 11, 31, 23, 59, 59) },
    });
    expect('distrust' in seen).toBe(false);
  });

  it('of an authority that nobody knows is told, and no exception', async () => {
    const port = await listening(createTlsServer(AUTHORITY.issue('shop'), (socket) => socket.end()));
    const seen = await nodeConnecting.connect(`https://127.0.0.1:${port}`, { timeoutMs: 5_000 });
    expect(seen).toMatchObject({ kind: 'tls', distrust: expect.stringMatching(/\S/) });
  });

  it('that is refused says so', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    open.splice(0);
    const seen = await nodeConnecting.connect(`http://127.0.0.1:${port}`, { timeoutMs: 5_000 });
    expect(seen).toEqual({ kind: 'failed', why: 'nobody listens there: the connection is refused' });
  });

  it('with whom nobody can speak TLS fails', async () => {
    const port = await listening(
      createServer((socket) =>
        socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n', () => socket.destroy()),
      ),
    );
    const seen = await nodeConnecting.connect(`https://127.0.0.1:${port}`, { timeoutMs: 5_000 });
    expect(seen).toMatchObject({ kind: 'failed', why: expect.stringContaining('the connection') });
  });

  it('that says nothing is given up after its time', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => undefined).resume()));
    const seen = await nodeConnecting.connect(`https://127.0.0.1:${port}`, { timeoutMs: 80 });
    expect(seen).toEqual({ kind: 'failed', why: 'no connection within 80 ms' });
  });
});
