/**
 * The run API over its adapters for AWS: the journal in DynamoDB's emulator, dead letters in an SQS on loopback, requests as
 * API Gateway hands them over. Step Functions only writes down what it was asked for.
 */
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../../lib/api/answer.ts';
import { type ApiPorts, callbacksOver } from '../../lib/api/ports.ts';
import { fromGateway, type GatewayResponse, toGateway } from '../../lib/aws/api-event.ts';
import { deployedActing, deployedWorkflows } from '../../lib/aws/api-ports.ts';
import { DynamoBreakers } from '../../lib/aws/breakers.ts';
import { SqsLetters } from '../../lib/aws/dead-letters.ts';
import { DynamoCallbacks } from '../../lib/aws/callbacks.ts';
import { DynamoMailboxes } from '../../lib/aws/mailboxes.ts';
import { DynamoJournal } from '../../lib/aws/journal.ts';
import { DynamoLocks } from '../../lib/aws/locks.ts';
import { RunTable } from '../../lib/aws/run-table.ts';
import { SharedTable } from '../../lib/aws/shared-table.ts';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import { awaitAnswer, invite } from '../../lib/runtime/wait.ts';
import type { OperatorPorts } from '../../lib/runtime/operator/action.ts';
import { type DynamoEmulator, dynamoEmulator } from '../support/dynamo-emulator.ts';
import { MemoryBlobs } from '../support/memory-blobs.ts';
import { RecordedTokens } from '../../lib/rehearse/memory-callbacks.ts';
import { PLAN_HASH, planOf, scopeOf, stepOf } from '../support/plan-fixture.ts';

const CALLER = 'arn:aws:iam::1:user/ann';
const INPUTS: Json = { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } };
const INTERACTION = { type: 'approval', deadlineMs: 600_000, onTimeout: 'fail', sensitive: [] } as const;
const PLAN = planOf({
  steps: [stepOf({ path: 'pay' }), stepOf({ path: 'ship', interaction: INTERACTION })],
  scopes: [scopeOf('', { inputSchema: INPUTS })],
});

let dynamo: DynamoEmulator;
let queue: Awaited<ReturnType<typeof startFauxqs>>;
let sqs: SQSClient;
let ports: ApiPorts;
let started: string[];
let waking: RecordedTokens;

const queueUrl = (): string => `http://127.0.0.1:${queue.port}/000000000000/letters`;

beforeAll(async () => {
  dynamo = await dynamoEmulator();
  queue = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, init: { queues: [{ name: 'letters' }] } });
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${queue.port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}, 60_000);

afterAll(async () => {
  sqs.destroy();
  await queue.stop();
  await dynamo.stop();
});

beforeEach(async () => {
  started = [];
  waking = new RecordedTokens();
  await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl() }));
  const { client, table } = dynamo;
  const journal = new DynamoJournal({
    table: new RunTable({ name: table, client }),
    workflowIds: async () => [PLAN.workflowId],
  });
  const operator: OperatorPorts = {
    journal,
    clock: realClock,
    random: realRandom,
    blobs: new MemoryBlobs(),
    callbacks: new DynamoCallbacks(new SharedTable({ name: table, client })),
    mailboxes: new DynamoMailboxes(new SharedTable({ name: table, client })),
    waking,
    plans: { plan: () => Promise.resolve(PLAN) },
    events: { emit: () => undefined },
    telemetry: { log: () => undefined },
    executions: {
      start: async ({ run, epoch }) => void started.push(`start ${run} ${epoch}`),
      startUndo: async ({ run, epoch }, number) => void started.push(`undo ${run} ${epoch} ${number}`),
      stop: async ({ run, epoch }) => void started.push(`stop ${run} ${epoch}`),
    },
  };
  const breakers = new DynamoBreakers(new SharedTable({ name: table, client }));
  ports = {
    operator,
    workflows: deployedWorkflows([{ plan: PLAN, planHash: PLAN_HASH }], operator, { keep: async () => undefined }),
    acting: deployedActing(journal, realClock),
    letters: new SqsLetters({ client: sqs, queueUrl: queueUrl(), journal }),
    systems: {
      where: () => Promise.resolve({ system: () => ({}) }),
      breaker: (key) => breakers.read(key),
      health: () => Promise.resolve(undefined),
    },
    following: { kind: 'snapshot', againMs: 2000 },
    callbacks: callbacksOver({
      ...operator,
      deployed: () => Promise.resolve([PLAN]),
      signatureOf: () => Promise.resolve(undefined),
    }),
    version: '7',
    failed: (error) => {
      throw error;
    },
  };
});

interface Asked {
  readonly body?: Json;
  readonly headers?: JsonObject;
}

async function ask(method: string, target: string, { body, headers = {} }: Asked = {}): Promise<GatewayResponse> {
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const read = fromGateway({
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    requestContext: { http: { method }, authorizer: { iam: { userArn: CALLER } } },
  });
  return toGateway(read.kind === 'refused' ? read.response : await answer(read.request, ports));
}

function jsonIn({ body }: GatewayResponse): JsonObject {
  return JSON.parse(body) as JsonObject;
}

async function begin(key: string, amount: number = 5): Promise<string> {
  const path = `/workflows/${PLAN.workflowId}/runs`;
  const response = await ask('POST', path, { body: { input: { amount } }, headers: { 'Idempotency-Key': key } });
  expect(response.statusCode).toBe(202);
  return String(jsonIn(response)['runId']);
}

/** As the machine leaves it. */
async function needingAttention(key: string): Promise<string> {
  const run = await begin(key);
  const { journal } = ports.operator;
  await journal.fence(run, 1, { error: 'Interlock.Refused', message: 'no' });
  const at = Date.now();
  await journal.compensate(run, { epoch: 1, owner: 'x', at, leaseUntil: at + 1000 });
  await journal.finish(run, { epoch: 1, owner: 'x', at, phase: 'needs-attention', reason: 'undo-failed' });
  return run;
}

async function send(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(), MessageBody: body }));
}

describe('the run API on AWS', () => {
  it('starts a run once per key, at once and again, under the caller that the gateway knows', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => begin('k-1')));
    expect(new Set(runs).size).toBe(1);
    const [run = ''] = runs;
    expect(new Set(started)).toEqual(new Set([`start ${run} 1`]));
    expect(jsonIn(await ask('GET', `/runs/${run}`))).toMatchObject({ actor: CALLER, status: 'running' });
    const other = await ask('POST', `/workflows/${PLAN.workflowId}/runs`, {
      body: { input: { amount: 6 } },
      headers: { 'idempotency-key': 'k-1' },
    });
    expect([other.statusCode, jsonIn(other)['code']]).toEqual([409, 'API013']);
  });

  it('begins no execution of a run that is over, however often its key comes', async () => {
    const run = await needingAttention('k-2');
    started.length = 0;
    expect(await begin('k-2')).toBe(run);
    expect(started).toEqual([]);
  });

  it('waits for the end of a run by looking, and not longer than it was asked to', async () => {
    const run = await needingAttention('k-3');
    await ports.acting.atRest?.(run, 10_000);
    const going = await begin('k-4');
    await ports.acting.atRest?.(going, 0);
    expect(jsonIn(await ask('GET', `/runs/${going}`))['status']).toBe('running');
  });

  it('lists runs a page at a time, by status', async () => {
    const run = await needingAttention('k-5');
    const { body } = await ask('GET', '/runs?status=needs-attention&limit=100');
    expect(JSON.parse(body)).toMatchObject({ runs: expect.arrayContaining([expect.objectContaining({ runId: run })]) });
    const first = jsonIn(await ask('GET', '/runs?limit=1'));
    const after = encodeURIComponent(String(first['next']));
    const second = jsonIn(await ask('GET', `/runs?limit=1&after=${after}`));
    expect(second['runs']).toHaveLength(1);
    expect(second['runs']).not.toEqual(first['runs']);
  });

  it('cancels a run, and an execution that only waits is stopped', async () => {
    const run = await begin('k-6');
    const { statusCode, body } = await ask('POST', `/runs/${run}/cancel`, { body: { note: 'the customer called' } });
    expect([statusCode, JSON.parse(body)]).toEqual([202, expect.objectContaining({ status: 'compensating' })]);
    expect(started.at(-1)).toBe(`stop ${run} 1`);
  });
});

/** The run has come to the step, as the machine brings it there. */
async function comesToShip(run: string, token: string): Promise<void> {
  const { client, table } = dynamo;
  const core = { ...ports.operator, locks: new DynamoLocks(new SharedTable({ name: table, client }), 'test') };
  const task = { run, epoch: 1, plan: PLAN_HASH, step: 'ship' } as const;
  await invite({ op: 'invite', ...task }, core);
  expect(await awaitAnswer({ op: 'await', ...task, token }, core)).toEqual({ waits: true });
}

describe('a person who answers through API Gateway', () => {
  it('wakes the machine that waits, once for all who ask at once, and is known by the ARN', async () => {
    const run = await begin('k-10');
    await comesToShip(run, 'token-1');
    const waiting = jsonIn(await ask('GET', `/runs/${run}`));
    expect(waiting).toMatchObject({ status: 'waiting', waitsFor: [{ step: 'ship', type: 'approval', visit: 1 }] });
    const headers = { 'Idempotency-Key': 'a-1' };
    const path = `/runs/${run}/steps/ship`;
    const given = await Promise.all(
      Array.from({ length: 4 }, () => ask('POST', `${path}/approve`, { body: { note: 'seen' }, headers })),
    );
    expect(given.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 202]);
    expect(new Set(waking.woken.map(({ token }) => token))).toEqual(new Set(['token-1']));
    const slots = await ports.operator.callbacks.ofRun(run);
    expect(slots.map(({ answer: one }) => one)).toEqual([
      { at: expect.any(Number), actor: CALLER, kind: 'approved', note: 'seen' },
    ]);
    const late = await ask('POST', `${path}/reject`);
    expect([late.statusCode, jsonIn(late)['code']]).toEqual([409, 'API016']);
    expect(jsonIn(await ask('GET', `/runs/${run}`))['waitsFor']).toBeUndefined();
  });

  it('may be earlier than the run, and finds the run that is over closed', async () => {
    const run = await begin('k-11');
    const early = await ask('POST', `/runs/${run}/steps/ship/reject`, { body: { note: 'too much' } });
    expect(early.statusCode).toBe(202);
    const over = await needingAttention('k-12');
    const late = await ask('POST', `/runs/${over}/steps/ship/approve`);
    expect([late.statusCode, jsonIn(late)['code']]).toEqual([409, 'API014']);
    expect(waking.woken).toEqual([]);
  });

  it('answers no callback: nothing waits under an id that nobody has given out', async () => {
    const { statusCode, body } = await ask('POST', '/callbacks/mVfXbN3s1k2Yd0aQe8rTzg', { body: {} });
    expect([statusCode, (JSON.parse(body) as JsonObject)['code']]).toEqual([404, 'API011']);
  });
});

describe('dead letters in SQS', () => {
  it('are listed newest first with what has become of their run, and stay where they are', async () => {
    const run = await needingAttention('k-7');
    await send(JSON.stringify({ run, stands: [], reason: 'undo-failed' }));
    await send('no letter of ours');
    for (const _ of [1, 2]) {
      const { letters } = jsonIn(await ask('GET', `/dead-letters?run=${run}`));
      expect(letters).toEqual([
        expect.objectContaining({ run, state: 'open', status: 'needs-attention', letter: expect.anything() }),
      ]);
    }
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    // The stranger's message is hidden from others until the look is over.
    expect(Number(Attributes?.['ApproximateNumberOfMessages'])).toBeGreaterThanOrEqual(1);
  }, 60_000);

  it('are discarded with a reason, and redriven, and gone after it', async () => {
    const [one, two] = [await needingAttention('k-8'), await needingAttention('k-9')];
    for (const run of [one, two]) await send(JSON.stringify({ run, stands: [] }));
    const { letters } = jsonIn(await ask('GET', '/dead-letters'));
    const idOf = (run: string): string =>
      String((letters as readonly JsonObject[]).find((letter) => letter['run'] === run)?.['id']);
    const discarded = await ask('POST', `/dead-letters/${idOf(one)}/discard`, { body: { note: 'seen to' } });
    expect(discarded.statusCode).toBe(200);
    const redriven = await ask('POST', `/dead-letters/${idOf(two)}/redrive`);
    expect([redriven.statusCode, started.at(-1)]).toEqual([202, `undo ${two} 1 1`]);
    expect(jsonIn(await ask('GET', '/dead-letters'))).toEqual({ letters: [] });
    const gone = await ask('POST', `/dead-letters/${idOf(one)}/redrive`);
    expect([gone.statusCode, jsonIn(gone)['code']]).toEqual([404, 'API010']);
    const audit = jsonIn(await ask('GET', `/runs/${one}?audit=true`))['audit'] as readonly JsonObject[];
    expect(audit.find(({ result }) => result === 'discarded')).toMatchObject({ by: CALLER, note: 'seen to' });
  }, 60_000);
});
