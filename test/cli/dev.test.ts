/**
 * `interlock dev` over the order example: the real binary, its four systems on loopback, and a client that is made from the
 * document which the server gives. Every route is asked well and badly, and every answer is held against the document.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_BODY_BYTES } from '../../lib/api/message.ts';
import { OPERATION_IDS, type OperationId } from '../../lib/api/route.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { type Answer, ApiClient, type Call, sent } from '../support/api-client.ts';
import { type Begun, begun, inFolder, interlock } from '../support/command-line.ts';
import { EXAMPLE, openShop, type Shop } from '../support/order-shop.ts';
import { STOCK } from '../support/stock.ts';
import { wrongCalls } from '../support/wrong-calls.ts';

const TIMEOUT = 240_000;
/** Authorisation, capture, notification, reservation, shipment. */
const LEFT_BY_AN_ORDER = 5;
const JSON_TYPE = { 'content-type': 'application/json' };

let shop: Shop;
let dev: Begun;
let api: ApiClient;

beforeAll(async () => {
  shop = await openShop();
  dev = shop.begun('dev', EXAMPLE, '--port', '0', '--json', ...shop.servers);
  const { url } = JSON.parse(await dev.printing(/\n$/)) as { readonly url: string };
  api = await ApiClient.of(url);
}, TIMEOUT);

afterAll(async () => {
  dev.kill();
  await dev.ended;
  await shop[Symbol.asyncDispose]();
});

function inputIn(file: string): JsonObject {
  return JSON.parse(readFileSync(join(EXAMPLE, file), 'utf8')) as JsonObject;
}

const GOOD = inputIn('input.example.json');
const UNDELIVERABLE = inputIn('input.undeliverable.json');

const WORKFLOW = { path: { id: 'place-order' } };

function starting(input: Json, key?: string): Promise<Answer> {
  const headers = { prefer: 'wait=25', ...(key !== undefined && { 'idempotency-key': key }) };
  return api.call('startRun', { ...WORKFLOW, headers, body: { input } });
}

async function ended(input: Json): Promise<string> {
  const { json } = await starting(input);
  return String(json['runId']);
}

/** A run whose refund was refused, and its dead letter. */
async function stuck(): Promise<{ readonly id: string; readonly letter: string }> {
  await shop.fault('payments', { operation: 'refundCapture', answer: 409, times: 1_000 });
  const id = await ended(UNDELIVERABLE);
  await shop.well('payments');
  const { json } = await api.call('listDeadLetters', { query: `run=${id}` });
  const [letter] = json['letters'] as readonly JsonObject[];
  return { id, letter: String(letter?.['id']) };
}

/** A run that waits for an answer which comes when the shop's clock is moved. */
async function underWay(): Promise<string> {
  await shop.fault('payments', { operation: 'authorisePayment', answerAfterMs: 60_000 });
  const { json, status } = await api.call('startRun', { ...WORKFLOW, body: { input: GOOD } });
  expect([status, json['status']]).toEqual([202, 'running']);
  await shop.demo.clock.awaited();
  return String(json['runId']);
}

/** How each operation is asked so that it does what it is for. */
const WELL: { readonly [O in OperationId]: () => Promise<Call> } = {
  listWorkflows: async () => ({}),
  startRun: async () => ({ ...WORKFLOW, body: { input: GOOD } }),
  listRuns: async () => ({ query: 'limit=2&status=succeeded&status=compensated&workflow=place-order' }),
  getRun: async () => ({ path: { id: await ended(GOOD) }, query: 'audit=true' }),
  followRun: async () => ({ path: { id: await ended(GOOD) } }),
  cancelRun: async () => {
    const id = await underWay();
    return { path: { id }, body: { note: 'the customer called' } };
  },
  retryRun: async () => ({ path: { id: await ended(UNDELIVERABLE) }, body: { input: GOOD, description: 'current' } }),
  undoRun: async () => ({ path: { id: (await stuck()).id } }),
  resolveStep: async () => {
    const { id } = await stuck();
    return { path: { id, step: 'capture-payment' }, body: { as: 'undone', note: 'refunded by hand' } };
  },
  skipStep: async () => ({ path: { id: await ended(UNDELIVERABLE), step: 'notify-customer' }, body: { visit: 1 } }),
  approveStep: async () => ({ path: { id: await ended(GOOD), step: 'capture-payment' } }),
  rejectStep: async () => ({ path: { id: await ended(GOOD), step: 'capture-payment' }, body: { note: 'no' } }),
  receiveWebhook: async () => ({ path: { source: 'payments', channel: 'captured' }, raw: 'anything' }),
  deliverMessage: async () => ({ path: { source: 'payments', channel: 'captured' }, raw: 'anything' }),
  receiveCallback: async () => ({
    path: { id: 'mVfXbN3s1k2Yd0aQe8rTzg' },
    raw: 'anything',
    headers: { 'content-type': 'text/plain' },
  }),
  listSystems: async () => ({}),
  listDeadLetters: async () => ({ query: 'limit=5' }),
  redriveDeadLetter: async () => ({ path: { id: (await stuck()).letter } }),
  discardDeadLetter: async () => ({ path: { id: (await stuck()).letter }, body: { note: 'the bank sees to it' } }),
  getHealth: async () => ({}),
  getDocument: async () => ({}),
};

/** No step of this workflow asks a person, and nothing waits for a callback; the answers say so. */
const ANSWERS: { readonly [O in OperationId]?: number } = {
  startRun: 202,
  cancelRun: 202,
  retryRun: 202,
  undoRun: 202,
  resolveStep: 202,
  redriveDeadLetter: 202,
  approveStep: 409,
  rejectStep: 409,
  receiveCallback: 404,
  receiveWebhook: 404,
  deliverMessage: 404,
};

describe('every operation', () => {
  it.each(OPERATION_IDS)('%s asked well answers as the document has it', { timeout: TIMEOUT }, async (operationId) => {
    const call = await WELL[operationId]();
    const { status, json } = await api.call(operationId, call);
    expect([status, json]).toEqual([ANSWERS[operationId] ?? 200, expect.anything()]);
    if (operationId === 'cancelRun') shop.demo.clock.advance(60_000);
    const run = json['runId'];
    if (typeof run === 'string') expect((await api.follow(run)).names.at(-1)).toBe('end');
    await shop.well('payments');
  });

  it.each(OPERATION_IDS)(
    '%s refuses all that its document does not allow, and does nothing',
    { timeout: TIMEOUT },
    async (operationId) => {
      const operation = api.operation(operationId);
      const right: Call = {
        path: { id: operationId === 'startRun' ? 'place-order' : 'x'.repeat(30), step: 'capture-payment' },
        ...(operation.body && { body: { as: 'undone', note: 'why' } }),
      };
      const body = operation.body?.schema['properties'] ?? {};
      const fitting = Object.fromEntries(Object.entries(right.body ?? {}).filter(([name]) => name in Object(body)));
      const calls = wrongCalls(operation, { ...right, ...(operation.body && { body: fitting }) });
      const before = (await api.call('listRuns', { query: 'limit=100' })).json;
      for (const { says, call, pointer } of calls) {
        const { status, json } = await api.call(operationId, call);
        const problems = (json['problems'] ?? []) as readonly JsonObject[];
        expect([says, status, json['code'], problems.map((one) => one['pointer'])]).toEqual([
          says,
          400,
          'API001',
          expect.arrayContaining([expect.stringContaining(pointer)]),
        ]);
      }
      expect((await api.call('listRuns', { query: 'limit=100' })).json).toEqual(before);
    },
  );

  it.each(OPERATION_IDS.filter((one) => !['startRun', 'receiveCallback'].includes(one)))(
    '%s says so where there is no such run, step, letter or channel',
    async (operationId) => {
      const operation = api.operation(operationId);
      if (!operation.path.includes('{'))
        return expect(operation.parameters.some(({ in: place }) => place === 'path')).toBe(false);
      const body = { ...(operationId === 'resolveStep' && { as: 'undone' }), note: 'why' };
      const call = { path: { id: 'nobody', step: 'nothing' }, ...(operation.body && { body }) };
      const { status, json } = await api.call(operationId, call);
      expect([status, json['code']]).toEqual([404, expect.stringMatching(/^API0(08|10|26)$/)]);
    },
  );

  it('takes no body but JSON where it takes one, and says which type it wants', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'multipart/form-data',
    ];
    for (const { operationId, body } of api.operations) {
      if (!body) continue;
      for (const type of types) {
        const call = { path: { id: 'x', step: 'y' }, raw: '{}', headers: { 'content-type': type } };
        const { status, json } = await api.call(operationId, call);
        expect([operationId, type, status, json['code']]).toEqual([operationId, type, 415, 'API003']);
      }
      const { status, json } = await api.call(operationId, { path: { id: 'x', step: 'y' }, raw: '{"note": "s3cret' });
      expect([status, json['code'], JSON.stringify(json).includes('s3cret')]).toEqual([400, 'API002', false]);
    }
  });
});

describe('starting a run', () => {
  it('is once per key, one after another and at once, and the input decides whether it is the same', {
    timeout: TIMEOUT,
  }, async () => {
    const first = await starting(GOOD, 'key-1');
    expect([first.status, first.json['status'], first.headers['idempotency-replayed']]).toEqual([
      200,
      'succeeded',
      undefined,
    ]);
    expect(first.headers['preference-applied']).toBe('wait=25');
    const again = await starting(GOOD, 'key-1');
    expect([again.headers['location'], again.headers['idempotency-replayed']]).toEqual([
      first.headers['location'],
      'true',
    ]);
    const other = await starting({ ...GOOD, orderId: 'another' }, 'key-1');
    expect([other.status, other.json['code']]).toEqual([409, 'API013']);

    const before = (await shop.standing()).length;
    const many = await Promise.all(Array.from({ length: 10 }, () => starting(GOOD, 'key-2')));
    expect(new Set(many.map(({ headers }) => headers['location'])).size).toBe(1);
    expect(many.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect((await shop.standing()).length).toBe(before + LEFT_BY_AN_ORDER);
  });

  it('judges the input by the schema of the workflow, and shows no sensitive value', { timeout: TIMEOUT }, async () => {
    const { status, json } = await starting({ ...GOOD, items: 'none', cardToken: 12_345_678 });
    expect([status, json['code']]).toEqual([422, 'API012']);
    const problems = json['problems'] as readonly JsonObject[];
    expect(problems.map((one) => one['pointer'])).toEqual(['/body/input/items', '/body/input/cardToken']);
    expect(JSON.stringify(json)).not.toContain('12345678');
  });

  it('names the workflows that there are for one that there is not', async () => {
    const { status, json } = await api.call('startRun', { path: { id: 'nothing' }, body: {} });
    expect([status, json['code'], json['detail']]).toEqual([
      404,
      'API007',
      'There is no workflow nothing; there are: place-order',
    ]);
  });
});

describe('looking at runs', () => {
  it('gives them a page at a time, each once', { timeout: TIMEOUT }, async () => {
    for (const input of [GOOD, UNDELIVERABLE, GOOD]) await ended(input);
    const all = (await api.call('listRuns', { query: 'limit=100' })).json['runs'] as readonly Json[];
    const found: Json[] = [];
    for (let after = ''; found.length <= all.length; ) {
      const { json } = await api.call('listRuns', { query: `limit=1${after}` });
      found.push(...(json['runs'] as readonly Json[]));
      if (typeof json['next'] !== 'string') break;
      after = `&after=${encodeURIComponent(json['next'])}`;
    }
    expect(found).toEqual(all);
  });

  it('is possible from another terminal meanwhile, which is a client of the server', { timeout: TIMEOUT }, async () => {
    const id = await ended(GOOD);
    const { code, out } = await shop.interlock('runs', 'show', id, '--json');
    expect([code, (JSON.parse(out) as JsonObject)['runId']]).toEqual([0, id]);
  });

  it('follows one that goes on, from its view to its end', { timeout: TIMEOUT }, async () => {
    const id = await underWay();
    const following = api.follow(id);
    // The cancel is heard by who follows: it is answered after its fence is up.
    await api.call('cancelRun', { path: { id } });
    shop.demo.clock.advance(60_000);
    const { names, view } = await following;
    await shop.well('payments');
    expect([names[0], names.at(-1), view['status']]).toEqual(['run', 'end', 'compensated']);
    expect(names).toContain('run-ended');
  });
});

describe('acting on runs', () => {
  it('writes down who did it, once per key, and refuses the key for something else', { timeout: TIMEOUT }, async () => {
    const { id } = await stuck();
    const path = { id, step: 'capture-payment' };
    const headers = { 'idempotency-key': 'resolve-1' };
    const body = { as: 'ignore', note: 'the bank sees to it' };
    const { status } = await api.call('resolveStep', { path, headers, body });
    expect(status).toBe(202);
    await api.follow(id);
    expect((await api.call('resolveStep', { path, headers, body })).status).toBe(202);
    const other = await api.call('resolveStep', { path, headers, body: { ...body, as: 'undone' } });
    expect([other.status, other.json['code']]).toEqual([409, 'API013']);
    const { json } = await api.call('getRun', { path: { id }, query: 'audit=true' });
    const audit = json['audit'] as readonly JsonObject[];
    const done = audit.filter(({ result }) => result === 'resolved');
    expect(done).toMatchObject([{ by: userInfo().username, note: 'the bank sees to it', step: 'capture-payment' }]);
  });

  it('is refused where the run is not at that point, with what it is at', { timeout: TIMEOUT }, async () => {
    const id = await ended(GOOD);
    for (const operationId of ['cancelRun', 'undoRun', 'retryRun']) {
      const { status, json } = await api.call(operationId, { path: { id } });
      expect([status, json['code'], json['detail']]).toEqual([409, 'API014', `The run ${id} is over: succeeded`]);
    }
  });

  it('settles a run once more for its dead letter, which is gone then', { timeout: TIMEOUT }, async () => {
    const { id, letter } = await stuck();
    await api.call('redriveDeadLetter', { path: { id: letter } });
    expect((await api.follow(id)).view['status']).toBe('compensated');
    // Nobody waits for its going: it is asked for until it is gone, and once more.
    let letters: Json = [null];
    for (let asked = 0; asked < 500 && Array.isArray(letters) && letters.length > 0; asked += 1) {
      letters = (await api.call('listDeadLetters', { query: `run=${id}` })).json['letters'] ?? null;
    }
    expect(letters).toEqual([]);
    const { status, json } = await api.call('redriveDeadLetter', { path: { id: letter } });
    expect([status, json['code']]).toEqual([404, 'API010']);
  });
});

describe('the server', () => {
  it('answers nobody who names another host, and no page of another origin', async () => {
    const { port } = new URL(api.url);
    const asked = (headers: { readonly [name: string]: string }): Promise<Answer> =>
      sent(`${api.url}/health`, 'GET', headers);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
      `localhost.evil.example:${port}`,
    ]) {
      const { status, json } = await asked({ host });
      expect([host, status, json['code']]).toEqual([host, 403, 'API018']);
    }
    for (const origin of [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1',
      `http://127.0.0.1:${port}.evil.example`,
    ]) {
      const { status, json } = await asked({ origin });
      expect([origin, status, json['code']]).toEqual([origin, 403, 'API019']);
    }
    const crossing = await asked({ 'sec-fetch-site': 'cross-site' });
    expect([crossing.status, crossing.json['code']]).toEqual([403, 'API019']);
    for (const headers of [{ host: `localhost:${port}` }, { origin: `http://127.0.0.1:${port}` }]) {
      expect((await asked(headers)).status).toBe(200);
    }
  });

  it('takes bodies up to its limit only, told or not told how long they are', { timeout: TIMEOUT }, async () => {
    const url = `${api.url}/workflows/place-order/runs`;
    const huge = 'x'.repeat(MOST_BODY_BYTES + 1);
    const told = await sent(url, 'POST', { ...JSON_TYPE, 'content-length': String(huge.length) }, huge);
    const untold = await sent(url, 'POST', { ...JSON_TYPE, 'transfer-encoding': 'chunked' }, [
      huge.slice(0, 1000),
      huge,
    ]);
    for (const { status, json } of [told, untold]) expect([status, json['code']]).toEqual([413, 'API004']);
    const fits = JSON.stringify({ input: { text: 'x'.repeat(MOST_BODY_BYTES - 100) } });
    expect((await sent(url, 'POST', JSON_TYPE, fits)).status).toBe(422);
    const deep = `{"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await sent(url, 'POST', JSON_TYPE, deep)).status).toBe(422);
  });

  it('knows its paths and methods, and tells them', async () => {
    for (const path of ['/', '/nothing', '/runs/', '/runs//events', '/runs/%zz', '/RUNS', '/runs/a/b', '//runs']) {
      const { status, json } = await sent(`${api.url}${path}`, 'GET', {});
      expect([path, status, json['code']]).toEqual([path, 404, 'API005']);
    }
    for (const method of ['DELETE', 'PUT', 'PATCH', 'OPTIONS']) {
      const { status, json, headers } = await sent(`${api.url}/runs`, method, {});
      expect([status, json['code'], headers['allow']]).toEqual([405, 'API006', 'GET']);
    }
    const head = await sent(`${api.url}/health`, 'HEAD', {});
    expect([head.status, head.text, Number(head.headers['content-length']) > 0]).toEqual([200, '', true]);
  });

  it('is the only one of its data folder and its port, and says so', { timeout: TIMEOUT }, async () => {
    const second = await shop.interlock('dev', EXAMPLE, '--simulate', '--port', '0');
    expect([second.code, second.error]).toEqual([3, expect.stringContaining('Another process has runs going on')]);
    const { port } = new URL(api.url);
    const elsewhere = ['--simulate', '--port', port, '--data', join(shop.folder, 'other')];
    const third = await interlock(['dev', EXAMPLE, ...elsewhere]);
    expect([third.code, third.error]).toEqual([
      3,
      expect.stringContaining(`Port ${port} of 127.0.0.1 cannot be listened on`),
    ]);
  });
});

describe('a server over a folder', () => {
  const FLOW = (workflowId: string, summary: string): string => `arazzo: 1.1.0
info: { title: ${workflowId}, version: 1.0.0 }
sourceDescriptions: [{ name: stock, url: ./stock.openapi.yaml, type: openapi }]
workflows:
  - workflowId: ${workflowId}
    summary: ${summary}
    steps: [{ stepId: hold, operationId: hold, x-interlock: { compensate: { none: it lapses } } }]
`;

  function write(folder: string, workflowId: string, summary: string): void {
    mkdirSync(join(folder, workflowId), { recursive: true });
    writeFileSync(join(folder, workflowId, 'stock.openapi.yaml'), STOCK);
    writeFileSync(join(folder, workflowId, 'workflow.arazzo.yaml'), FLOW(workflowId, summary));
  }

  async function serving(folder: string, work: (client: ApiClient, server: Begun) => Promise<void>): Promise<void> {
    const server = begun(['dev', '.', '--simulate', '--port', '0'], { cwd: folder });
    try {
      const [url = ''] = /http:\S+(?= \(this machine only\))/.exec(await server.printing(/Ctrl\+C/)) ?? [];
      await work(await ApiClient.of(url), server);
    } finally {
      server.kill();
      await server.ended;
    }
  }

  it('serves every integration in it, as its files are at the time, and stops when it is told', {
    timeout: TIMEOUT,
  }, async () => {
    await inFolder(async (folder) => {
      write(folder, 'one', 'First');
      write(folder, 'two', 'Second');
      await serving(folder, async (client, server) => {
        const listed = async (): Promise<readonly Json[]> => {
          const { json } = await client.call('listWorkflows');
          return (json['workflows'] as readonly JsonObject[]).map(({ workflowId, summary }) => [
            workflowId ?? null,
            summary ?? null,
          ]);
        };
        expect(await listed()).toEqual([
          ['one', 'First'],
          ['two', 'Second'],
        ]);
        write(folder, 'two', 'Changed');
        expect(await listed()).toEqual([
          ['one', 'First'],
          ['two', 'Changed'],
        ]);
        writeFileSync(join(folder, 'two', 'workflow.arazzo.yaml'), 'arazzo: 1.1.0');
        const broken = await client.call('startRun', { path: { id: 'two' } });
        expect([broken.status, broken.json['code'], broken.text.includes('    at ')]).toEqual([503, 'API021', false]);
        const well = await client.call('startRun', { path: { id: 'one' }, headers: { prefer: 'wait=25' } });
        expect([well.status, well.json['status']]).toEqual([200, 'succeeded']);
        server.stop();
        const { code, error } = await server.ended;
        expect([code, error]).toEqual([0, expect.stringContaining('SIGTERM: no more requests are taken')]);
      });
    });
  });

  it('refuses what it cannot serve: two workflows of one name, an unknown source, no description', {
    timeout: TIMEOUT,
  }, async () => {
    await inFolder(async (folder) => {
      const empty = await interlock(['dev', '.', '--simulate'], { cwd: folder });
      expect([empty.code, empty.error]).toEqual([2, expect.stringContaining('holds an Arazzo file')]);
      write(folder, 'one', 'First');
      const server = await interlock(['dev', '.', '--server', 'nothing=http://127.0.0.1:1'], { cwd: folder });
      expect([server.code, server.error]).toEqual([2, expect.stringContaining('--server names nothing')]);
      const port = await interlock(['dev', '.', '--port', '70000'], { cwd: folder });
      expect([port.code, port.error]).toEqual([2, expect.stringContaining('70000 is no port from 0 to 65535')]);
      mkdirSync(join(folder, 'two'));
      writeFileSync(join(folder, 'two', 'stock.openapi.yaml'), STOCK);
      writeFileSync(join(folder, 'two', 'workflow.arazzo.yaml'), FLOW('one', 'The same'));
      const twice = await interlock(['dev', '.', '--simulate'], { cwd: folder });
      expect([twice.code, twice.error]).toEqual([
        1,
        expect.stringContaining('Several integrations have a workflow one'),
      ]);
    });
  });
});
