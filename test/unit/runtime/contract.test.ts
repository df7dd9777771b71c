/** Requests and answers held to the OpenAPI document: what keeps a request from being sent, and a step from going on. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { ContractPolicy, PlanOperation, PlanOperationParameter } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { firstBreak } from '../../../lib/runtime/contract/validate.ts';
import { CallHarness } from '../../support/call-harness.ts';
import { callOf, operationOf, planOf, type StepFixture, stepOf, undoOf } from '../../support/plan-fixture.ts';
import { answered } from '../../support/scripted-http.ts';

const SCHEMAS: JsonObject = {
  Order: {
    type: 'object',
    required: ['id', 'secret', 'sku'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', readOnly: true },
      secret: { $ref: '#/$defs/Secret' },
      sku: { type: 'string', pattern: '^[A-Z]{2}\\d+$' },
      count: { type: 'integer', minimum: 1 },
      next: { $ref: '#/$defs/Order' },
    },
  },
  Secret: { type: 'string', writeOnly: true },
};
const ORDER = { $ref: '#/$defs/Order' };
const JSON_ORDER = { contentType: 'application/json', schema: ORDER };

interface Asked {
  readonly payload?: Json;
  readonly contract?: Partial<ContractPolicy>;
  readonly operation?: Partial<PlanOperation>;
  readonly step?: Omit<StepFixture, 'path'>;
  readonly reader?: string;
}

async function harnessFor({ payload, contract, operation = {}, step = {}, reader }: Asked): Promise<CallHarness> {
  const body = payload === undefined ? {} : { body: { payload: parseValue('$inputs.payload'), replacements: [] } };
  const reading =
    reader === undefined
      ? []
      : [stepOf({ path: 'later', parameters: [{ in: 'query', name: 'q', value: parseValue(reader) }] })];
  const plan = planOf({
    steps: [stepOf({ path: 'pay', ...body, ...step }), ...reading],
    operations: [
      operationOf('pay', {
        body: { required: true, content: [JSON_ORDER] },
        responses: [{ status: '200', content: [JSON_ORDER] }],
        ...operation,
      }),
    ],
    rest: {
      schemas: { shop: SCHEMAS },
      systems: {
        shop: {
          name: 'shop',
          title: 'Shop',
          servers: [{ url: 'https://shop.test/v1', variables: {} }],
          securitySchemes: {},
          ...(contract && { contract }),
        },
      },
    },
  });
  const harness = await new CallHarness(plan).start({ payload: payload ?? null });
  harness.http.on('*', answered(200, { id: 'o1', sku: 'AB1' }));
  return harness;
}

function notes({ log }: CallHarness): readonly string[] {
  return log.filter(({ level }) => level === 'warn').map(({ message }) => message);
}

const GOOD = { secret: 's', sku: 'AB1' };

describe('a request', () => {
  it('that holds is sent; what only the answer has need not be in it', async () => {
    const harness = await harnessFor({ payload: GOOD });
    expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    expect(notes(harness)).toEqual([]);
  });

  it.each<readonly [string, Json, string]>([
    ['has no member that is required', { sku: 'AB1' }, "body must have required property 'secret' (required)"],
    ['has a value of another type', { ...GOOD, count: 'many' }, 'body /count must be integer (type)'],
    ['has null where that is not said', { ...GOOD, count: null }, 'body /count must be integer (type)'],
    ['breaks a bound', { ...GOOD, count: 0 }, 'body /count must be >= 1 (minimum)'],
    ['breaks a pattern', { ...GOOD, sku: 'ab' }, 'body /sku must match pattern "^[A-Z]{2}\\d+$" (pattern)'],
    [
      'has a member that is not named',
      { ...GOOD, canary: 1 },
      'body must not have a member that the document does not name (additionalProperties)',
    ],
    [
      'breaks it deep inside',
      { ...GOOD, next: { ...GOOD, next: { sku: 'AB1' } } },
      "body /next/next must have required property 'secret' (required)",
    ],
  ])('that %s is not sent, and the failure names operation, place and rule', async (_, payload, why) => {
    const harness = await harnessFor({ payload });
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.NotSent',
      cause: `the request breaks pay: ${why}`,
    });
    expect(harness.http.requests).toEqual([]);
  });

  it('is sent and noted, or not looked at, as its system says', async () => {
    const reported = await harnessFor({ payload: { sku: 'AB1' }, contract: { requests: 'report' } });
    const ignored = await harnessFor({ payload: { sku: 'AB1' }, contract: { requests: 'ignore' } });
    for (const harness of [reported, ignored]) expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    expect(notes(reported)).toEqual(["the request breaks pay: body must have required property 'secret' (required)"]);
    expect(notes(ignored)).toEqual([]);
  });

  it('has no value in the words of its failure', async () => {
    const payload = { secret: 's', sku: 'canary-value', count: 'canary-count' };
    const { cause } = await (await harnessFor({ payload })).failing('pay');
    expect(cause).not.toContain('canary');
  });

  it.each<readonly [PlanOperationParameter['in'], Json, Json, string | undefined]>([
    ['query', 5, { type: 'string' }, undefined],
    ['query', '5', { type: 'integer', maximum: 9 }, undefined],
    ['query', 'many', { type: 'integer' }, 'query parameter `p` must be integer (type)'],
    [
      'query',
      ['a', 'x'],
      { type: 'array', items: { enum: ['a', 'b'] } },
      'query parameter `p` /1 must be one of ["a","b"] (enum)',
    ],
    [
      'path',
      'toolong',
      { type: 'string', maxLength: 3 },
      'path parameter `p` must NOT have more than 3 characters (maxLength)',
    ],
    ['header', 12, { type: 'integer', maximum: 9 }, 'header parameter `p` must be <= 9 (maximum)'],
    ['header', ['a', 'b'], { type: 'array' }, undefined],
  ])('is held to its parameters as they are on the wire: in the %s, %j', async (location, value, schema, broken) => {
    const style = location === 'query' ? 'form' : 'simple';
    const parameter = {
      name: 'p',
      in: location,
      required: false,
      style,
      explode: false,
      allowReserved: false,
      schema,
    } as const;
    const harness = await harnessFor({
      payload: GOOD,
      operation: { path: location === 'path' ? '/pay/{p}' : '/pay', parameters: [parameter] },
      step: { parameters: [{ in: location, name: 'p', value: parseValue(value) }] },
    });
    if (broken === undefined) expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    else expect((await harness.failing('pay')).cause).toBe(`the request breaks pay: ${broken}`);
  });

  it('of a form is held to it as text', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' }, yes: { type: 'boolean' } } };
    const content = [{ contentType: 'application/x-www-form-urlencoded', schema }];
    const operation = { body: { required: true, content } };
    expect(await (await harnessFor({ payload: { n: '5', yes: 'true' }, operation })).call('pay')).toMatchObject({
      go: 'next',
    });
    expect((await (await harnessFor({ payload: { n: 'x' }, operation })).failing('pay')).cause).toContain(
      'body /n must be integer',
    );
  });

  it('that undoes is sent all the same, and noted', async () => {
    const plan = planOf({
      steps: [stepOf({ path: 'pay', undo: undoOf('pay') })],
      calls: [callOf({ path: 'pay#undo', body: { payload: parseValue({ why: 1 }), replacements: [] } })],
      operations: [
        operationOf('pay-undo', {
          body: {
            required: true,
            content: [
              { contentType: 'application/json', schema: { type: 'object', properties: { why: { type: 'string' } } } },
            ],
          },
        }),
      ],
    });
    const harness = await new CallHarness(plan).start({});
    harness.http.on('*', answered(200));
    await harness.call('pay');
    await harness.core({ op: 'raise', error: 'E' }).catch(() => undefined);
    await harness.settled();
    expect(harness.http.requests.some(({ url }) => url.endsWith('/pay-undo'))).toBe(true);
    expect(notes(harness)).toContain('the request breaks pay-undo: body /why must be string (type)');
  });
});

describe('an answer', () => {
  const bad = { id: 7, sku: 'AB1' };
  const outputs = { id: '$response.body#/id', sku: '$response.body#/sku' };

  it('that breaks the document is noted, and the run goes on', async () => {
    const harness = await harnessFor({ payload: GOOD, step: { outputs } });
    harness.http.on('*', answered(200, bad));
    expect(await harness.call('pay')).toMatchObject({ out: { id: 7 }, go: 'next' });
    expect(notes(harness)).toEqual(['the answer 200 breaks pay: body /id must be string (type)']);
  });

  it.each([
    ['application/jsonl', '{"id":"a","sku":"AB1"}\n{"id":7,"sku":"AB1"}\n', 'body /1/id must be string (type)'],
    ['application/jsonl', '{"id":"a","sku":"AB1"}\n', undefined],
  ])('that is a sequence (%s) is held to what its items are', async (contentType, text, why) => {
    const content = [{ contentType, schema: { type: 'array', items: ORDER }, isSequence: true as const }];
    const harness = await harnessFor({ payload: GOOD, operation: { responses: [{ status: '200', content }] } });
    const answer = { kind: 'response', status: 200, headers: [['content-type', contentType]], url: '' } as const;
    harness.http.on('*', { ...answer, body: new TextEncoder().encode(text) });
    expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    expect(notes(harness)).toEqual(why === undefined ? [] : [`the answer 200 breaks pay: ${why}`]);
  });

  it('fails the step where another one reads the broken value, and is not asked for again: its effect stands', async () => {
    const harness = await harnessFor({
      payload: GOOD,
      step: { outputs, effect: 'idempotent', idempotency: { header: 'Idempotency-Key', retentionMs: 1e9 } },
      reader: '$steps.pay.outputs.id',
    });
    harness.http.on('*', answered(200, bad));
    expect(await harness.failing('pay')).toEqual({
      error: 'Interlock.Unwanted',
      cause: 'the answer 200 breaks pay: body /id must be string (type), and another step reads it',
    });
    expect(harness.http.requests).toHaveLength(1);
  });

  it('fails the step where a required value that another one reads is not there', async () => {
    const harness = await harnessFor({ payload: GOOD, step: { outputs }, reader: '$steps.pay.outputs.id' });
    harness.http.on('*', answered(200, { sku: 'AB1' }));
    expect((await harness.failing('pay')).cause).toBe(
      'the answer 200 breaks pay: body /id must be there (required), and another step reads it',
    );
  });

  it.each([
    ['another value', { id: 'o1', sku: 'ab' }, '$steps.pay.outputs.id'],
    ['a value of a name that only begins alike', bad, '$steps.pay.outputs.id-2'],
    ['the same output of another step', bad, '$steps.other.outputs.id'],
  ])('goes on where the broken one is %s than what is read', async (_, body, reader) => {
    const harness = await harnessFor({ payload: GOOD, step: { outputs }, reader });
    harness.http.on('*', answered(200, body));
    expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    expect(notes(harness)).toHaveLength(1);
  });

  it('fails the step where that is its policy, undocumented statuses included; what only the request has may be missing', async () => {
    const enforced = { payload: GOOD, contract: { responses: 'enforce' } } as const;
    const harness = await harnessFor(enforced);
    expect(await harness.call('pay')).toMatchObject({ go: 'next' });
    const broken = await harnessFor(enforced);
    broken.http.on('*', answered(200, bad));
    expect((await broken.failing('pay')).error).toBe('Interlock.Unwanted');
    const other = await harnessFor(enforced);
    other.http.on('*', answered(201, { id: 'o1', sku: 'AB1' }));
    expect((await other.failing('pay')).cause).toBe('the answer 201 breaks pay: its status is not documented');
  });

  it('is not looked at where its system says so, and no refusal ever is', async () => {
    const ignored = await harnessFor({ payload: GOOD, contract: { responses: 'ignore' } });
    ignored.http.on('*', answered(200, bad));
    await ignored.call('pay');
    const refused = await harnessFor({ payload: GOOD, contract: { responses: 'enforce' } });
    refused.http.on('*', answered(422, { anything: 1 }));
    expect((await refused.failing('pay')).error).toBe('Interlock.Refused');
    expect([...notes(ignored), ...notes(refused)]).toEqual([]);
  });

  it.each(['2XX', 'default'])('is held to what is said of %s', async (status) => {
    const operation = { responses: [{ status, content: [{ contentType: 'application/*', schema: ORDER }] }] };
    const harness = await harnessFor({ payload: GOOD, operation });
    harness.http.on('*', answered(201, bad));
    await harness.call('pay');
    expect(notes(harness)).toEqual(['the answer 201 breaks pay: body /id must be string (type)']);
  });
});

describe('a schema', () => {
  const held = (schema: Json, value: Json, direction: 'request' | 'response' = 'response') =>
    firstBreak({ schema, definitions: SCHEMAS, direction, value });

  it.each<readonly [string, Json, Json]>([
    ['whose pattern could take for ever', { type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`],
    ['of alternatives', { anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] }, {}],
    ['that allows nothing', false, 1],
    ['with bounds of OpenAPI 3.1', { exclusiveMinimum: 5 }, 5],
  ])('%s is broken by what it forbids', async (_, schema, value) => {
    expect(await held(schema, value)).toMatchObject({ rule: expect.any(String) });
  });

  it.each<readonly [string, Json, Json]>([
    ['whose pattern our engine lacks', { type: 'string', pattern: '(?=x)y' }, 'a'],
    ['with formats, which are annotations', { type: 'string', format: 'date-time' }, 'yesterday'],
    ['that nobody can compile', { $ref: '#/$defs/None' }, 1],
    ['of a circle', ORDER, { id: 'a', sku: 'AB1', next: { id: 'b', sku: 'AB2' } }],
    ['that asks an answer for unlike items', { uniqueItems: true }, [1, 1]],
  ])('%s holds', async (_, schema, value) => {
    expect(await held(schema, value)).toBeUndefined();
  });

  it('of a list is held by one value where both are written out alike, and not in JSON', async () => {
    const list = {
      schema: { type: 'array', items: { enum: ['a', 'b'] } },
      definitions: {},
      direction: 'request',
    } as const;
    expect(await firstBreak({ ...list, value: 'a', asText: true })).toBeUndefined();
    expect(await firstBreak({ ...list, value: 'c', asText: true })).toMatchObject({ rule: 'enum' });
    expect(await firstBreak({ ...list, value: 'a' })).toMatchObject({ rule: 'type' });
  });

  it('has each of its patterns asked of its own member', async () => {
    const schema = { properties: { a: { pattern: '^a+$' }, b: { pattern: '^b+$' } } };
    expect(await held(schema, { a: 'aa', b: 'bb' })).toBeUndefined();
    expect(await held(schema, { a: 'aa', b: 'aa' })).toMatchObject({ pointer: '/b' });
  });

  it('names the alternatives and not the first one that fails', async () => {
    expect(await held({ oneOf: [{ type: 'string' }, { type: 'number' }] }, {})).toMatchObject({
      pointer: '',
      rule: 'oneOf',
    });
  });
});
