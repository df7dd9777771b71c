/** The requests of docs/run-api.md, in their order, against `interlock dev` over the order example. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiDocument } from '../../lib/api/document.ts';
import { matchRoute } from '../../lib/api/match.ts';
import { isObject, type JsonObject } from '../../lib/model/json.ts';
import { ApiClient, sent } from '../support/api-client.ts';
import { type Begun, begun } from '../support/command-line.ts';
import { EXAMPLE, openShop, type Shop } from '../support/order-shop.ts';
import { ROOT } from '../support/source-tree.ts';

interface Example {
  readonly method: string;
  readonly target: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  readonly status: number;
}

const BLOCK = /```http\n([\s\S]*?)\n```\n\nAnswers `(\d{3})`/g;

function examples(): readonly Example[] {
  const page = readFileSync(join(ROOT, 'docs', 'run-api.md'), 'utf8');
  const found = [...page.matchAll(BLOCK)].map(([, text = '', status]) => exampleOf(text, Number(status)));
  expect(found).toHaveLength(page.split('```http').length - 1);
  return found;
}

function exampleOf(text: string, status: number): Example {
  const [head = '', body] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  // `<path>` stands for the content of a file of ours.
  const filled = body?.replace(/<([\w/.-]+\.json)>/g, (_, path: string) => readFileSync(join(ROOT, path), 'utf8'));
  return { method, target, headers, body: filled, status };
}

/** A run that waits for a person: the order example asks nobody. */
const ASKING = {
  arazzo: '1.1.0',
  info: { title: 'Customers', version: '1.0.0' },
  sourceDescriptions: [{ name: 'core', url: './core.json', type: 'openapi' }],
  workflows: [
    {
      workflowId: 'accept-customer',
      steps: [
        {
          stepId: 'accept',
          operationId: 'accept',
          requestBody: { payload: { limit: '$interaction.payload#/limit' } },
          'x-interlock': {
            compensate: { none: 'A customer may stay one.' },
            idempotency: 'natural',
            interaction: {
              type: 'form',
              title: 'Accept the customer?',
              schema: { type: 'object', required: ['limit'], properties: { limit: { type: 'integer' } } },
            },
          },
        },
      ],
    },
  ],
};
const CORE = {
  openapi: '3.1.0',
  info: { title: 'Core', version: '1.0.0' },
  servers: [{ url: 'https://core.test' }],
  paths: {
    '/customers': {
      post: {
        operationId: 'accept',
        requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 201: { description: 'Accepted.' } },
      },
    },
  },
};

let folder = '';
let asking: Begun;
let askingUrl = '';

async function startAsking(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'interlock-page-'));
  const file = join(folder, 'workflow.arazzo.yaml');
  writeFileSync(file, JSON.stringify(ASKING));
  writeFileSync(join(folder, 'core.json'), JSON.stringify(CORE));
  asking = begun(['dev', file, '--simulate', '--port', '0', '--json', '--data', join(folder, 'data')]);
  const { url } = JSON.parse(await asking.printing(/\n$/)) as { readonly url: string };
  askingUrl = url;
  const { json } = await (await ApiClient.of(url)).call('startRun', {
    path: { id: 'accept-customer' },
    body: { input: {} },
  });
  ids.set('waiting', String(json['runId']));
}

let shop: Shop;
let dev: Begun;
let api: ApiClient;
/** What stands for ids on the page. */
const ids = new Map<string, string>();

async function ended(): Promise<JsonObject> {
  const input = JSON.parse(readFileSync(join(EXAMPLE, 'input.undeliverable.json'), 'utf8')) as JsonObject;
  const call = { path: { id: 'place-order' }, headers: { prefer: 'wait=25' }, body: { input } };
  return (await api.call('startRun', call)).json;
}

async function stuck(name: string, letter: string): Promise<void> {
  await shop.fault('payments', { operation: 'refundCapture', answer: 409, times: 1_000 });
  const { runId } = await ended();
  await shop.well('payments');
  const { json } = await api.call('listDeadLetters', { query: `run=${String(runId)}` });
  const [found] = json['letters'] as readonly JsonObject[];
  ids.set(name, String(runId)).set(letter, String(found?.['id']));
}

beforeAll(async () => {
  shop = await openShop();
  dev = shop.begun('dev', EXAMPLE, '--port', '0', '--json', ...shop.servers);
  const { url } = JSON.parse(await dev.printing(/\n$/)) as { readonly url: string };
  api = await ApiClient.of(url);
  ids.set('compensated', String((await ended())['runId']));
  await stuck('stuck', 'letter0');
  await stuck('stuck1', 'letter');
  await stuck('stuck2', 'letter2');
  await startAsking();
}, 240_000);

afterAll(async () => {
  dev.kill();
  await dev.ended;
  asking.kill();
  await asking.ended;
  rmSync(folder, { recursive: true, force: true });
  await shop[Symbol.asyncDispose]();
});

describe('the page of the run API', () => {
  it('shows requests that answer as it says, one after another', { timeout: 240_000 }, async () => {
    for (const { method, target, headers, body, status } of examples()) {
      const url = `${target.includes('{waiting}') ? askingUrl : api.url}${target.replace(/\{(\w+)\}/g, (_, name: string) => ids.get(name) ?? `no ${name}`)}`;
      const answer = await sent(url, method, headers, body);
      expect([method, target, answer.status]).toEqual([method, target, status]);
      const { location } = answer.headers;
      if (typeof location === 'string') ids.set('run', location.replace('/runs/', ''));
    }
  });

  it('shows every operation of the document, or names it', () => {
    const page = readFileSync(join(ROOT, 'docs', 'run-api.md'), 'utf8');
    const shown = new Set(
      examples().map(({ method, target }) => {
        const matched = matchRoute(method, target.split('?')[0] ?? '');
        return matched.kind === 'matched' ? matched.route.path : target;
      }),
    );
    const paths = Object.keys(isObject(apiDocument()['paths']) ? (apiDocument()['paths'] as object) : {});
    const unsaid = paths.filter(
      (path) => !shown.has(path) && !page.includes(path) && !page.includes(`\`${path.split('/').at(-1)}\``),
    );
    expect(unsaid).toEqual([]);
  });
});
