/** `interlock approve` and `reject` with the real command: from another terminal, after a kill, with wrong words too. */
import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import type { RunView, WaitView } from '../../lib/model/run.ts';
import { ApiClient } from '../support/api-client.ts';
import { type Begun, begun, inFolder, interlockHere, type Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

const TIMEOUT = 120_000;

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Bank', version: '1.0.0' },
  servers: [{ url: 'https://bank.test' }],
  paths: {
    '/payments': {
      post: {
        operationId: 'pay',
        requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 201: { description: 'Paid.' } },
      },
    },
  },
};

const STAYS = { compensate: { none: 'It stays.' }, idempotency: { header: 'Idempotency-Key' } };
const LIMIT = { type: 'object', required: ['limit'], properties: { limit: { type: 'integer' } } };

const DESCRIPTION = {
  arazzo: '1.1.0',
  info: { title: 'Payments', version: '1.0.0' },
  sourceDescriptions: [{ name: 'bank', url: './bank.json', type: 'openapi' }],
  workflows: [
    {
      workflowId: 'pay',
      inputs: { type: 'object', properties: { who: { type: 'string' } } },
      steps: [
        {
          stepId: 'first',
          operationId: 'pay',
          requestBody: { payload: { limit: '$interaction.payload#/limit' } },
          outputs: { by: '$interaction.actor', limit: '$interaction.payload#/limit' },
          'x-interlock': {
            ...STAYS,
            interaction: { type: 'form', title: 'May we pay?', description: 'For {$inputs.who}.', schema: LIMIT },
          },
        },
        {
          stepId: 'second',
          operationId: 'pay',
          requestBody: { payload: { of: '$steps.first.outputs.limit' } },
          'x-interlock': { ...STAYS, interaction: { type: 'approval' } },
        },
      ],
      outputs: { by: '$steps.first.outputs.by', limit: '$steps.first.outputs.limit' },
    },
  ],
};

interface Bank {
  /** The command on the folder's data. */
  readonly say: (...words: readonly string[]) => Promise<Said>;
  readonly run: () => Begun;
  /** The run API over the same data. */
  readonly dev: () => Begun;
}

async function inBank(work: (bank: Bank) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'workflow.arazzo.yaml');
    writeFileSync(file, JSON.stringify(DESCRIPTION));
    writeFileSync(join(folder, 'bank.json'), JSON.stringify(DOCUMENT));
    const data = ['--data', join(folder, 'data')];
    await work({
      say: (...words) => interlockHere([...words, ...data]),
      run: () => begun(['run', file, '--simulate', '--id', 'p1', '-i', '{"who":"Mara"}', ...data]),
      dev: () => begun(['dev', file, '--simulate', '--port', '0', '--json', ...data]),
    });
  });
}

const isRunView = new Ajv2020.default({ strict: false }).compile(
  JSON.parse(readFileSync(join(ROOT, 'schemas', 'run-view.schema.json'), 'utf8')) as object,
);

it(
  'a run waits for a person who answers in another terminal, and goes on at once',
  async () => {
    await inBank(async ({ say, run }) => {
      const running = run();
      await running.saying(/first waits for form until .*: May we pay\?/);
      const shown = await say('runs', 'show', 'p1', '--json');
      const view = JSON.parse(shown.out) as RunView;
      isRunView(view);
      expect(isRunView.errors ?? []).toEqual([]);
      expect(view).toMatchObject({ status: 'waiting', waitsFor: [{ step: 'first', description: 'For Mara.' }] });
      const unfit = await say('approve', 'p1', 'first', '--input', '{"limit":"much"}');
      expect(unfit).toMatchObject({ code: 1, error: expect.stringContaining('/limit must be integer, got "much"') });
      expect(await say('approve', 'p1', 'nobody')).toMatchObject({ code: 2 });
      expect(await say('approve', 'p1', 'first', '--input', '{"limit":5}')).toMatchObject({ code: 0 });
      const second = await say('approve', 'p1', 'first', '--input', '{"limit":6}');
      expect(second).toMatchObject({ code: 1, error: expect.stringContaining('first was approved by') });
      expect(await say('approve', 'p1', 'second')).toMatchObject({ code: 0 });
      const { code, out } = await running.ended;
      expect({ code, by: out.includes(userInfo().username) }).toEqual({ code: 0, by: true });
    });
  },
  TIMEOUT,
);

it(
  'a run whose process was killed is answered, and goes on in the process that answers, until it waits again',
  async () => {
    await inBank(async ({ say, run }) => {
      const running = run();
      await running.saying(/first waits/);
      running.kill();
      await running.ended;
      const early = await say('reject', 'p1', 'second', '--note', 'over the limit');
      expect(early).toMatchObject({ code: 0, out: expect.stringContaining('first waits for form') });
      const approved = await say('approve', 'p1', 'first', '--input', '{"limit":9}', '--json');
      const view = JSON.parse(approved.out) as RunView;
      expect(view).toMatchObject({ status: 'compensated', error: { error: 'Interlock.Refused', step: 'second' } });
      expect(view.error?.message).toContain('rejected it: over the limit');
      const { out } = await say('runs', 'show', 'p1');
      expect(out).toContain('approved');
      expect(out).toContain('rejected');
    });
  },
  TIMEOUT,
);

/** Nobody is told when it waits: it is asked for until it does. */
async function waitOf(api: ApiClient, id: string, step: string): Promise<WaitView> {
  for (let asked = 0; asked < 5_000; asked += 1) {
    const view = (await api.call('getRun', { path: { id } })).json as unknown as RunView;
    const found = view.waitsFor?.find((wait) => wait.step === step);
    if (found) return found;
  }
  throw new Error(`${step} does not come to wait`);
}

it(
  'a run that was started over HTTP is answered over HTTP, and from a terminal beside it',
  async () => {
    await inBank(async ({ say, dev }) => {
      const serving = dev();
      const { url } = JSON.parse(await serving.printing(/\n$/)) as { readonly url: string };
      const api = await ApiClient.of(url);
      const { json } = await api.call('startRun', { path: { id: 'pay' }, body: { input: { who: 'Mara' } } });
      const id = String(json['runId']);
      const first = { path: { id, step: 'first' } };
      expect(await waitOf(api, id, 'first')).toMatchObject({ type: 'form', title: 'May we pay?', schema: LIMIT });
      const queued = await say('queue');
      expect(queued.out).toMatch(new RegExp(`${id} +first +form +until .*: May we pay\\?`));
      const unfit = await api.call('approveStep', { ...first, body: { input: { limit: 'much' } } });
      expect([unfit.status, unfit.json['code'], unfit.json['problems']]).toEqual([
        422,
        'API012',
        [{ pointer: '/body/input/limit', message: 'must be integer', value: 'much' }],
      ]);
      const headers = { 'idempotency-key': 'a-1' };
      const right = { ...first, headers, body: { input: { limit: 5 }, note: 'called her' } };
      for (const _ of [1, 2]) expect((await api.call('approveStep', right)).status).toBe(202);
      const other = await api.call('rejectStep', first);
      expect([other.status, other.json['code']]).toEqual([409, 'API016']);
      await waitOf(api, id, 'second');
      expect(await say('reject', id, 'second', '--note', 'over the limit')).toMatchObject({ code: 0 });
      expect((await api.follow(id)).view).toMatchObject({ status: 'compensated' });
      const { audit } = (await api.call('getRun', { path: { id }, query: 'audit=true' })).json;
      const results = (audit as readonly JsonObject[]).filter(({ what }) => what === 'action');
      expect(results).toMatchObject([
        { result: 'approved', step: 'first', note: 'called her', by: userInfo().username },
        { result: expect.stringContaining('rejected, refused: first was approved by') },
        { result: 'rejected', step: 'second', note: 'over the limit' },
      ]);
      serving.stop();
      expect(await serving.ended).toMatchObject({ code: 0 });
    });
  },
  TIMEOUT,
);
