/** A step that sends a message, through the real handlers: over HTTP, SQS, SNS, EventBridge and a queue in the data folder. */
import { describe, expect, it } from 'vitest';
import type { SystemEnvironment } from '../../../lib/model/environment.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { MessageExchange } from '../../../lib/model/message.ts';
import type { PlanOperation, PlanStep } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { carrierOf, queuePlace } from '../../../lib/model/carriers.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { callOf, operationOf, planOf, stepOf, undoOf } from '../../support/plan-fixture.ts';
import { NO_RETRY, statuses } from '../../support/saga-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'canary-6610' };
const SQS = 'arn:aws:sqs:eu-central-1:123456789012:orders';

interface Sent {
  readonly step?: Partial<Omit<PlanStep, 'outputs'>>;
  readonly message?: Partial<MessageExchange>;
  readonly operation?: Partial<PlanOperation>;
  readonly outputs?: { readonly [name: string]: Json };
}

function planWith({ step = {}, message = {}, operation = {}, outputs = {} }: Sent = {}): ReturnType<typeof planOf> {
  const tell = stepOf({
    path: 'tell',
    retry: NO_RETRY,
    body: { payload: parseValue({ order: '$inputs.order' }), replacements: [] },
    parameters: [{ in: 'header', name: 'X-Tenant', value: parseValue('$inputs.tenant') }],
    outputs: { id: '$message.header.order-id', order: '$message.payload#/order', ...outputs },
    ...step,
  });
  const body = { required: false, content: [{ contentType: 'application/json' }] };
  const sends = operationOf('tell', {
    operationId: 'send orders',
    path: '/orders',
    body,
    responses: [],
    message: {
      action: 'send',
      channel: 'orders',
      address: '/orders',
      protocols: ['https'],
      correlations: [{ in: 'header', name: 'Order-Id' }],
      ...message,
    },
    ...operation,
  });
  const takes = operationOf('tell-undo', { ...sends, key: 'tell-undo', operationId: 'send cancelled' });
  return planOf({
    steps: [{ ...tell, undo: undoOf('tell') }],
    calls: [
      callOf({
        path: 'tell#undo',
        body: { payload: parseValue({ gone: '$steps.tell.outputs.order' }), replacements: [] },
      }),
    ],
    operations: [sends, takes],
  });
}

async function running(plan = planWith(), environment: SystemEnvironment = {}): Promise<CallHarness> {
  const harness = await new CallHarness(plan, environment).start({ order: 'o-1', tenant: 't-1' });
  harness.awsKeys = KEYS;
  return harness;
}

function at(place: string): SystemEnvironment {
  return { channels: { orders: place } };
}

describe('a message over HTTP', () => {
  it('is posted behind the server of its document, with its headers, and says whose it is', async () => {
    const harness = await running();
    harness.http.on('/v1/orders', answered(202));
    const { out } = await harness.call('tell');
    const { method, url } = harness.http.request(0);
    expect([method, url]).toEqual(['POST', 'https://shop.test/v1/orders']);
    expect(harness.http.body(0)).toEqual({ order: 'o-1' });
    expect(harness.http.header(0, 'X-Tenant')).toBe('t-1');
    const id = harness.http.header(0, 'Order-Id');
    expect(id).toBe(harness.http.header(0, 'Idempotency-Key'));
    expect(harness.http.header(0, 'Accept')).toBeUndefined();
    expect(out).toEqual({ id, order: 'o-1' });
    expect(await statuses(harness)).toEqual({ tell: 'applied' });
  });

  it('goes where the environment says that its channel is', async () => {
    const harness = await running(planWith(), at('https://partner.test/hooks/orders'));
    harness.http.on('/hooks/orders', answered(200));
    await harness.call('tell');
    expect(harness.http.request(0).url).toBe('https://partner.test/hooks/orders');
  });

  it('keeps the correlation id that its author has put there', async () => {
    const parameters = [{ in: 'header', name: 'order-id', value: parseValue('$inputs.order') }] as const;
    const harness = await running(planWith({ step: { parameters } }));
    harness.http.on('/v1/orders', answered(202));
    expect(await harness.call('tell')).toMatchObject({ out: { id: 'o-1' } });
    expect(harness.http.request(0).headers.filter(([name]) => /order-id/i.test(name))).toEqual([['order-id', 'o-1']]);
  });

  it('has it in its payload where the document says so, and nobody else has put one there', async () => {
    const message = { correlations: [{ in: 'payload', pointer: '/id' }] } as const;
    const harness = await running(planWith({ message, outputs: { id: '$message.payload#/id' } }));
    harness.http.on('/v1/orders', answered(202));
    const { out } = await harness.call('tell');
    expect(harness.http.body(0)).toEqual({ order: 'o-1', id: (out as JsonObject)['id'] });
    const other = { correlations: [{ in: 'payload', pointer: '/order' }] } as const;
    const kept = await running(planWith({ message: other }));
    kept.http.on('/v1/orders', answered(202));
    await kept.call('tell');
    expect(kept.http.body(0)).toEqual({ order: 'o-1' });
  });

  it('is an effect: refused, in doubt and undone as every other one', async () => {
    const refused = await running();
    refused.http.on('/v1/orders', answered(400));
    expect(await refused.failing('tell')).toMatchObject({ error: 'Interlock.Refused' });
    const doubtful = await running();
    doubtful.http.on('/v1/orders', answered(503));
    expect(await doubtful.failing('tell')).toMatchObject({ error: 'Interlock.InDoubt' });
    const undone = await running();
    undone.http.on('/v1/orders', answered(202));
    await undone.call('tell');
    await undone.core({ op: 'raise', step: 'later', error: 'E' });
    expect(await undone.settled()).toEqual({ do: 'end', status: 'compensated' });
    expect(undone.http.body(1)).toEqual({ gone: 'o-1' });
  });

  it('is held to its schema before it is sent', async () => {
    const schema = { type: 'object', properties: { order: { type: 'integer' } } };
    const body = { required: false, content: [{ contentType: 'application/json', schema }] };
    const harness = await running(planWith({ operation: { body } }));
    expect(await harness.failing('tell')).toMatchObject({
      error: 'Interlock.NotSent',
      cause: expect.stringContaining('the request breaks send orders: body /order'),
    });
    expect(harness.http.requests).toEqual([]);
  });
});

describe('a message to SQS', () => {
  it('is a signed call of its API, with headers as attributes', async () => {
    const harness = await running(planWith(), at(SQS));
    harness.http.on('/', answered(200, { MessageId: 'm-1' }));
    await harness.call('tell');
    const { url, method } = harness.http.request(0);
    expect([method, url]).toEqual(['POST', 'https://sqs.eu-central-1.amazonaws.com/']);
    expect(harness.http.header(0, 'X-Amz-Target')).toBe('AmazonSQS.SendMessage');
    expect(harness.http.header(0, 'authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-central-1\/sqs\//,
    );
    const body = harness.http.body(0) as JsonObject;
    expect(body).toMatchObject({
      QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders',
      MessageBody: '{"order":"o-1"}',
      MessageAttributes: {
        'X-Tenant': { DataType: 'String', StringValue: 't-1' },
        'Content-Type': { DataType: 'String', StringValue: 'application/json' },
        'Order-Id': { DataType: 'String' },
      },
    });
    expect(body['MessageGroupId']).toBeUndefined();
    expect(JSON.stringify(harness.http.request(0))).not.toContain('canary-6610');
  });

  it('goes where its service is said to be, signed for that host', async () => {
    const harness = await running(planWith(), at(SQS));
    Object.assign(harness.ports, { endpoints: { sqs: 'http://127.0.0.1:4566/' } });
    harness.http.on('/', answered(200, {}));
    await harness.call('tell');
    expect(harness.http.request(0).url).toBe('http://127.0.0.1:4566/');
    expect(harness.http.body(0)).toMatchObject({ QueueUrl: 'http://127.0.0.1:4566/123456789012/orders' });
    expect(harness.http.header(0, 'authorization')).toContain('/eu-central-1/sqs/');
  });

  it('keeps order by its correlation id, and is known again by its key, in a queue that does so', async () => {
    const harness = await running(
      planWith({ message: { correlations: [{ in: 'payload', pointer: '/order' }] } }),
      at(`${SQS}.fifo`),
    );
    harness.http.on('/', answered(200, {}));
    await harness.call('tell');
    const attributes = (harness.http.body(0) as JsonObject)['MessageAttributes'] as { [name: string]: JsonObject };
    expect(harness.http.body(0)).toMatchObject({
      MessageGroupId: 'o-1',
      MessageDeduplicationId: attributes['Idempotency-Key']?.['StringValue'],
    });
  });

  it('that is throttled is throttled, whatever the status says', async () => {
    const harness = await running(planWith(), at(SQS));
    harness.http.on('/', answered(400, { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'slow down' }));
    expect(await harness.failing('tell')).toMatchObject({ error: 'Interlock.Throttled' });
  });

  it('with more headers than it takes is not sent', async () => {
    const parameters = Array.from({ length: 8 }, (_, number) => ({
      in: 'header' as const,
      name: `X-${number}`,
      value: parseValue('x'),
    }));
    const harness = await running(planWith({ step: { parameters } }), at(SQS));
    expect(await harness.failing('tell')).toMatchObject({
      cause: expect.stringContaining(
        'the channel `orders` does not take it: a message has at most 7 headers there, not 9',
      ),
    });
  });
});

describe('a message to SNS', () => {
  it('is a signed call of its API', async () => {
    const topic = 'arn:aws:sns:eu-central-1:123456789012:orders.fifo';
    const harness = await running(planWith(), at(topic));
    harness.http.on('/', answered(200));
    await harness.call('tell');
    expect(harness.http.request(0).url).toBe('https://sns.eu-central-1.amazonaws.com/');
    const form = new URLSearchParams(new TextDecoder().decode(harness.http.request(0).body));
    expect(Object.fromEntries(form)).toMatchObject({
      Action: 'Publish',
      TopicArn: topic,
      Message: '{"order":"o-1"}',
      'MessageAttributes.entry.1.Name': 'Content-Type',
      MessageDeduplicationId: expect.any(String),
    });
    expect(harness.http.header(0, 'authorization')).toContain('/eu-central-1/sns/');
  });
});

describe('a message to EventBridge', () => {
  const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/shop';
  const bare = planWith({ step: { parameters: [] }, message: { correlations: [] }, outputs: { id: 'none' } });

  it('is an event of the integration about its channel', async () => {
    const harness = await running(bare, at(bus));
    harness.http.on('/', answered(200, { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));
    await harness.call('tell');
    expect(harness.http.body(0)).toEqual({
      Entries: [{ EventBusName: bus, Source: 'interlock.shop', DetailType: 'orders', Detail: '{"order":"o-1"}' }],
    });
    expect(harness.http.header(0, 'authorization')).toContain('/eu-central-1/events/');
  });

  it.each([
    [{ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }, 'Interlock.Throttled'],
    [{ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }, 'Interlock.InDoubt'],
    [{ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] }, 'Interlock.Refused'],
    ['what is this', 'Interlock.InDoubt'],
  ])('that was not taken is no success: %j', async (said, error) => {
    const harness = await running(bare, at(bus));
    harness.http.on('/', answered(200, said));
    expect(await harness.failing('tell')).toMatchObject({ error });
  });

  it('has no headers, so a message that has some is not sent', async () => {
    const harness = await running(planWith(), at(bus));
    expect(await harness.failing('tell')).toMatchObject({
      cause: expect.stringContaining('an event has no headers, and the message has `X-Tenant`'),
    });
  });
});

describe('a place', () => {
  it('that nobody has said is asked for by name', async () => {
    const plan = planWith();
    const { shop } = plan.systems;
    if (!shop) throw new Error('the plan has the system');
    const nowhere = {
      ...plan,
      systems: { shop: { ...shop, servers: [{ url: 'kafka://broker:9092', variables: {} }] } },
    };
    const harness = await running(nowhere);
    expect(await harness.failing('tell')).toMatchObject({
      cause: expect.stringContaining('write systems.shop.channels.orders in the environment file'),
    });
    expect(await harness.journal.record(RUN)).toMatchObject({ header: { failures: [{ outcome: 'not-sent' }] } });
  });

  it.each([
    ['arn:aws:lambda:eu-central-1:123456789012:function:x', undefined],
    ['arn:aws:events:eu-central-1:123456789012:rule/x', undefined],
    ['ftp://x', undefined],
    ['queue:orders', 'queue'],
    ['arn:aws-us-gov:sqs:us-gov-west-1:123456789012:x', 'sqs'],
  ])('%s is %s', (place, kind) => {
    expect(carrierOf(place)?.kind).toBe(kind);
  });

  it('in the data folder is named by the address of its channel', () => {
    const message = { action: 'send', channel: 'c', protocols: [], correlations: [] } as const;
    expect(queuePlace({ ...message, address: '/orders/{id}/paid' })).toBe('queue:orders-id-paid');
    expect(queuePlace({ ...message, channel: '///' })).toBe('queue:messages');
  });
});
