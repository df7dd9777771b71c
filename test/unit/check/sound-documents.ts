/** One document of each kind with every key that it can have: what tests of shape begin from. */
import type { Json, JsonObject } from '../../../lib/model/json.ts';

const criteria: Json = [
  { condition: '$statusCode == 200' },
  { context: '$response.body', condition: '$.a', type: 'jsonpath', 'x-why': 1 },
];

const common: JsonObject = {
  info: { title: 'Orders', summary: 'One line', description: 'More', version: '1.0.0', 'x-team': 'shop' },
  'x-any': [1],
};

function workflow(step: JsonObject, action: JsonObject): JsonObject {
  return {
    workflowId: 'order',
    summary: 'One line',
    description: 'More',
    inputs: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: ['string', 'null'], minLength: 1, examples: ['a'] }, any: true },
    },
    dependsOn: ['login'],
    steps: [
      {
        stepId: 'reserve',
        description: 'More',
        operationId: 'reserveStock',
        parameters: [
          { name: 'id', in: 'path', value: '$inputs.id' },
          { reference: '$components.parameters.trace', value: 1 },
        ],
        requestBody: {
          contentType: 'application/json',
          payload: { a: 1 },
          replacements: [{ target: '/a', value: '$inputs.id' }],
        },
        successCriteria: criteria,
        onSuccess: [{ name: 'done', type: 'end', criteria, ...action }],
        onFailure: [
          { name: 'again', type: 'retry', retryAfter: 1.5, retryLimit: 3, criteria },
          { name: 'back', type: 'goto', stepId: 'reserve' },
          { reference: '$components.failureActions.stop' },
        ],
        outputs: { id: '$response.body#/id' },
        ...step,
      },
      { stepId: 'login', operationPath: '{$sourceDescriptions.shop.url}#/paths/~1login/post' },
      { stepId: 'sub', workflowId: 'login', parameters: [{ name: 'user', value: 'me' }] },
    ],
    successActions: [{ name: 'on', type: 'goto', workflowId: 'login' }],
    failureActions: [{ name: 'stop', type: 'end' }],
    outputs: { 'the.id': '$steps.reserve.outputs.id' },
    parameters: [{ name: 'X-Trace', in: 'header', value: 'x' }],
  };
}

const components: JsonObject = {
  inputs: { page: { type: 'integer', minimum: 0 } },
  parameters: { trace: { name: 'X-Trace', in: 'header', value: 'x' } },
  successActions: { done: { name: 'done', type: 'end' } },
  failureActions: { stop: { name: 'stop', type: 'end' } },
};

export const arazzo10: JsonObject = {
  ...common,
  arazzo: '1.0.1',
  sourceDescriptions: [{ name: 'shop', url: './shop.yaml', type: 'openapi' }],
  workflows: [workflow({}, {})],
  components,
};

export const arazzo11: JsonObject = {
  ...common,
  arazzo: '1.1.0',
  $self: 'https://example.com/orders.arazzo.yaml',
  sourceDescriptions: [
    { name: 'shop', url: './shop.yaml', type: 'openapi' },
    { name: 'events', url: './events.yaml', type: 'asyncapi' },
  ],
  workflows: [
    workflow(
      {
        timeout: 500,
        dependsOn: ['login'],
        outputs: { id: { context: '$response.body', selector: '/id', type: 'jsonpointer' }, all: '$response.body' },
        successCriteria: [
          {
            context: '$response.body',
            condition: '//a',
            type: { type: 'xpath', version: 'xpath-31' },
          },
        ],
      },
      { type: 'goto', workflowId: 'login', parameters: [{ name: 'id', value: '$inputs.id' }] },
    ),
    {
      workflowId: 'listen',
      steps: [
        {
          stepId: 'wait',
          channelPath: '{$sourceDescriptions.events.url}#/channels/paid',
          action: 'receive',
          correlationId: 'a',
        },
        { stepId: 'tell', operationId: 'tell', action: 'send' },
      ],
    },
  ],
  components,
};

export const environment: JsonObject = {
  $schema: '../schemas/environment.schema.json',
  systems: {
    payments: {
      server: 'https://{region}.example.com/v1',
      variables: { region: 'eu' },
      auth: {
        key: { env: 'PAYMENTS_KEY' },
        token: { secret: 'payments', field: 'token' },
        basic: { username: 'me', password: { file: './password' } },
        oauth: {
          clientId: { parameter: '/id' },
          clientSecret: { env: 'SECRET' },
          tokenUrl: 'https://login.example.com/token',
          scopes: ['read'],
          refreshToken: { env: 'REFRESH' },
        },
        tls: { cert: { file: 'a.pem' }, key: { file: 'b.pem' }, ca: { file: 'c.pem' } },
        aws: { region: 'eu-central-1', service: 'execute-api' },
      },
    },
    stock: { servers: ['http://127.0.0.1:4010', 'http://127.0.0.1:4011/'], channels: { paid: 'queue:paid' } },
  },
};

const retry: Json = { attempts: 3, interval: '500ms', backoff: 2, cap: '20s', jitter: 'full' };
const slo: Json = { availability: 0.99, latency: { percentile: 99, below: '2s' }, window: '30d' };

/** By the definition in x-interlock.schema.json. */
export const policies: { readonly [owner: string]: JsonObject } = {
  sourceDescription: {
    system: 'payments.eu',
    version: '^2.1',
    dependsOn: ['stock'],
    retry,
    timeouts: ['2s', '5s'],
    grace: '0s',
    breaker: {
      failureRate: 0.5,
      slowRate: 1,
      slowAfter: '2s',
      window: '1m',
      minimumCalls: 10,
      openFor: '30s',
      trialCalls: 2,
    },
    rateLimit: { requests: 10, per: '1s', burst: 20 },
    concurrency: 5,
    health: {
      path: '/health',
      every: '1m',
      timeout: '2s',
      unhealthyAfter: 3,
      healthyAfter: 2,
      successCriteria: criteria,
    },
    slo,
    cache: { ttl: '1m', staleIfError: '1h' },
    contract: { requests: 'enforce', responses: 'report' },
  },
  workflow: {
    parallel: true,
    deadline: '1h',
    onFailure: 'hold',
    mode: 'express',
    sensitive: ['card'],
    lock: { key: 'account-{$inputs.account}', lease: '1m', wait: '10s' },
    slo,
  },
  step: {
    compensate: {
      operationId: 'release',
      parameters: [{ name: 'id', in: 'path', value: '$outputs.id' }],
      requestBody: { payload: {} },
      successCriteria: criteria,
      whenInDoubt: 'probe',
      independent: true,
      retry: { attempts: 8, cap: '5m', budget: '24h' },
      timeouts: '5s',
    },
    probe: {
      operationId: 'find',
      parameters: [{ name: 'key', in: 'query', value: 'x' }],
      applied: criteria,
      absent: criteria,
      outputs: { id: '$response.body#/id' },
      timeouts: '5s',
      retry,
    },
    idempotency: { header: 'Idempotency-Key', retention: '24h' },
    retry,
    timeouts: '2s',
    fallback: { outputs: { price: 5 }, criteria },
    onChange: 'redo',
    cache: true,
    forEach: { items: '$inputs.lines', key: '$item.sku', concurrency: 5 },
    poll: {
      operationId: 'status',
      until: criteria,
      failed: criteria,
      every: '2s',
      cap: '1m',
      backoff: 2,
      deadline: '1h',
      heartbeat: '5m',
    },
    interaction: {
      type: 'approval',
      title: 'Pay?',
      description: 'x',
      schema: { type: 'object' },
      deadline: '1d',
      onTimeout: 'reject',
    },
    concurrency: 5,
    sensitive: ['token'],
  },
};
