/** AsyncAPI 3 documents: channels and operations as exchanges, references over files, traits, and what cannot be read. */
import { describe, expect, it } from 'vitest';
import type { AsyncApiDocument } from '../../../lib/model/asyncapi.ts';
import { type ReadOptions, readDescription } from '../../../lib/read/description.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const USING = `
arazzo: 1.1.0
info: { title: x, version: '1' }
sourceDescriptions: [{ name: events, url: ./events.yaml, type: asyncapi }]
workflows:
  - workflowId: w
    steps:
      - { stepId: a, channelPath: '{$sourceDescriptions.events.url}#/channels/paid', action: receive }
      - { stepId: b, operationId: tell, action: send }
`;

async function read(
  events: string,
  files: Readonly<Record<string, string>> = {},
  options: ReadOptions = {},
): Promise<{ readonly document: AsyncApiDocument | undefined; readonly said: readonly string[] }> {
  const text = `asyncapi: 3.0.0\ninfo: { title: Events, version: '1' }\n${events}`;
  const all = memoryFiles({ 'w.yaml': USING, 'events.yaml': text, ...files });
  const { description, diagnostics } = await readDescription('w.yaml', all, options);
  const source = description?.sources.get('events');
  return {
    document: source?.kind === 'asyncapi' ? source.document : undefined,
    said: diagnostics.map(({ code, place }) => `${code} ${place?.pointer ?? ''}`),
  };
}

const WHOLE = `
defaultContentType: application/json
servers:
  hooks: { host: 'events.example.com:8443', pathname: /v1, protocol: HTTPS, security: [{ $ref: '#/components/securitySchemes/key' }] }
  bus: { host: broker, protocol: kafka }
channels:
  paid:
    address: 'orders/{order}/paid'
    servers: [{ $ref: '#/servers/hooks' }]
    parameters: { order: { description: The order. } }
    messages: { paid: { $ref: './messages.yaml#/paid' } }
  other: { address: null, messages: {} }
operations:
  tell:
    action: receive
    channel: { $ref: '#/channels/paid' }
    messages: [{ $ref: '#/channels/paid/messages/paid' }]
components:
  securitySchemes: { key: { type: httpApiKey, in: header, name: X-Key } }
`;
const MESSAGES = `
paid:
  traits: [{ $ref: '#/common' }]
  payload: { $ref: '#/schemas/paid' }
  examples: [{ payload: { amount: 5 } }]
common:
  correlationId: { location: '$message.header#/X-Order' }
  headers: { type: object, required: [X-Order], properties: { X-Order: { type: string } } }
schemas:
  paid: { type: object, properties: { amount: { type: integer } } }
`;

describe('a channel', () => {
  it('is what sending and receiving its messages is, with references and traits followed', async () => {
    const { document, said } = await read(WHOLE, { 'messages.yaml': MESSAGES });
    expect(said).toEqual([]);
    const paid = document?.channels.get('paid');
    expect(paid?.send).toMatchObject({
      operationId: 'send:paid',
      method: 'post',
      path: '/orders/{order}/paid',
      servers: [{ url: 'https://events.example.com:8443/v1' }],
      security: [{ key: [] }],
      parameters: [
        { name: 'order', in: 'path', required: true },
        { name: 'X-Order', in: 'header', required: true, schema: { type: 'string' } },
      ],
      requestBody: {
        content: [{ contentType: 'application/json', schema: { $ref: '#/$defs/paid' }, example: { amount: 5 } }],
      },
      message: {
        action: 'send',
        channel: 'paid',
        address: 'orders/{order}/paid',
        protocols: ['https'],
        correlations: [{ in: 'header', name: 'X-Order' }],
      },
    });
    expect(paid?.receive).toMatchObject({ method: 'get', path: '/orders/*/paid', responses: [{ status: '200' }] });
    expect(document?.schemas).toEqual({ paid: { type: 'object', properties: { amount: { type: 'integer' } } } });
  });

  it('without servers of its own is at all of the document, and one without an address is at none that is known', async () => {
    const { document } = await read(WHOLE, { 'messages.yaml': MESSAGES });
    expect(document?.channels.get('other')?.send.message).toEqual({
      action: 'send',
      channel: 'other',
      protocols: ['https', 'kafka'],
      correlations: [],
    });
  });

  it('is named by its operation, which may say it from the other side', async () => {
    const { document } = await read(WHOLE, { 'messages.yaml': MESSAGES });
    expect(document?.actions.get('tell')).toMatchObject({
      action: 'receive',
      channel: 'paid',
      send: { operationId: 'send:tell' },
      receive: { operationId: 'receive:tell' },
    });
  });

  it('with several messages takes any of one content type, and those that its operation names only', async () => {
    const { document } = await read(`
channels:
  paid:
    messages:
      a: { payload: { type: string }, correlationId: { location: '$message.payload#/a~1b' } }
      b: { payload: { type: number }, correlationId: { location: '$message.payload#' } }
      c: { contentType: text/plain }
operations:
  tell: { action: send, channel: { $ref: '#/channels/paid' }, messages: [{ $ref: '#/channels/paid/messages/b' }] }
`);
    expect(document?.channels.get('paid')?.receive.responses[0]?.content).toEqual([
      { contentType: 'application/json', schema: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      { contentType: 'text/plain', schema: true },
    ]);
    expect(document?.actions.get('tell')?.send).toMatchObject({
      requestBody: { content: [{ schema: { type: 'number' } }] },
      message: { correlations: [{ in: 'payload', pointer: '' }] },
    });
  });

  it('leaves a payload unchecked that is no JSON Schema', async () => {
    const { document, said } = await read(`
channels:
  paid:
    messages:
      a: { payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: { type: record } } }
      b: { contentType: text/b, payload: { schemaFormat: 'application/vnd.aai.asyncapi;version=3.0.0', schema: { type: string } } }
`);
    expect(said.filter((one) => one.startsWith('ASY'))).toEqual([]);
    expect(document?.channels.get('paid')?.send.requestBody?.content).toEqual([
      { contentType: 'application/json', schema: true },
      { contentType: 'text/b', schema: { type: 'string' } },
    ]);
  });
});

describe('a version', () => {
  it.each(['3.0.0', '3.1.0', '3.1', '3.1.0-next.1'])('%s is read', async (version) => {
    const text = `asyncapi: ${version}\ninfo: { title: Events, version: '1' }\nchannels: { paid: { address: paid } }\n`;
    const { document, said } = await read('', { 'events.yaml': text });
    expect({ channels: [...(document?.channels.keys() ?? [])], version: document?.version, said }).toEqual({
      channels: ['paid'],
      version: version.slice(0, 3),
      said: [],
    });
  });

  it.each(['2.6.0', '3.2.0', '3.10.0', '4.0.0'])('%s is refused', async (version) => {
    const text = `asyncapi: ${version}\ninfo: { title: Events, version: '1' }\nchannels: {}\n`;
    expect((await read('', { 'events.yaml': text })).said).toEqual(['ASY001 /asyncapi']);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['a version of another kind', { 'events.yaml': 'asyncapi: 2.6.0\nchannels: {}\n' }, ['ASY001 /asyncapi']],
    ['no version at all', { 'events.yaml': 'asyncapi: [3]\n' }, ['ASY001 /asyncapi']],
    ['channels that are none', { 'events.yaml': 'asyncapi: 3.0\nchannels: [paid]\n' }, ['ASY003 /channels']],
    [
      'a reference in a circle',
      { 'events.yaml': "asyncapi: 3.0.0\nchannels: { paid: { $ref: '#/channels/paid' } }\n" },
      ['ASY002 /channels/paid'],
    ],
    [
      'a message that is a text',
      { 'events.yaml': 'asyncapi: 3.0.0\nchannels: { paid: { messages: { a: text } } }\n' },
      ['ASY003 /channels/paid/messages/a'],
    ],
    [
      'an operation without a channel that is there',
      {
        'events.yaml':
          "asyncapi: 3.0.0\noperations: { tell: { action: send, channel: { $ref: '#/info' } } }\ninfo: {}\n",
      },
      ['ASY003 /operations/tell/channel'],
    ],
    [
      'an operation that does something else',
      { 'events.yaml': 'asyncapi: 3.0.0\noperations: { tell: { action: publish } }\n' },
      ['ASY003 /operations/tell/action'],
    ],
  ])('is told where it is: %s', async (_, files, expected) => {
    const { said } = await read('', files);
    expect(said).toEqual(expected);
  });

  it('matters only where the description uses it', async () => {
    const { said } = await read(`
channels:
  paid: { messages: { a: {} } }
  unused: { messages: { a: { $ref: '#/nowhere' } } }
operations:
  tell: { action: send, channel: { $ref: '#/channels/paid' } }
  unused: { action: never }
`);
    expect(said).toEqual([]);
  });

  it('is cut off where a document is larger than any', async () => {
    const channels = Array.from({ length: 5 }, (_, number) => `  c${number}: { messages: {} }`).join('\n');
    const { said, document } = await read(`channels:\n${channels}\n`, {}, { limits: { operations: 3 } });
    expect(said).toEqual(['OAS011 ']);
    expect(document?.channels.size).toBe(3);
  });

  it('is no harm, whatever names it uses', async () => {
    const { document, said } = await read(
      'channels: { __proto__: { messages: { constructor: {} } }, paid: { messages: {} } }\n',
    );
    expect(said).toEqual([]);
    expect([...(document?.channels.keys() ?? [])]).toEqual(['__proto__', 'paid']);
  });
});
