/** Runs of several commands on one data folder, all of which want the same lock: their system sees them one after another. */
import { writeFileSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inFolder, interlock } from '../support/command-line.ts';

const COMMANDS = 5;
/** Each that is ahead of one makes it wait a second. */
const RUNS_EACH = 2;

const WORKFLOW = `arazzo: 1.1.0
info: { title: Transfer, version: 1.0.0 }
sourceDescriptions:
  - { name: bank, url: ./bank.openapi.yaml, type: openapi }
workflows:
  - workflowId: transfer
    x-interlock: { lock: { key: 'account-{$inputs.account}' } }
    inputs:
      type: object
      required: [account, order]
      properties: { account: { type: string }, order: { type: string } }
    steps:
      - { stepId: enter, operationId: enter, parameters: [{ name: order, in: path, value: $inputs.order }] }
      - { stepId: leave, operationId: leave, parameters: [{ name: order, in: path, value: $inputs.order }] }
`;

const operation = (name: string): string => `
  /${name}/{order}:
    post:
      operationId: ${name}
      parameters: [{ name: order, in: path, required: true, schema: { type: string } }]
      responses: { '204': { description: Done. } }`;

const OPENAPI = `openapi: 3.1.0
info: { title: Bank, version: 1.0.0 }
servers: [{ url: https://bank.example.com }]
paths:${operation('enter')}${operation('leave')}
`;

describe('runs of several processes that want one lock', () => {
  let server: Server;
  let seen: string[];
  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it(`never overlap: ${COMMANDS * RUNS_EACH} of ${COMMANDS} commands on one data folder`, {
    timeout: 120_000,
  }, async () => {
    await inFolder(async (folder) => {
      const flow = join(folder, 'flow');
      mkdirSync(flow);
      writeFileSync(join(flow, 'workflow.arazzo.yaml'), WORKFLOW);
      writeFileSync(join(flow, 'bank.openapi.yaml'), OPENAPI);
      const said = await Promise.all(
        Array.from({ length: COMMANDS }, async (_, command) => {
          const orders = Array.from(
            { length: RUNS_EACH },
            (__, run) => `{"account":"7","order":"${command}-${run}"}\n`,
          );
          const inputs = join(folder, `orders-${command}.jsonl`);
          writeFileSync(inputs, orders.join(''));
          const place = ['--server', `bank=http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--data'];
          return await interlock(['run', flow, ...place, join(folder, 'data'), '--inputs', inputs, '--json']);
        }),
      );
      expect(said.map(({ code, error }) => [code, error])).toEqual(said.map(() => [0, expect.any(String)]));
      const entered = seen.filter((_, index) => index % 2 === 0).map((url) => url.replace('/enter/', ''));
      const left = seen.filter((_, index) => index % 2 === 1).map((url) => url.replace('/leave/', ''));
      // Each leaves before the next one enters.
      expect(left).toEqual(entered);
      expect(new Set(entered).size).toBe(COMMANDS * RUNS_EACH);
    });
  });
});
