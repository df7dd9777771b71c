/** The depot of bench/lists.ts, in a process of its own: it sends and recalls parcels at once, and says how many stand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const byKey = new Map<string, string>();
const standing = new Set<string>();

function answer({ method = '', url = '', headers }: IncomingMessage, body: string): readonly [number, unknown?] {
  if (url === '/seen') return [200, { made: byKey.size, standing: standing.size }];
  if (url === '/reset') {
    byKey.clear();
    standing.clear();
    return [200, {}];
  }
  if (method === 'DELETE') return [standing.delete(url.split('/').at(-1) ?? '') ? 204 : 404];
  if (url === '/notes') return [(JSON.parse(body) as { room: boolean }).room ? 204 : 422];
  const key = String(headers['idempotency-key']);
  const id = byKey.get(key) ?? `parcel-${byKey.size + 1}`;
  if (!byKey.has(key)) standing.add(id);
  byKey.set(key, id);
  return [201, { id }];
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const [status, value] = answer(request, body);
    if (value === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  });
}

createServer(respond).listen(Number(process.argv[2]), '127.0.0.1');
