/** Messages as Lambda hands them over, and what is told of those that could not be taken. */
import { describe, expect, it } from 'vitest';
import { type ChannelPlace, messagesIn } from '../../../lib/aws/message-event.ts';
import { takeMessages } from '../../../lib/aws/take-messages.ts';
import { CallHarness, RUN } from '../../support/call-harness.ts';
import { operationOf, planOf, stepOf } from '../../support/plan-fixture.ts';
import { parseValue } from '../../../lib/expressions/values.ts';

const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:paid';
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:paid';
const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/shop';
const PLACES: readonly ChannelPlace[] = [
  { place: QUEUE, source: 'shop', channel: 'paid' },
  { place: TOPIC, source: 'shop', channel: 'paid' },
  { place: BUS, source: 'shop', channel: 'paid' },
];

function record(id: string, body: string): object {
  const messageAttributes = { 'X-By': { stringValue: 'bank', dataType: 'String' } };
  return { messageId: id, body, eventSource: 'aws:sqs', eventSourceARN: QUEUE, messageAttributes };
}

function seen(event: unknown): unknown {
  return messagesIn(event, PLACES).map(({ headers, ...told }) => ({ ...told, headers: Object.fromEntries(headers) }));
}

describe('a message', () => {
  it('of a queue has its attributes as headers, and is told from others by its record', () => {
    expect(seen({ Records: [record('m-1', '{"order":"o-1"}')] })).toEqual([
      {
        source: 'shop',
        channel: 'paid',
        carrier: QUEUE,
        id: 'm-1',
        record: 'm-1',
        body: '{"order":"o-1"}',
        headers: { 'content-type': 'application/json', 'x-by': 'bank' },
      },
    ]);
  });

  it('of a topic, also where it lies in a queue, is what was published', () => {
    const sns = { MessageId: 'n-1', TopicArn: TOPIC, Message: 'hello', MessageAttributes: {} };
    expect(seen({ Records: [{ EventSource: 'aws:sns', Sns: sns }] })).toMatchObject([
      { id: 'n-1', body: 'hello', carrier: TOPIC },
    ]);
    const attributes = { 'Content-Type': { Type: 'String', Value: 'text/plain' } };
    const inQueue = JSON.stringify({ ...sns, Type: 'Notification', MessageAttributes: attributes });
    expect(seen({ Records: [record('m-2', inQueue)] })).toMatchObject([
      { id: 'n-1', record: 'm-2', body: 'hello', headers: { 'content-type': 'text/plain' } },
    ]);
  });

  it('of a bus is the detail of the event that is about its channel', () => {
    const event = { id: 'e-1', 'detail-type': 'paid', source: 'bank', detail: { order: 'o-1' } };
    expect(seen(event)).toMatchObject([{ id: 'e-1', body: '{"order":"o-1"}', carrier: BUS }]);
    expect(seen({ ...event, 'detail-type': 'other' })).toEqual([]);
  });

  it.each([
    ['nothing', null],
    ['a text', 'x'],
    ['records that are none', { Records: ['x', null, {}] }],
    ['another queue', { Records: [{ messageId: 'm', eventSourceARN: `${QUEUE}-2`, body: '' }] }],
  ])('is not found in %s', (_, event) => {
    expect(seen(event)).toEqual([]);
  });

  it('that only looks like a notification stays what it is', () => {
    expect(seen({ Records: [record('m', '{"Type":"Notification"}')] })).toMatchObject([
      { body: '{"Type":"Notification"}' },
    ]);
    expect(seen({ Records: [record('m', '{"Notification')] })).toMatchObject([{ body: '{"Notification' }]);
  });
});

describe('what could not be taken', () => {
  const plan = planOf({
    steps: [stepOf({ path: 'paid', effect: 'safe', receive: { correlation: parseValue('$inputs.order') } })],
    operations: [
      operationOf('paid', {
        method: 'get',
        message: {
          action: 'receive',
          channel: 'paid',
          protocols: ['sqs'],
          correlations: [{ in: 'payload', pointer: '/order' }],
        },
      }),
    ],
  });

  async function taking(event: unknown, more: object = {}): ReturnType<typeof takeMessages> {
    const harness = await new CallHarness(plan).start({ order: 'o-1' });
    await harness.core({ op: 'invite', step: 'paid' });
    await harness.core({ op: 'await', step: 'paid', token: 't' });
    const ports = {
      ...harness.ports,
      deployed: () => Promise.resolve([plan]),
      signatureOf: () => Promise.resolve(undefined),
      failed: () => undefined,
      ...more,
    };
    const taken = await takeMessages(messagesIn(event, PLACES), ports);
    if (Object.keys(more).length === 0) {
      expect(await harness.callbacks.ofRun(RUN)).toMatchObject([{ answer: { actor: QUEUE } }]);
      expect(harness.waking.woken).toEqual([{ token: 't' }]);
    }
    return taken;
  }

  const broken = { change: () => Promise.reject(new Error('throttled')) };

  it('is nothing where all is well', async () => {
    expect(await taking({ Records: [record('m', '{"order":"o-1"}')] })).toEqual({ batchItemFailures: [] });
  });

  it('is told of a queue, record by record', async () => {
    const event = { Records: [record('m-1', '{"order":"o-1"}'), record('m-2', '{"order":"o-2"}')] };
    expect(await taking(event, { mailboxes: broken })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-2' }],
    });
  });

  it('fails the whole where AWS tries again by itself', async () => {
    const event = { id: 'e-1', 'detail-type': 'paid', detail: { order: 'o-1' } };
    await expect(taking(event, { mailboxes: broken })).rejects.toThrow('throttled');
  });
});
