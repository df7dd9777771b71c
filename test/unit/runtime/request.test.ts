import { describe, expect, it } from 'vitest';
import type { SystemEnvironment } from '../../../lib/model/environment.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { PlanBody, PlanOperation, PlanOperationParameter, PlanParameter } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { type Built, buildRequest, withCredentials } from '../../../lib/runtime/request/build.ts';
import { operationOf, planOf, type StepFixture, stepOf } from '../../support/plan-fixture.ts';

interface Asked {
  readonly inputs?: JsonObject;
  readonly parameters?: readonly PlanParameter[];
  readonly body?: PlanBody;
  readonly operation?: Partial<PlanOperation>;
  readonly step?: Omit<StepFixture, 'path'>;
  readonly environment?: SystemEnvironment;
}

function built({ inputs = {}, parameters = [], body, operation = {}, step = {}, environment = {} }: Asked): Built {
  const plan = planOf({
    steps: [stepOf({ path: 'pay', parameters, ...(body && { body }), ...step })],
    operations: [operationOf('pay', operation)],
  });
  const planned = plan.steps['pay'];
  if (!planned) throw new Error('the fixture has the step');
  return buildRequest({ plan, step: planned, environment, scope: { inputs }, idempotencyKey: 'key-1' });
}

function requestOf(asked: Asked): {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
} {
  const result = built(asked);
  if (!result.ok) throw new Error(result.why);
  const sent = withCredentials(result.request, { headers: [], query: [], cookies: [] }, 'trace');
  return {
    url: sent.url,
    headers: Object.fromEntries(sent.headers),
    body: sent.body ? new TextDecoder().decode(sent.body) : null,
  };
}

function refusal(asked: Asked): string {
  const result = built(asked);
  if (result.ok) throw new Error('the request was built');
  return result.why;
}

function parameter(where: PlanParameter['in'], name: string, value: Json): PlanParameter {
  return { in: where, name, value: parseValue(value) };
}

function declared(
  where: PlanOperationParameter['in'],
  name: string,
  rest: Partial<PlanOperationParameter> = {},
): PlanOperationParameter {
  const style = where === 'query' || where === 'cookie' ? 'form' : 'simple';
  return { name, in: where, required: false, style, explode: style === 'form', allowReserved: false, ...rest };
}

function bodyOf(payload: Json, rest: Partial<PlanBody> = {}): PlanBody {
  return { payload: parseValue(payload), replacements: [], ...rest };
}

describe('the URL', () => {
  it('joins server, path and query, each value in its place', () => {
    const { url } = requestOf({
      inputs: { id: 'a/b', tags: ['x', 'y'] },
      operation: { path: '/orders/{id}/pay' },
      parameters: [
        parameter('path', 'id', '$inputs.id'),
        parameter('query', 'tag', '$inputs.tags'),
        parameter('query', 'n', 5),
      ],
    });
    expect(url).toBe('https://shop.test/v1/orders/a%2Fb/pay?tag=x&tag=y&n=5');
  });

  it('takes the server of the environment, then of the operation, and fills in its variables', () => {
    const servers = [{ url: 'https://{region}.shop.test', variables: { region: { default: 'eu' } } }];
    expect(requestOf({ operation: { servers } }).url).toBe('https://eu.shop.test/pay');
    expect(requestOf({ operation: { servers }, environment: { variables: { region: 'us' } } }).url).toBe(
      'https://us.shop.test/pay',
    );
    expect(requestOf({ operation: { servers }, environment: { server: 'http://127.0.0.1:8080/base/' } }).url).toBe(
      'http://127.0.0.1:8080/base/pay',
    );
  });

  it('takes a variable of the server only as its list has it', () => {
    const region = { default: 'eu', enum: ['eu', 'us'] };
    const servers = [{ url: 'https://{region}.shop.test', variables: { region } }];
    expect(requestOf({ operation: { servers }, environment: { variables: { region: 'us' } } }).url).toBe(
      'https://us.shop.test/pay',
    );
    expect(refusal({ operation: { servers }, environment: { variables: { region: 'evil.test/x' } } })).toBe(
      'the variable `region` of the server of `shop` is one of eu, us',
    );
  });

  it.each([
    ['application/json', { a: ['x y'] }, '?%7B%22a%22%3A%5B%22x%20y%22%5D%7D'],
    ['application/json', '{"a":["x y"]}', '?%7B%22a%22:%5B%22x%20y%22%5D%7D'],
    ['application/json', '%7B%22a%22%3A1%7D', '?%7B%22a%22%3A1%7D'],
    ['application/jsonpath', '$.a.b[1:1]', '?%24.a.b%5B1%3A1%5D'],
    ['application/x-www-form-urlencoded', { foo: 'a + b', bar: true, none: null }, '?foo=a%20%2B%20b&bar=true'],
    ['application/x-www-form-urlencoded', {}, ''],
  ])('writes a whole query string of %s', (contentType, value, query) => {
    const { url } = requestOf({
      operation: { parameters: [declared('querystring', 'q', { contentType })] },
      parameters: [parameter('querystring', 'q', value)],
    });
    expect(url).toBe(`https://shop.test/v1/pay${query}`);
  });

  it('sends a whole query string as it is, and makes unsafe characters safe', () => {
    const { url } = requestOf({ parameters: [parameter('querystring', 'q', '?a=1&b=x y#z')] });
    expect(url).toBe('https://shop.test/v1/pay?a=1&b=x%20y%23z');
  });

  it('fails without an absolute server, and says what to write', () => {
    const servers = [{ url: '/v1', variables: {} }];
    expect(refusal({ operation: { servers } })).toBe(
      'the system `shop` has no absolute http(s) server: write systems.shop.server in the environment file',
    );
  });

  it.each([
    [
      'a missing value',
      '$inputs.none',
      'the path parameter `id` has no value: $inputs.none is missing: the inputs hold no `none`',
    ],
    ['null', null, 'the path parameter `id` has no value'],
    ['an empty text', '', 'the path parameter `id` is empty'],
    ['an empty list', [], 'the path parameter `id` is empty'],
    ['null inside a text', 'order-{$inputs.nothing}', 'the path parameter `id` has no value: $inputs.nothing is null'],
    ['the segment of the parent', '..', 'the path would hold the segment `..`'],
    ['the segment itself', '.', 'the path would hold the segment `.`'],
  ])('fails for %s in the path: nothing may be sent to another resource', (_, value, why) => {
    const asked: Asked = {
      inputs: { nothing: null },
      operation: { path: '/orders/{id}' },
      parameters: [parameter('path', 'id', value)],
    };
    expect(refusal(asked)).toBe(why);
  });

  it('fails when the step gives no value for a part of the path', () => {
    expect(refusal({ operation: { path: '/orders/{id}' } })).toBe('the path parameter `id` is not given');
  });
});

describe('parameters', () => {
  it('that are optional and missing are left out, with a note', () => {
    const result = built({
      parameters: [parameter('query', 'page', '$inputs.page'), parameter('header', 'X-A', null)],
    });
    expect(result).toMatchObject({
      ok: true,
      request: { query: [] },
      notes: [
        'the query parameter `page` is left out: $inputs.page is missing: the inputs hold no `page`',
        'the header parameter `X-A` is left out',
      ],
    });
  });

  it('fails when one is required and missing, and names all that are', () => {
    const asked: Asked = {
      operation: {
        parameters: [declared('query', 'a', { required: true }), declared('header', 'B', { required: true })],
      },
      parameters: [parameter('query', 'a', '$inputs.a'), parameter('header', 'b', '$inputs.b')],
    };
    expect(refusal(asked)).toBe(
      'the query parameter `a` has no value: $inputs.a is missing: the inputs hold no `a`; ' +
        'the header parameter `b` has no value: $inputs.b is missing: the inputs hold no `b`',
    );
  });

  it.each([
    ['text/plain', 'a,b', 'a,b'],
    ['application/json', 'a', '"a"'],
    ['application/x-www-form-urlencoded', { a: 1, b: [2, 3] }, 'a=1&b=2&b=3'],
  ])('in headers, declared as %s, are written as that', (contentType, value, written) => {
    const { headers } = requestOf({
      operation: { parameters: [declared('header', 'X-A', { contentType })] },
      parameters: [parameter('header', 'X-A', value)],
    });
    expect(headers['X-A']).toBe(written);
  });

  it('declared with a media type are sent as JSON', () => {
    const { url } = requestOf({
      inputs: { filter: { a: [1] } },
      operation: { parameters: [declared('query', 'filter', { contentType: 'application/json' })] },
      parameters: [parameter('query', 'filter', '$inputs.filter')],
    });
    expect(url).toBe('https://shop.test/v1/pay?filter=%7B%22a%22%3A%5B1%5D%7D');
  });

  it.each(['a\r\nX-Evil: 1', 'a\nb', 'a\u0000b'])('fails for a header whose value would begin another: %j', (value) => {
    const asked: Asked = { inputs: { value }, parameters: [parameter('header', 'X-A', '$inputs.value')] };
    expect(refusal(asked)).toBe('the value of the header `X-A` holds a line break or another control character');
  });

  it('fails for headers that belong to the transport', () => {
    const asked: Asked = { parameters: [parameter('header', 'Content-Length', '3'), parameter('header', 'host', 'x')] };
    expect(refusal(asked)).toBe(
      'the header `Content-Length` is set by the transport; the header `host` is set by the transport',
    );
  });

  it('in cookies are joined, and fail when they would begin another cookie', () => {
    const parameters = [parameter('cookie', 'a', 'x y'), parameter('cookie', 'b', 2)];
    expect(requestOf({ parameters }).headers['Cookie']).toBe('a=x%20y; b=2');
    const raw: Asked = {
      operation: { parameters: [declared('cookie', 'a', { style: 'cookie' })] },
      parameters: [parameter('cookie', 'a', 'x; admin=1')],
    };
    expect(refusal(raw)).toBe('the value of the cookie `a` holds a character that a cookie cannot carry');
  });

  it('named __proto__ are parameters like any other', () => {
    expect(requestOf({ parameters: [parameter('query', '__proto__', 1)] }).url).toBe(
      'https://shop.test/v1/pay?__proto__=1',
    );
  });
});

describe('the idempotency key', () => {
  it('is always sent with what may have an effect, never with what is safe', () => {
    expect(requestOf({}).headers['Idempotency-Key']).toBe('key-1');
    expect(requestOf({ step: { effect: 'safe' } }).headers['Idempotency-Key']).toBeUndefined();
  });

  it('takes the declared header or field', () => {
    const idempotency = { retentionMs: 1 };
    expect(requestOf({ step: { idempotency: { ...idempotency, header: 'X-Key' } } }).headers['X-Key']).toBe('key-1');
    const inBody = requestOf({ body: bodyOf({ a: 1 }), step: { idempotency: { ...idempotency, field: '/meta' } } });
    expect(inBody.body).toBe('{"a":1,"meta":"key-1"}');
  });

  it("is the author's where the step passes one, and then it may not be missing", () => {
    const own = { parameters: [parameter('header', 'idempotency-key', '$inputs.key')] };
    expect(requestOf({ ...own, inputs: { key: 'mine' } }).headers['idempotency-key']).toBe('mine');
    expect(refusal(own)).toBe(
      'the header parameter `idempotency-key` has no value: $inputs.key is missing: the inputs hold no `key`',
    );
  });
});

describe('the body', () => {
  it('is JSON, with null and a note where a member is missing', () => {
    const result = built({ inputs: { a: [1, { b: true }] }, body: bodyOf({ a: '$inputs.a', c: '$inputs.c' }) });
    expect(result).toMatchObject({
      ok: true,
      notes: ['null is sent at /c of the payload: $inputs.c is missing: the inputs hold no `c`'],
    });
    const { body, headers } = requestOf({
      inputs: { a: [1, { b: true }] },
      body: bodyOf({ a: '$inputs.a', c: '$inputs.c' }),
    });
    expect([body, headers['Content-Type']]).toEqual(['{"a":[1,{"b":true}],"c":null}', 'application/json']);
  });

  it('lacks a member without a value where its schema takes no null and does not require it', () => {
    const schema = {
      type: 'object',
      required: ['must'],
      properties: {
        must: { type: 'string' },
        may: { type: 'string' },
        open: {},
        nullable: { type: ['string', 'null'] },
        inner: { type: 'object', properties: { may: { enum: ['a'] } } },
        list: { type: 'array', items: { type: 'object', properties: { may: { const: 1 } } } },
        either: { oneOf: [{ type: 'object', properties: { may: { type: 'string' } } }, { type: 'string' }] },
      },
    };
    const none = '$inputs.none';
    const payload = {
      must: none,
      may: none,
      open: none,
      nullable: none,
      inner: { may: none },
      list: [{ may: none, kept: 1 }],
      either: { may: none },
    };
    const operation = { body: { required: true, content: [{ contentType: 'application/json', schema }] } };
    const left = {
      must: null,
      open: null,
      nullable: null,
      inner: {},
      list: [{ kept: 1 }],
      either: { may: null },
    };
    expect(JSON.parse(String(requestOf({ body: bodyOf(payload), operation }).body))).toEqual(left);
    const text = JSON.stringify(payload).replaceAll(`"${none}"`, `"{${none}}"`);
    const asText = bodyOf(text, { contentType: 'application/json' });
    expect(JSON.parse(String(requestOf({ body: asText, operation }).body))).toEqual(left);
    const result = built({ body: bodyOf({ may: none }), operation });
    expect(result.notes).toEqual([
      'nothing is sent at /may of the payload: $inputs.none is missing: the inputs hold no `none`',
    ]);
  });

  it('fails when the whole payload is missing', () => {
    expect(refusal({ body: bodyOf('$inputs.order') })).toBe(
      'the payload has no value: $inputs.order is missing: the inputs hold no `order`',
    );
  });

  it('fills JSON text without letting data break out of it', () => {
    const body = bodyOf('{"who": "{$inputs.name}", "order": "{$inputs.order}", "n": {$inputs.n}}', {
      contentType: 'application/json',
    });
    const inputs = { name: 'a", "admin": "1', order: { id: 7 }, n: 3 };
    expect(JSON.parse(String(requestOf({ inputs, body }).body))).toEqual({
      who: 'a", "admin": "1',
      order: { id: 7 },
      n: 3,
    });
  });

  it('fails for a text that is no JSON once it is filled', () => {
    const body = bodyOf('{"n": {$inputs.n}', { contentType: 'application/json' });
    expect(refusal({ inputs: { n: 1 }, body })).toBe('the payload is no JSON once its values are filled in');
  });

  it('keeps a text out of the data a JSON string', () => {
    const body = bodyOf('$inputs.text', { contentType: 'application/json' });
    expect(requestOf({ inputs: { text: '{"a":1}' }, body }).body).toBe('"{\\"a\\":1}"');
  });

  it('is a form where that is its type', () => {
    const body = bodyOf(
      { a: 'x y', b: [1, 2], c: null, d: { e: 1 } },
      { contentType: 'application/x-www-form-urlencoded' },
    );
    expect(requestOf({ body }).body).toBe('a=x%20y&b=1&b=2&d=%7B%22e%22%3A1%7D');
  });

  it('is text or bytes from text', () => {
    expect(requestOf({ inputs: { n: 7 }, body: bodyOf('n={$inputs.n}', { contentType: 'text/plain' }) }).body).toBe(
      'n=7',
    );
    expect(requestOf({ inputs: { n: 7 }, body: bodyOf('$inputs.n', { contentType: 'text/plain' }) }).body).toBe('7');
    expect(requestOf({ body: bodyOf('bytes', { contentType: 'application/octet-stream' }) }).body).toBe('bytes');
  });

  it('fails by name for what it cannot write', () => {
    expect(refusal({ body: bodyOf([{ a: 1 }], { contentType: 'multipart/form-data' }) })).toBe(
      'a body of `multipart/form-data` is made of the members of an object',
    );
    expect(refusal({ body: bodyOf({ a: 1 }, { contentType: 'application/pdf' }) })).toBe(
      'a body of `application/pdf` is sent from text, and the payload is an object',
    );
    expect(refusal({ operation: { method: 'get' }, body: bodyOf({ a: 1 }) })).toBe('a GET request cannot carry a body');
  });

  it('takes the type that the operation declares, JSON before others', () => {
    const content = [
      { contentType: 'application/x-www-form-urlencoded' },
      { contentType: 'application/vnd.shop+json' },
    ];
    const { headers } = requestOf({ operation: { body: { required: true, content } }, body: bodyOf({ a: 1 }) });
    expect(headers['Content-Type']).toBe('application/vnd.shop+json');
  });
});

describe('payload replacements', () => {
  function replaced(
    payload: Json,
    ...replacements: readonly (readonly [string, Json, ('jsonpointer' | 'jsonpath')?])[]
  ): Asked {
    const listed = replacements.map(([target, value, language = 'jsonpointer']) => ({
      target,
      language,
      value: parseValue(value),
    }));
    return { inputs: { v: 9 }, body: bodyOf(payload, { replacements: listed }) };
  }

  it('set the last segment of a pointer, new or not, and append to lists', () => {
    const asked = replaced(
      { a: { b: 1 }, l: [1] },
      ['/a/b', '$inputs.v'],
      ['/a/c', 2],
      ['/l/-', 3],
      ['/l/0', 0],
      ['/__proto__', 1],
    );
    expect(requestOf(asked).body).toBe('{"a":{"b":9,"c":2},"l":[0,3],"__proto__":1}');
  });

  it('set every place that a JSONPath selects', () => {
    expect(requestOf(replaced({ items: [{ p: 1 }, { p: 2 }] }, ['$.items[*].p', 0, 'jsonpath'])).body).toBe(
      '{"items":[{"p":0},{"p":0}]}',
    );
  });

  it('begin with an empty object where there is no payload', () => {
    const body: PlanBody = { replacements: [{ target: '/a', language: 'jsonpointer', value: parseValue(1) }] };
    expect(requestOf({ body }).body).toBe('{"a":1}');
  });

  it('put null in for a missing value, with a note', () => {
    expect(built(replaced({}, ['/a', '$inputs.none']))).toMatchObject({
      ok: true,
      notes: ['null is put in at `/a`: $inputs.none is missing: the inputs hold no `none`'],
    });
  });

  it.each([
    ['/a/b/c', 'jsonpointer', 'the replacement target `/a/b/c` has no parent in the payload'],
    ['a', 'jsonpointer', 'the replacement target `a` is no JSON Pointer'],
    ['$.none', 'jsonpath', 'the replacement target `$.none` selects nothing in the payload'],
  ] as const)('fail at %s (%s)', (target, language, why) => {
    expect(refusal(replaced({}, [target, 1, language]))).toBe(why);
  });
});

describe('what expressions see', () => {
  it('is the request without its credentials', () => {
    const result = built({
      inputs: { id: 'x' },
      operation: { path: '/orders/{id}' },
      parameters: [parameter('path', 'id', '$inputs.id'), parameter('query', 'q', 1), parameter('header', 'X-A', 'a')],
      body: bodyOf({ b: 2 }),
    });
    expect(result).toMatchObject({
      ok: true,
      request: {
        seen: {
          url: 'https://shop.test/v1/orders/x?q=1',
          method: 'POST',
          request: {
            header: { 'x-a': 'a', 'idempotency-key': 'key-1' },
            path: { id: 'x' },
            query: { q: 1 },
            body: { b: 2 },
          },
        },
      },
    });
  });
});
