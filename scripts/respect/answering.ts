/**
 * Systems on loopback that answer both tools alike: those that a rehearsal has (books of what the documents answer, brought
 * to what the criteria ask for), fresh for each run, so the same requests get the same answers. Beside them there is one
 * place that gives out tokens, and one that is told a workflow's outputs.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../lib/model/json.ts';
import { EffectSystems, type SystemRoutes } from '../../lib/simulate/effect-systems.ts';
import { simulatedServer } from '../../lib/simulate/simulated-http.ts';

export interface Answering {
  readonly port: number;
  /** Systems as they were before anybody called them. */
  begin(routes: SystemRoutes): void;
  /** By output, what has been told since. */
  readonly told: ReadonlyMap<string, Json | undefined>;
  close(): Promise<void>;
}

export const SYSTEMS = '/systems/';
export const TOKENS = '/tokens';
export const TOLD = '/told/';

const MOST_BODY_BYTES = 16 * 1024 * 1024;

export async function answering(): Promise<Answering> {
  const told = new Map<string, Json | undefined>();
  let systems: EffectSystems | undefined;
  const server = createServer((request, response) => {
    answer({ request, response, systems, told }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A server that listens on a port has an address with one.
    port: (server.address() as AddressInfo).port,
    told,
    begin(routes) {
      told.clear();
      systems = new EffectSystems(routes, Date.now);
    },
    close: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly systems: EffectSystems | undefined;
  readonly told: Map<string, Json | undefined>;
}

async function answer({ request, response, systems, told }: Asked): Promise<void> {
  const { url = '/', method = 'GET', headers } = request;
  const body = await bodyOf(request);
  if (url.startsWith(TOKENS))
    return json(response, { access_token: 'simulated', token_type: 'Bearer', expires_in: 3600 });
  if (url.startsWith(TOLD)) {
    told.set(decodeURIComponent(url.slice(TOLD.length)), toldIn(body));
    return json(response, {});
  }
  const [, system = '', rest = ''] = /^\/systems\/([^/?]+)(.*)$/.exec(url) ?? [];
  const landed = systems?.land(
    {
      method,
      url: `${simulatedServer(decodeURIComponent(system))}${rest}`,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
      ...(body.length > 0 && { body }),
    },
    'well',
  );
  response.writeHead(landed?.status ?? 404, [...(landed?.headers ?? [])].flat());
  response.end(landed?.body);
}

function toldIn(body: Uint8Array): Json | undefined {
  try {
    const { value } = JSON.parse(new TextDecoder().decode(body)) as { readonly value?: Json };
    return value;
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, value: Json): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES) throw new Error('a body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
