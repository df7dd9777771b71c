/**
 * Messages that resume runs on AWS: what a queue brings to the function that takes messages, what a partner posts and signs
 * to the run API, what answers an id. The function's mapping to the queue is the template's; here its event is handed over.
 */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.ts';
import type { WaitView } from '../../lib/model/run.ts';
import { ROOT } from '../support/source-tree.ts';
import { openWorld } from './open-world.ts';
import { until } from './order-input.ts';
import type { AwsWorld } from './world.ts';

const SECRET = 'canary-9917';
const QUEUE = 'arn:aws:sqs:eu-central-1:000000000000:taken';

let world: AwsWorld;

beforeAll(async () => {
  const description = join(ROOT, 'test', 'aws-path', 'messages');
  world = await openWorld({ description, secrets: { 'partner/webhooks': SECRET } });
}, 60_000);

afterAll(() => world[Symbol.asyncDispose]());

async function started(order: string): Promise<string> {
  const { status, body } = await world.api('POST /workflows/await-order/runs', { input: { order } });
  expect(status).toBe(202);
  return String(body['runId']);
}

/** The id of what the run waits for at the step. */
async function waiting(run: string, at: string): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    const { body } = await world.api(`GET /runs/${run}`);
    const waits = (body['waitsFor'] ?? []) as unknown as readonly WaitView[];
    id = waits.find(({ step }) => step === at)?.id;
    return id !== undefined;
  });
  return String(id);
}

async function fromQueue(messageId: string, body: JsonObject): Promise<unknown> {
  const record = { eventSourceARN: QUEUE, messageId, body: JSON.stringify(body), messageAttributes: {} };
  const answer = await world.invoke('TakeMessages', { Records: [record] });
  return answer.ok ? answer.payload : answer.text;
}

async function posted(path: string, body: JsonObject, secret = SECRET): Promise<number> {
  const signature = createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex');
  const { status } = await world.api(`POST ${path}`, body, { 'x-signature': signature });
  return status;
}

const PAID = '/webhooks/partner/paid';
const NONE_AGAIN = { batchItemFailures: [] };

describe('a message on AWS', () => {
  it('that no run came for in its day is found by the sweeper, counted once, and told without what it says', async () => {
    await fromQueue('m-lone', { order: 'o-canary', by: 'nobody' });
    const swept = async (): Promise<number> => {
      await world.invoke('Sweep', { source: 'aws.events', 'detail-type': 'Scheduled Event' });
      return world.logs().filter((line) => line['MessagesUntaken'] === 1).length;
    };
    expect(await swept()).toBe(0);
    await world.ageMessages(86_400_000);
    expect(await swept()).toBe(1);
    expect(await swept()).toBe(1);
    const told = world.logs().filter(({ message }) => String(message).includes('nobody took it in time'));
    expect(told).toMatchObject([{ level: 'WARN', details: { source: 'bus', channel: 'taken' } }]);
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('of a queue resumes the run that waits for it, and a signed webhook the next step', async () => {
    const run = await started('o-1');
    await waiting(run, 'taken');
    expect(await fromQueue('m-0', { order: 'o-other', by: 'nobody' })).toEqual(NONE_AGAIN);
    expect(await fromQueue('m-1', { order: 'o-1', by: 'Ada' })).toEqual(NONE_AGAIN);
    expect(await fromQueue('m-1', { order: 'o-1', by: 'Ada' })).toEqual(NONE_AGAIN);
    await waiting(run, 'paid');
    expect(await posted(PAID, { order: 'o-1', amount: 1 }, 'forged')).toBe(403);
    expect(await posted(PAID, { order: 'o-1', amount: 7 })).toBe(202);
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded', outputs: { by: 'Ada', amount: 7 } });
  });

  it('is kept for a run that does not wait for it yet', async () => {
    expect(await fromQueue('m-2', { order: 'o-2', by: 'Bo' })).toEqual(NONE_AGAIN);
    expect(await posted(PAID, { order: 'o-2', amount: 8 })).toBe(202);
    const run = await started('o-2');
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded', outputs: { by: 'Bo', amount: 8 } });
  });

  it('answers the id that a run waits with', async () => {
    const run = await started('o-3');
    const taken = await waiting(run, 'taken');
    expect(await posted(`/callbacks/${taken}`, { order: 'o-3', by: 'Cy' })).toBe(202);
    const paid = await waiting(run, 'paid');
    expect(await posted(`/callbacks/${paid}`, { order: 'o-3', amount: 1 }, 'forged')).toBe(403);
    expect(await posted(`/callbacks/${paid}`, { order: 'o-3', amount: 9 })).toBe(202);
    expect(await world.ended(run)).toMatchObject({ status: 'succeeded', outputs: { by: 'Cy', amount: 9 } });
  });
});
