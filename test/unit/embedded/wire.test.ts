/** The owner's socket: what crosses it, what a hostile or careless peer can do, and who may use it. */
import { linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Method,
  serveWire,
  WireClient,
  type WireLimits,
  wireLimits,
  type WireServer,
} from '../../../lib/embedded/wire.ts';
import { Failure } from '../../../lib/model/failure.ts';

const NOTHING = (): void => undefined;

describe('the wire', () => {
  let folder: string;
  let path: string;
  let servers: WireServer[];
  let sockets: Socket[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interlock-wire-'));
    path = join(folder, 'owner.sock');
    servers = [];
    sockets = [];
  });
  afterEach(() => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(
    methods: { readonly [name: string]: Method },
    limits?: Partial<WireLimits>,
  ): Promise<WireServer> {
    const server = await serveWire(path, new Map(Object.entries(methods)), { ...wireLimits, ...limits });
    servers.push(server);
    return server;
  }

  async function client(): Promise<WireClient> {
    const connected = await WireClient.connect(path);
    if (connected === undefined) throw new Error('nobody answers');
    return connected;
  }

  /** A peer that writes what it likes: gives what it was answered once the connection is closed. */
  function rawly(write: (socket: Socket) => void): Promise<string> {
    const socket = createConnection(path);
    sockets.push(socket);
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    socket.on('error', NOTHING);
    socket.once('connect', () => write(socket));
    return new Promise((resolve) => socket.once('close', () => resolve(said)));
  }

  const echo: Method = async (params) => params;

  test('carries a call, its events in order, and its answer, for many at once', async () => {
    await serve({
      count: async (params, onEvent) => {
        for (let index = 0; index < Number(params); index += 1) {
          onEvent(index);
          await new Promise((resolve) => setImmediate(resolve));
        }
        return `counted to ${params}`;
      },
    });
    const one = await client();
    const two = await client();
    const seen: unknown[] = [];
    const answers = await Promise.all([
      one.call('count', 3, (event) => seen.push(event)),
      one.call('count', 0, NOTHING),
      two.call('count', 2, NOTHING),
    ]);
    expect([answers, seen]).toEqual([
      ['counted to 3', 'counted to 0', 'counted to 2'],
      [0, 1, 2],
    ]);
    one.close();
    two.close();
  });

  test('carries any JSON as it is, and null for no answer', async () => {
    await serve({ echo, nothing: async () => undefined });
    const peer = await client();
    const value = { text: 'line\nline ü\u0000\u2028', list: [1, null, 1e300], deep: { a: { b: [] } } };
    expect(await peer.call('echo', value, NOTHING)).toEqual(value);
    expect(await peer.call('nothing', null, NOTHING)).toBeNull();
    peer.close();
  });

  test('carries a failure with code, kind and remedy, and a bug without its stack', async () => {
    await serve({
      refuse: async () => {
        throw new Failure('no-such-run', 'There is no such run', { kind: 'usage', remedy: 'Look again.' });
      },
      break: async () => {
        throw new TypeError('x is not a function');
      },
    });
    const peer = await client();
    const refusal = { code: 'no-such-run', message: 'There is no such run', kind: 'usage', remedy: 'Look again.' };
    await expect(peer.call('refuse', null, NOTHING)).rejects.toMatchObject(refusal);
    await expect(peer.call('break', null, NOTHING)).rejects.toMatchObject({
      code: 'owner-bug',
      message: expect.not.stringContaining(' at '),
    });
    await expect(peer.call('nonsense', null, NOTHING)).rejects.toMatchObject({ code: 'unknown-method' });
    peer.close();
  });

  test('tells its clients that the owner is gone, those that wait and those that ask later', async () => {
    const server = await serve({ wait: () => new Promise(() => undefined) });
    const peer = await client();
    const waiting = expect(peer.call('wait', null, NOTHING)).rejects.toMatchObject({ code: 'owner-gone' });
    await new Promise((resolve) => setImmediate(resolve));
    server.close();
    await waiting;
    await expect(peer.call('wait', null, NOTHING)).rejects.toMatchObject({ code: 'owner-gone' });
    expect(await WireClient.connect(path)).toBeUndefined();
  });

  test('closes on a peer that writes no calls, and goes on with the others', async () => {
    await serve({ echo });
    const sound = await client();
    const hostile = [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '\u0000\u0001\u0002\n',
      'null\n',
      '[]\n',
      '"text"\n',
      '{"id":"1","method":"echo"}\n',
      '{"id":1,"method":["echo"]}\n',
      '{"id":1}\n',
      '{"id":1,"method":"echo","params":{"unfinished":\n',
    ];
    for (const text of hostile)
      expect({ text, said: await rawly((socket) => socket.write(text)) }).toEqual({ text, said: '' });
    expect(await sound.call('echo', 'still here', NOTHING)).toBe('still here');
    sound.close();
  });

  test('takes names of methods for names only', async () => {
    await serve({ echo });
    const peer = await client();
    for (const method of ['__proto__', 'constructor', 'toString', ''])
      await expect(peer.call(method, null, NOTHING)).rejects.toMatchObject({ code: 'unknown-method' });
    await expect(peer.call('x'.repeat(100_000), null, NOTHING)).rejects.toThrow(/^.{0,120}$/);
    peer.close();
  });

  test('takes values of any depth without falling over', async () => {
    await serve({ echo, length: async (params) => JSON.stringify(params).length });
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const said = await rawly((socket) => {
      socket.write(`{"id":1,"method":"length","params":${deep}}\n`);
      socket.end('{"id":2,"method":"echo","params":"after"}\n');
    });
    expect(said).toContain('{"id":2,"result":"after"}');
    expect(said).toContain('"id":1');
  });

  test('closes on a line that is too long, whether it ends or not', async () => {
    await serve({ echo }, { line: 1000 });
    expect(await rawly((socket) => socket.write('x'.repeat(1001)))).toBe('');
    expect(await rawly((socket) => socket.write(`{"id":1,"method":"echo","params":"${'x'.repeat(1000)}"}\n`))).toBe('');
    const peer = await client();
    expect(await peer.call('echo', 'x'.repeat(900), NOTHING)).toHaveLength(900);
    peer.close();
  });

  test('refuses a call beyond those that it serves of one client at a time, and takes it later', async () => {
    const ends: (() => void)[] = [];
    await serve({ wait: () => new Promise<void>((resolve) => ends.push(resolve)) }, { calls: 2 });
    const peer = await client();
    const served = [peer.call('wait', 1, NOTHING), peer.call('wait', 2, NOTHING)];
    await expect(peer.call('wait', 3, NOTHING)).rejects.toMatchObject({ code: 'too-many-calls' });
    for (const end of ends) end();
    await Promise.all(served);
    const later = peer.call('wait', 4, NOTHING);
    while (ends.length < 3) await new Promise((resolve) => setImmediate(resolve));
    ends[2]?.();
    expect(await later).toBeNull();
    peer.close();
  });

  test('leaves a client that does not read what it asked for', async () => {
    const large = 'x'.repeat(200_000);
    let sent = 0;
    await serve(
      {
        flood: async (_params, onEvent) => {
          for (; sent < 1000; sent += 1) {
            onEvent(large);
            await new Promise((resolve) => setImmediate(resolve));
          }
        },
      },
      { unread: 1_000_000 },
    );
    await rawly((socket) => {
      socket.pause();
      socket.write('{"id":1,"method":"flood"}\n');
      const look = (): void => void (socket.destroyed || (sent >= 1000 ? socket.destroy() : setImmediate(look)));
      look();
    });
    const peer = await client();
    await expect(peer.call('echo', 1, NOTHING)).rejects.toMatchObject({ code: 'unknown-method' });
    peer.close();
  });

  test('serves so many connections and drops the next', async () => {
    await serve({ echo }, { connections: 2 });
    const [one, two] = [await client(), await client()];
    expect(await rawly((socket) => socket.write('{"id":1,"method":"echo","params":1}\n'))).toBe('');
    expect(await Promise.all([one.call('echo', 1, NOTHING), two.call('echo', 2, NOTHING)])).toEqual([1, 2]);
    one.close();
    two.close();
  });

  test('is open to its own user only', async () => {
    await serve({ echo });
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  test('is not taken up where it belongs to another user: secrets cross it', async () => {
    await serve({ echo });
    const somebody = vi.spyOn(process, 'getuid').mockReturnValue((process.getuid?.() ?? 0) + 1);
    await expect(WireClient.connect(path)).rejects.toMatchObject({
      code: 'owner-foreign',
      kind: 'world',
      remedy: expect.stringContaining('--data'),
    });
    somebody.mockRestore();
  });

  test('takes the place of a socket that a dead owner left, and of anything else of that name', async () => {
    for (const leave of [() => left(path), () => Promise.resolve(writeFileSync(path, 'no socket'))]) {
      await leave();
      const server = await serve({ echo });
      const peer = await client();
      expect(await peer.call('echo', 1, NOTHING)).toBe(1);
      peer.close();
      server.close();
    }
  });

  test('where nobody listens, or nothing is, says that nobody answers', async () => {
    expect(await WireClient.connect(path)).toBeUndefined();
    await left(path);
    expect(await WireClient.connect(path)).toBeUndefined();
  });

  test('that cannot be opened is a failure that names it', async () => {
    const nowhere = join(folder, 'none', 'owner.sock');
    await expect(serveWire(nowhere, new Map())).rejects.toMatchObject({
      code: 'owner-socket',
      message: expect.stringContaining(nowhere),
    });
  });
});

/** A socket file whose server has gone without removing it. */
async function left(path: string): Promise<void> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.old`, resolve));
  linkSync(`${path}.old`, path);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}
