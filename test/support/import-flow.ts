/**
 * A small integration for bulk runs, and its system on loopback: `import` creates a thing (an effect, counted by id) and
 * reads it back. The reads can be held, so that a process can be killed while its runs stand at a known place.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const WORKFLOW = `arazzo: 1.1.0
info: { title: Import, version: 1.0.0 }
sourceDescriptions:
  - { name: store, url: ./store.openapi.yaml, type: openapi }
workflows:
  - workflowId: import
    inputs:
      type: object
      additionalProperties: false
      required: [id]
      properties:
        id: { type: string, pattern: '^[a-z0-9-]+$' }
        count: { type: integer, default: 1 }
    steps:
      - stepId: create
        operationId: createThing
        requestBody:
          contentType: application/json
          payload: { id: $inputs.id, count: $inputs.count }
      - stepId: read
        operationId: readThing
        parameters: [{ name: id, in: path, value: $inputs.id }]
        outputs: { count: $response.body#/count }
    outputs: { count: $steps.read.outputs.count }
`;

const OPENAPI = `openapi: 3.1.0
info: { title: Store, version: 1.0.0 }
servers: [{ url: https://store.example.com }]
paths:
  /things:
    post:
      operationId: createThing
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { '201': { description: Created. } }
  /things/{id}:
    get:
      operationId: readThing
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200':
          description: The thing.
          content: { application/json: { schema: { type: object, properties: { count: { type: integer } } } } }
`;

/** Makes the integration below a folder and gives its path. */
export function importFlow(folder: string): string {
  const flow = join(folder, 'flow');
  mkdirSync(flow);
  writeFileSync(join(flow, 'workflow.arazzo.yaml'), WORKFLOW);
  writeFileSync(join(flow, 'store.openapi.yaml'), OPENAPI);
  return flow;
}

export interface Store {
  readonly url: string;
  /** How often each thing was created: the effects. */
  readonly created: ReadonlyMap<string, number>;
  /** Resolves when so many reads are held at once. */
  heldReads(count: number): Promise<void>;
  /** Answers what is held, and holds no more. */
  release(): void;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** So many reads are answered before the others are held. Default: all. */
  readonly answered?: number;
  /** Ids that are refused. */
  readonly refused?: readonly string[];
}

export async function openStore({ answered = Infinity, refused = [] }: StoreOptions = {}): Promise<Store> {
  const things = new Map<string, unknown>();
  const created = new Map<string, number>();
  let [holding, reads] = [true, 0];
  let held: (() => void)[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  const create = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const thing = JSON.parse(await textOf(request)) as { readonly id: string };
    if (refused.includes(thing.id)) return answer(response, 409, { why: 'not this one' });
    created.set(thing.id, (created.get(thing.id) ?? 0) + 1);
    things.set(thing.id, thing);
    answer(response, 201, thing);
  };
  const read = (id: string, response: ServerResponse): void => {
    reads += 1;
    if (!holding || reads <= answered) return answer(response, 200, things.get(id));
    held.push(() => answer(response, 200, things.get(id)));
    if (waiting !== undefined && held.length >= waiting.count) waiting.resolve();
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') void create(request, response);
    else read((request.url ?? '').split('/').at(-1) ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    heldReads: (count) => new Promise((resolve) => (waiting = { count, resolve })),
    release() {
      holding = false;
      for (const one of held) one();
      held = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
