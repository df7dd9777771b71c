/**
 * Messages that runs send on AWS, through the deployed functions: to SQS of an emulator, to SNS and EventBridge recorded on
 * loopback, found by the variables that every SDK of AWS goes by.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../lib/model/json.ts';
import type { RunView } from '../../lib/model/run.ts';
import { ROOT } from '../support/source-tree.ts';
import { openWorld } from './open-world.ts';
import { RecordedServices } from './recorded-services.ts';
import type { AwsWorld, QueuedMessage } from './world.ts';

const services = new RecordedServices();
let world: AwsWorld;

beforeAll(async () => {
  await services.listen();
  world = await openWorld({
    description: join(ROOT, 'test', 'aws-path', 'sends'),
    secrets: {},
    servers: { 'https://desk.example.com': services.url },
    queues: ['orders', 'withdrawn'],
    surroundings: { AWS_ENDPOINT_URL_SNS: services.url, AWS_ENDPOINT_URL_EVENTBRIDGE: services.url },
  });
}, 60_000);

beforeEach(() => {
  services.published.length = 0;
  services.events.length = 0;
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await services.stop();
});

async function told(order: string): Promise<RunView> {
  const { status, body } = await world.api('POST /workflows/tell-order/runs', { input: { order } });
  expect(status).toBe(202);
  return await world.ended(String(body['runId']));
}

function outputsOf({ outputs }: RunView): { readonly [name: string]: Json } {
  return outputs ?? {};
}

/** Topics without what stands before their names. */
function publishedTo(): readonly string[] {
  return services.published.map(({ topic }) => topic.split(':').at(-1) ?? '');
}

async function queued(queue: string): Promise<readonly QueuedMessage[]> {
  return await world.queued(queue);
}

describe('a step that sends on AWS', () => {
  it('publishes with its correlation id, signed, to a queue, a topic and a bus', async () => {
    const view = await told('o-1');
    const { queued: inQueue, published, announced } = outputsOf(view);
    expect(view.status).toBe('succeeded');
    const [message, ...others] = await queued('orders');
    expect([message?.body, message?.attributes['Order-Id'], others]).toEqual([{ order: 'o-1' }, inQueue, []]);
    expect(services.published).toEqual([
      {
        topic: 'arn:aws:sns:eu-central-1:000000000000:news',
        message: { order: 'o-1' },
        attributes: expect.anything(),
        signed: true,
      },
    ]);
    const [topic] = services.published;
    expect([topic?.attributes['Order-Id'], typeof topic?.attributes['Idempotency-Key']]).toEqual([published, 'string']);
    expect(services.events).toEqual([
      { source: expect.stringMatching(/^interlock\./), type: 'order-placed', detail: { order: 'o-1', id: announced } },
    ]);
    expect(new Set([inQueue, published, announced]).size).toBe(3);
  });

  it('is repeated where it was throttled, and where nobody knows under the key that its receiver knows', async () => {
    services.fail('sns', 'throttled', 'lost');
    services.fail('events', 'throttled');
    const view = await told('o-2');
    expect(view.status).toBe('succeeded');
    expect(publishedTo()).toEqual(['news', 'news']);
    const keys = services.published.map(({ attributes }) => attributes['Idempotency-Key']);
    expect(new Set(keys).size).toBe(1);
    expect(services.events).toHaveLength(1);
    expect(await queued('orders')).toHaveLength(1);
  });

  it('is undone by a message that names it, the last one first', async () => {
    services.refused.add('o-3');
    const view = await told('o-3');
    expect(view.status).toBe('compensated');
    const [sent] = await queued('orders');
    const [, correction] = services.published;
    const withdrawn = await queued('withdrawn');
    expect(withdrawn.map(({ body }) => body)).toEqual([{ id: sent?.attributes['Order-Id'] ?? 'none' }]);
    expect(publishedTo()).toEqual(['news', 'corrections']);
    expect(correction?.message).toEqual({ id: services.published[0]?.attributes['Order-Id'] });
    expect(services.events.map(({ type }) => type)).toEqual(['order-placed', 'order-withdrawn']);
    expect(services.events[1]?.detail).toEqual({ id: services.events[0]?.detail['id'] });
  });

  it('that was not taken has failed, and what came before it is undone', async () => {
    services.fail('events', 'not-taken');
    const view = await told('o-4');
    expect([view.status, view.error?.step]).toEqual(['compensated', 'announced']);
    expect(services.events).toEqual([]);
    expect(publishedTo()).toEqual(['news', 'corrections']);
    expect([(await queued('orders')).length, (await queued('withdrawn')).length]).toEqual([1, 1]);
  });
});
