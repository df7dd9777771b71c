/** What `interlock run` says on the way, against a real server: also what nothing failed by, and what the outputs do not say. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, interlock, type Said } from '../support/command-line.ts';

const FLOW = `arazzo: 1.1.0
info: { title: Letting, version: 1.0.0 }
sourceDescriptions: [{ name: keys, url: ./keys.yaml, type: openapi }]
workflows:
  - workflowId: let
    steps:
      - stepId: look
        operationId: look
        outputs: { key: $response.body#/key }
      - stepId: price
        operationId: price
        outputs: { rent: $response.body#/rent }
        x-interlock: { fallback: { outputs: { rent: 900 } } }
    outputs: { key: $steps.look.outputs.key, rent: $steps.price.outputs.rent }
`;
const KEYS = `openapi: 3.1.0
info: { title: Keys, version: 1.0.0 }
paths:
  /keys: { get: { operationId: look, responses: { '200': { description: Keys. } } } }
  /rent: { get: { operationId: price, responses: { '200': { description: Rent. } } } }
`;

/** Logs people in where an answer is expected, and refuses the rest. */
async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const known = request.url === '/keys';
    response.writeHead(known ? 200 : 403, { 'content-type': known ? 'text/html' : 'application/json' });
    response.end(known ? '<h1>Please log in</h1>' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    // A server that listens on a port has an AddressInfo.
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

async function ran(url: string): Promise<Said> {
  return await inFolder(async (folder) => {
    mkdirSync(join(folder, 'environments'));
    writeFileSync(join(folder, 'flow.arazzo.yaml'), FLOW);
    writeFileSync(join(folder, 'keys.yaml'), KEYS);
    writeFileSync(join(folder, 'environments', 'local.yaml'), `systems: { keys: { server: "${url}" } }\n`);
    return await interlock(['run', folder, '--data', join(folder, 'data')]);
  });
}

describe('the conversation of a run', () => {
  it('names an output that the answer did not have, and a fallback that stood in', async () => {
    const said = await withServer(ran);
    expect(said.code).toBe(0);
    expect(said.error).toMatch(/look note: the output `key` is missing: /);
    expect(said.error).toContain('price note: its fallback stands in: keys answered 403');
    expect(said.out).toMatch(/^ {2}price {2}applied .* its fallback stood in$/m);
    expect(said.out).toMatch(/^ {2}look {3}applied +\d+ ms$/m);
  });

  it('names the address where nobody answers', async () => {
    const url = await withServer((at) => Promise.resolve(at));
    const said = await ran(url);
    expect(said.code).toBe(1);
    expect(said.out).toContain(`keys refuses connections at ${url}`);
  });
});
