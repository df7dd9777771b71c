/**
 * The four systems of the benched order, in a process of its own, so that its work is nobody's. It answers at once, and
 * keeps of every order which calls came in which order: what it says at the end, not what an engine says, decides whether
 * a run was right. Prints its port.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the systems saw since the last reset. */
export interface Seen {
  readonly orders: number;
  readonly calls: number;
  /** The same call twice for one order. */
  readonly repeated: number;
  /** Orders whose calls are neither those of a good run nor those of one that was undone in the right order. */
  readonly wrong: number;
}

const FORWARD = [
  '/inventory/reserve',
  '/payments/authorize',
  '/fraud/check',
  '/shipping/quote',
  '/payments/capture',
  '/shipping/create',
];
const BACKWARD = ['/payments/refund', '/payments/void', '/inventory/release'];

const calls = new Map<string, string[]>();

function seen(): Seen {
  const all = [...calls.values()];
  return {
    orders: all.length,
    calls: all.reduce((sum, paths) => sum + paths.length, 0),
    repeated: all.reduce((sum, paths) => sum + paths.length - new Set(paths).size, 0),
    wrong: all.filter((paths) => !isRight(paths)).length,
  };
}

/** What runs at the same time may come in any order; what undoes, only in one. */
function isRight(paths: readonly string[]): boolean {
  const forward = paths.slice(0, FORWARD.length);
  const backward = paths.slice(FORWARD.length);
  const ends = [0, 4, 5].every((index) => forward[index] === FORWARD[index]);
  const complete = forward.toSorted().join() === FORWARD.toSorted().join();
  return ends && complete && (backward.length === 0 || backward.join() === BACKWARD.join());
}

interface Order {
  readonly orderId: string;
  readonly fail?: boolean;
}

function answer(path: string, body: string): { readonly status: number; readonly value: object } {
  if (path === '/seen') return { status: 200, value: seen() };
  if (path === '/reset') {
    calls.clear();
    return { status: 200, value: {} };
  }
  const { orderId, fail } = JSON.parse(body) as Order;
  const known = calls.get(orderId);
  if (known) known.push(path);
  else calls.set(orderId, [path]);
  if (path === '/shipping/create' && fail === true) return { status: 422, value: { code: 'ADDRESS_REFUSED' } };
  return { status: 200, value: { id: `${path.replaceAll('/', '-').slice(1)}-${orderId}`, ok: true } };
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { status, value } = answer(request.url ?? '', body);
    const text = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}

if (import.meta.main) {
  // A subject that is silent for a while keeps its connections: a request on one that was just closed would end its round.
  const server = createServer({ keepAliveTimeout: 600_000 }, serve);
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}
